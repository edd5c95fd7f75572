/**
 * The way of log lines out of a thread: collected, written in batches, never waited for. When the reader is too slow the queue
 * stays bounded, what does not fit is dropped, and a line says how many were.
 */

/** Writes the whole text, then calls `done`, whatever came of it. */
export type LogOutput = (text: string, done: () => void) => void;

export interface LogQueueOptions {
  readonly output: LogOutput;
  /** Characters kept at most while they wait. */
  readonly limit?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const DEFAULT_LIMIT = 4 * 1024 * 1024;
/** Milliseconds that lines are collected. */
const COLLECT = 20;
/** Characters after which a batch goes out at once. */
const BATCH = 64 * 1024;

export class LogQueue {
  /** Lines lost since the start. */
  dropped = 0;
  readonly #output: LogOutput;
  readonly #limit: number;
  readonly #now: () => number;
  #lines: string[] = [];
  #size = 0;
  #writing = false;
  #timer: NodeJS.Timeout | null = null;
  #unreported = 0;
  #idle: (() => void)[] = [];

  constructor(options: LogQueueOptions) {
    this.#output = options.output;
    this.#limit = options.limit ?? DEFAULT_LIMIT;
    this.#now = options.now ?? Date.now;
  }

  /** A whole line with its newline. Never blocks, never throws. */
  readonly write = (line: string): void => {
    if (this.#size + line.length > this.#limit) {
      this.dropped++;
      this.#unreported++;
      return;
    }
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#writing) return;
    if (this.#size >= BATCH) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), COLLECT);
  };

  /** Resolves when everything that was accepted has been written. */
  async close(): Promise<void> {
    this.#flush();
    if (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#writing || this.#size === 0) return;
    this.#writing = true;
    const lines = this.#lines;
    this.#lines = [];
    this.#size = 0;
    if (this.#unreported > 0) {
      lines.push(dropNotice(this.#now(), this.#unreported));
      this.#unreported = 0;
    }
    this.#output(lines.join(""), () => {
      this.#writing = false;
      if (this.#size > 0) this.#flush();
      else for (const resolve of this.#idle.splice(0)) resolve();
    });
  }
}

function dropNotice(now: number, lines: number): string {
  const time = new Date(now).toISOString();
  const message = "log lines were dropped: the reader of the log is too slow";
  return `${JSON.stringify({ time, level: "warn", event: "log.dropped", message, lines })}\n`;
}
