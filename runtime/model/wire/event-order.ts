/**
 * Keeps the order that `ModelEvent` promises, whatever a provider sends: readers say here what they have read, and what would break the order does not
 * come out. It also bounds what one answer may hold, so that a provider that never ends fills nobody's memory.
 */
import type { ModelEvent, OpenedPart, Stop } from "../canonical/answer.ts";
import type { ModelError } from "../canonical/error.ts";
import type { Usage } from "../canonical/usage.ts";

/** UTF-16 units of all parts of one answer together. */
export const MAX_ANSWER_LENGTH = 32 * 1024 * 1024;
export const MAX_PARTS = 4096;

interface Part {
  readonly kind: OpenedPart["kind"];
  readonly redacted: boolean;
  signed: boolean;
  open: boolean;
}

export class EventOrder {
  #events: ModelEvent[] = [];
  readonly #parts: Part[] = [];
  /** How often each identifier was wanted. */
  readonly #calls = new Map<string, number>();
  #length = 0;
  #started = false;
  #stopped = false;
  #over = false;
  #usage: Usage | null = null;

  get usage(): Usage | null {
    return this.#usage;
  }

  get started(): boolean {
    return this.#started;
  }

  /** After `end` or `error`: nothing comes any more. */
  get over(): boolean {
    return this.#over;
  }

  /** What has come since the last time. */
  take(): readonly ModelEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  start(id: string, model: string): void {
    if (this.#started || this.#over) return;
    this.#started = true;
    this.#events.push({ type: "start", id, model });
  }

  /** The part's index; -1: it cannot be opened any more. An identifier that another call has already gets a number behind it. */
  open(part: OpenedPart): number {
    if (this.#over || this.#stopped) return -1;
    this.start("", "");
    const index = this.#parts.length;
    if (index >= MAX_PARTS) {
      this.fail(tooLong());
      return -1;
    }
    const opened = part.kind === "tool-call" ? { ...part, id: this.#unique(part.id) } : part;
    const redacted = part.kind === "reasoning" && part.redacted !== null;
    if (redacted) this.#grow(part.redacted.length);
    if (this.#over) return -1;
    this.#parts.push({ kind: part.kind, redacted, signed: false, open: true });
    this.#events.push({ type: "open", index, part: opened });
    return index;
  }

  text(index: number, text: string): void {
    const part = this.#part(index);
    if (part === null || text === "" || part.kind === "tool-call" || part.redacted || !this.#grow(text.length)) return;
    this.#events.push({ type: "text", index, text });
  }

  arguments(index: number, text: string): void {
    const part = this.#part(index);
    if (part === null || text === "" || part.kind !== "tool-call" || !this.#grow(text.length)) return;
    this.#events.push({ type: "arguments", index, text });
  }

  signature(index: number, signature: string): void {
    const part = this.#part(index);
    if (part === null || signature === "" || part.signed || !this.#grow(signature.length)) return;
    if (part.kind !== "reasoning" && part.kind !== "tool-call") return;
    part.signed = true;
    this.#events.push({ type: "signature", index, signature });
  }

  close(index: number): void {
    const part = this.#part(index);
    if (part === null) return;
    part.open = false;
    this.#events.push({ type: "close", index });
  }

  usageIs(usage: Usage): void {
    this.#usage = usage;
    if (this.#over) return;
    this.start("", "");
    this.#events.push({ type: "usage", usage });
  }

  /** Closes what is open. */
  stop(stop: Stop): void {
    if (this.#over || this.#stopped) return;
    this.start("", "");
    for (let index = 0; index < this.#parts.length; index++) this.close(index);
    this.#stopped = true;
    this.#events.push({ type: "stop", stop });
  }

  /** False: there was no stop, and nothing is said. */
  end(): boolean {
    if (this.#over) return true;
    if (!this.#stopped) return false;
    this.#over = true;
    this.#events.push({ type: "end" });
    return true;
  }

  fail(error: ModelError): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.push({ type: "error", error });
  }

  #part(index: number): Part | null {
    if (this.#over || this.#stopped) return null;
    const part = this.#parts[index];
    return part?.open === true ? part : null;
  }

  #grow(length: number): boolean {
    this.#length += length;
    if (this.#length > MAX_ANSWER_LENGTH) this.fail(tooLong());
    return !this.#over;
  }

  #unique(id: string): string {
    const wanted = id === "" ? "call" : id;
    let times = this.#calls.get(wanted) ?? 0;
    let unique = wanted;
    while (this.#calls.has(unique)) unique = `${wanted}_${++times + 1}`;
    this.#calls.set(wanted, times);
    if (unique !== wanted) this.#calls.set(unique, 0);
    return unique;
  }
}

function tooLong(): ModelError {
  return failure("The provider's answer is longer than this gateway takes.");
}

/** The provider failed in a way for which it has no words of its own. */
export function failure(message: string, code = ""): ModelError {
  return { class: "upstream", status: 502, code, message, parameter: null, retryAfter: null };
}
