/** When another model is asked beside one that takes its time, and how often: hedges must not become the load. */
import { performance } from "node:perf_hooks";

export interface HedgeSettings {
  /** Milliseconds without content until another one is asked. */
  readonly after: number;
  /** Models beside the first for one request. */
  readonly most: number;
  /** Hedges for the requests of the last ten seconds: a part of them. */
  readonly budget: number;
}

/** In seconds. */
const PERIOD = 10;
/** So many in a period are allowed however few requests there are. */
const RESERVE = 10;

/** Of one choice, on one thread. */
export class Hedging {
  readonly after: number;
  readonly most: number;
  readonly #budget: number;
  readonly #now: () => number;
  /** By second, as a ring. */
  readonly #requests = new Uint32Array(PERIOD);
  readonly #hedges = new Uint32Array(PERIOD);
  #second = 0;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor({ after, most, budget }: HedgeSettings, now: () => number = () => performance.now()) {
    this.after = after;
    this.most = most;
    this.#budget = budget;
    this.#now = now;
    this.#second = Math.floor(now() / 1000);
  }

  /** A request that may be hedged. */
  deposit(): void {
    this.#turn();
    this.#requests[this.#second % PERIOD]!++;
  }

  /** Whether one more hedge is paid for; then it is counted. */
  withdraw(): boolean {
    this.#turn();
    if (sum(this.#hedges) + 1 > Math.max(RESERVE, this.#budget * sum(this.#requests))) return false;
    this.#hedges[this.#second % PERIOD]!++;
    return true;
  }

  /** Seconds that have passed are forgotten when they are written anew. */
  #turn(): void {
    const second = Math.floor(this.#now() / 1000);
    const passed = Math.min(PERIOD, second - this.#second);
    for (let one = 1; one <= passed; one++) {
      const at = (second - passed + one) % PERIOD;
      this.#requests[at] = 0;
      this.#hedges[at] = 0;
    }
    this.#second = second;
  }
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
