/** Events in a form that is easy to write down and to compare. */
import type { ModelEvent } from "../canonical/answer.ts";

/** What happened, in a form that is easy to read: one word for each event. */
export function told(events: readonly ModelEvent[]): string[] {
  return events.map((event) => {
    switch (event.type) {
      case "start":
        return `start ${event.id} ${event.model}`;
      case "open":
        return `${event.index} ${event.part.kind}${event.part.kind === "tool-call" ? ` ${event.part.id} ${event.part.name}` : ""}${event.part.kind === "reasoning" && event.part.redacted !== null ? ` ${event.part.redacted}` : ""}`;
      case "text":
      case "arguments":
        return `${event.index} < ${event.text}`;
      case "signature":
        return `${event.index} signed ${event.signature}`;
      case "close":
        return `${event.index} .`;
      case "usage":
        return `usage ${Object.values(event.usage).join(" ")}`;
      case "stop":
        return `stop ${event.stop.reason} ${event.stop.native}${event.stop.matched === null ? "" : ` ${event.stop.matched}`}`;
      case "end":
        return "end";
      case "error":
        return `error ${event.error.class} ${event.error.status} ${event.error.code}`;
    }
    return "";
  });
}
