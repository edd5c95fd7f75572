/** Asks all threads one thing at once, and waits for none longer than a second: one that hangs must not keep anybody from looking at the others. */
import type { Thread } from "./thread.ts";
import { wait } from "./wait.ts";

/** Milliseconds. */
const PATIENCE = 1000;

export interface ThreadAnswer<Value> {
  /** The latest answer; null: there has never been one. */
  readonly value: Value | null;
  /** It came now. */
  readonly fresh: boolean;
}

export class ThreadAnswers<Value> {
  readonly #threads: readonly Thread[];
  readonly #ask: (thread: Thread) => Promise<Value>;
  readonly #latest: (Value | null)[];
  /** Questions that were not answered in time: no further ones pile up behind them. */
  readonly #overdue = new Map<number, Promise<boolean>>();

  constructor(threads: readonly Thread[], ask: (thread: Thread) => Promise<Value>) {
    this.#threads = threads;
    this.#ask = ask;
    this.#latest = threads.map(() => null);
  }

  /** In the order of the threads. */
  async gather(): Promise<readonly ThreadAnswer<Value>[]> {
    const late = wait(PATIENCE);
    const given = late.promise.then(() => false);
    const fresh = await Promise.all(this.#threads.map((thread, index) => this.#one(thread, index, given)));
    late.cancel();
    return fresh.map((answered, index) => ({ value: this.#latest[index] ?? null, fresh: answered }));
  }

  async #one(thread: Thread, index: number, late: Promise<boolean>): Promise<boolean> {
    const asked = this.#overdue.get(index) ?? this.#answered(thread, index);
    let open = true;
    const done = asked.then((answered) => {
      open = false;
      this.#overdue.delete(index);
      return answered;
    });
    const fresh = await Promise.race([done, late]);
    if (open) this.#overdue.set(index, asked);
    return fresh;
  }

  /** False: the thread has ended. */
  #answered(thread: Thread, index: number): Promise<boolean> {
    return this.#ask(thread).then(
      (value) => {
        this.#latest[index] = value;
        return true;
      },
      () => false,
    );
  }
}
