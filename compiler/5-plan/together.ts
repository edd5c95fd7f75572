/**
 * Neighbouring `let`s that begin with a safe call start together, as long as none of these calls needs a value of an
 * earlier one. Everything else is a barrier.
 */
import { exprsOf, slotsRead, slotsWritten } from "./walk.ts";
import type { CallStep, Origin, Step } from "./plan.ts";

const SAFE = new Set(["GET", "HEAD"]);

export class Together {
  readonly #steps: Step[] = [];
  #branches: Step[][] = [];
  #origin: Origin | null = null;

  /** The steps of one `let`. */
  add(steps: Step[], origin: Origin): void {
    const call = firstCall(steps);
    if (call === null || !SAFE.has(call.method)) {
      this.barrier(steps);
      return;
    }
    if (this.#branches.length > 0 && this.#needsEarlier(call)) this.#flush();
    this.#origin ??= origin;
    this.#branches.push(steps);
  }

  #needsEarlier(call: CallStep): boolean {
    const written = new Set<string>();
    for (const branch of this.#branches) slotsWritten(branch, written);
    const reads = new Set<string>();
    for (const expr of exprsOf(call)) slotsRead(expr, reads);
    return [...reads].some((name) => written.has(name));
  }

  barrier(steps: readonly Step[]): void {
    this.#flush();
    this.#steps.push(...steps);
  }

  end(): Step[] {
    this.#flush();
    return this.#steps;
  }

  #flush(): void {
    if (this.#branches.length > 1 && this.#origin !== null) {
      this.#steps.push({ step: "together", origin: this.#origin, branches: this.#branches });
    } else this.#steps.push(...this.#branches.flat());
    this.#branches = [];
    this.#origin = null;
  }
}

/** The call that the steps begin with, perhaps inside attempts. */
export function firstCall(steps: readonly Step[]): CallStep | null {
  const [first] = steps;
  if (first?.step === "call") return first;
  return first?.step === "attempt" ? firstCall(first.steps) : null;
}
