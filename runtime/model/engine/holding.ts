/**
 * The events of a streamed answer before its first content: kept back, so that what fails until then can still become another model's answer, or a
 * status of its own. What is kept is bounded by what `EventOrder` lets through.
 */
import type { ModelEvent } from "../canonical/answer.ts";

/** Whether a client gets something by it that it could not be without. */
export function isContent(event: ModelEvent): boolean {
  switch (event.type) {
    case "text":
    case "arguments":
    case "signature":
    case "stop":
      return true;
    case "open":
      return event.part.kind === "tool-call" || (event.part.kind === "reasoning" && event.part.redacted !== null);
    default:
      return false;
  }
}

export class Holding {
  #events: ModelEvent[] = [];

  keep(event: ModelEvent): void {
    // Each tells all that the one before it did.
    if (event.type === "usage") this.#events = this.#events.filter(({ type }) => type !== "usage");
    this.#events.push(event);
  }

  /** In their order; nothing is kept any more. */
  take(): readonly ModelEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
