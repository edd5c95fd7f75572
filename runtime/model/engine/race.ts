/** Several models that are asked for one streamed answer: the next one joins where nobody has content after a while, and the first content wins. */
import { performance } from "node:perf_hooks";
import { Timed, TimerWheel } from "../../upstream/timer-wheel.ts";
import type { Asked } from "./asked.ts";
import type { Hedging } from "./hedging.ts";

const limits = new TimerWheel();

const NOBODY: readonly Asked[] = [];

export class Race extends Timed {
  readonly #hedging: Hedging;
  readonly #join: () => void;
  #runners: Asked[] = [];
  /** So many may still join. */
  #left: number;
  /** Waiting for budgets that are counted elsewhere. */
  #waiting = 0;
  /** Somebody has won, or nobody is wanted any more. */
  over = false;

  /** `join`: asks the next model. */
  constructor(hedging: Hedging, join: () => void) {
    super();
    this.#hedging = hedging;
    this.#join = join;
    this.#left = hedging.most;
  }

  /** Whether somebody may still answer. */
  get runs(): boolean {
    return !this.over && this.#runners.length + this.#waiting > 0;
  }

  started(asked: Asked): void {
    this.#runners.push(asked);
    if (this.#left > 0) {
      const now = performance.now();
      limits.set(this, now + this.#hedging.after, now);
    }
  }

  waits(): void {
    this.#waiting++;
  }

  waited(): void {
    this.#waiting--;
  }

  override expired(): void {
    if (this.over) return;
    this.#left--;
    if (this.#hedging.withdraw()) this.#join();
  }

  /** It gave up. Whether others may still answer. */
  left(asked: Asked): boolean {
    this.#runners = this.#runners.filter((one) => one !== asked);
    return this.runs;
  }

  /** Who has lost. */
  won(winner: Asked): readonly Asked[] {
    return this.end().filter((one) => one !== winner);
  }

  /** Whoever still runs. */
  end(): readonly Asked[] {
    if (this.over) return NOBODY;
    this.over = true;
    limits.drop(this);
    const runners = this.#runners;
    this.#runners = [];
    return runners;
  }
}
