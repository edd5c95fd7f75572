/** Makes a whole answer of the events of a streamed one, for clients that did not ask for a stream. */
import { isCut, type AnswerPart, type ModelAnswer, type ModelEvent, type Stop } from "./answer.ts";
import type { ModelError } from "./error.ts";
import type { Usage } from "./usage.ts";

/** Null: the events neither ended nor failed. */
export function gather(events: Iterable<ModelEvent>): ModelAnswer | ModelError | null {
  let id = "";
  let model = "";
  let stop: Stop | null = null;
  let usage: Usage | null = null;
  const opened: (ModelEvent & { type: "open" })[] = [];
  const texts: string[] = [];
  const signatures: (string | null)[] = [];
  for (const event of events) {
    switch (event.type) {
      case "start":
        ({ id, model } = event);
        break;
      case "open":
        opened.push(event);
        texts.push("");
        signatures.push(null);
        break;
      case "text":
      case "arguments":
        texts[event.index] += event.text;
        break;
      case "signature":
        signatures[event.index] = event.signature;
        break;
      case "usage":
        usage = event.usage;
        break;
      case "stop":
        stop = event.stop;
        break;
      case "error":
        return event.error;
      case "end":
        if (stop === null) return null;
        return {
          id,
          model,
          parts: opened.map(({ part }, at) => whole(part, texts[at], signatures[at], stop)),
          stop,
          usage,
        };
      case "close":
        break;
    }
  }
  return null;
}

function whole(
  part: (ModelEvent & { type: "open" })["part"],
  text: string | undefined = "",
  signature: string | null = null,
  stop: Stop | null,
): AnswerPart {
  if (part.kind === "tool-call") {
    const written = text === "" && !isCut(stop) ? "{}" : text;
    return { type: "tool-call", id: part.id, name: part.name, arguments: written, signature };
  }
  if (part.kind === "reasoning") return { type: "reasoning", text, signature, redacted: part.redacted };
  return { type: part.kind, text };
}
