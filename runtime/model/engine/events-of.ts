/** The events of an answer that came whole although a stream was asked for: some servers do so. */
import type { ModelAnswer, ModelEvent, OpenedPart } from "../canonical/answer.ts";

export function eventsOf({ id, model, parts, stop, usage }: ModelAnswer): ModelEvent[] {
  const events: ModelEvent[] = [{ type: "start", id, model }];
  parts.forEach((part, index) => {
    const opened: OpenedPart =
      part.type === "tool-call"
        ? { kind: "tool-call", id: part.id, name: part.name }
        : part.type === "reasoning"
          ? { kind: "reasoning", redacted: part.redacted }
          : { kind: part.type };
    events.push({ type: "open", index, part: opened });
    if (part.type === "tool-call") {
      if (part.arguments !== "") events.push({ type: "arguments", index, text: part.arguments });
    } else if (part.text !== "") events.push({ type: "text", index, text: part.text });
    const signature = part.type === "tool-call" || part.type === "reasoning" ? part.signature : null;
    if (signature !== null) events.push({ type: "signature", index, signature });
    events.push({ type: "close", index });
  });
  if (usage !== null) events.push({ type: "usage", usage });
  events.push({ type: "stop", stop }, { type: "end" });
  return events;
}
