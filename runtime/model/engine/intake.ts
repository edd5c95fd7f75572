/** What has come of one answer, for a call that is paid for: how much, and whether the provider has told all that it will tell of its usage. */
import type { AnswerPart, ModelEvent } from "../canonical/answer.ts";
import type { Received } from "../money/estimate.ts";

export class Intake implements Received {
  bytes = 0;
  parts = 0;
  /** An event told of a thought. */
  thought = false;
  #stopped = false;
  /** Usage was told, and nothing of an answer came behind it. */
  #fresh = false;

  /** The model has stopped, and what it used was told behind its last word: nothing is left to be told. */
  get told(): boolean {
    return this.#stopped && this.#fresh;
  }

  took(events: readonly ModelEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case "text":
        case "arguments":
          this.bytes += Buffer.byteLength(event.text);
          this.#fresh = false;
          break;
        case "open":
          this.#opened(event.part);
          this.#fresh = false;
          break;
        case "usage":
          this.#fresh = true;
          break;
        case "stop":
          this.#stopped = true;
          break;
        default:
          break;
      }
    }
  }

  #opened(part: (ModelEvent & { type: "open" })["part"]): void {
    this.parts++;
    if (part.kind === "reasoning") this.thought = true;
    else if (part.kind === "tool-call") this.bytes += Buffer.byteLength(part.name);
  }

  /** Of an answer that came whole. */
  whole(parts: readonly AnswerPart[]): void {
    for (const part of parts) {
      this.parts++;
      if (part.type === "reasoning") this.thought = true;
      if (part.type === "tool-call") this.bytes += Buffer.byteLength(part.name) + Buffer.byteLength(part.arguments);
      else this.bytes += Buffer.byteLength(part.text);
    }
  }

  /** Bytes of pieces that no event told of. */
  passed(bytes: number): void {
    this.bytes += bytes;
  }

  /** It is asked once more: what came before was no answer. */
  again(): void {
    this.bytes = 0;
    this.parts = 0;
    this.thought = false;
    this.#stopped = false;
    this.#fresh = false;
  }
}
