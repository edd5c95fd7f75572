/** `websocket` of a `forward`: a handshake has no body, and its answer is the handshake's own. */
import type * as tree from "../1-syntax/tree.ts";
import type { Meaning, StaticValue } from "./checked.ts";
import { type Body, report } from "./context.ts";

type WebSocket = Extract<Meaning, { kind: "forward" }>["webSocket"];

/** `value`: of the setting, checked. */
export function checkWebSocket(body: Body, step: tree.ForwardStep, value: StaticValue | undefined): WebSocket {
  const written = step.settings.find(({ key }) => key.text === "websocket");
  if (!written || typeof value !== "object" || value === null || !("idle" in value) || !("message" in value))
    return null;
  const refuse = (node: { readonly id: tree.NodeId }, what: string, text: string, help: string): void =>
    report(body, written.key, "VGW6109", { what }, "this lets handshakes through", { related: [{ node, text }], help });
  const replaced = step.settings.find(({ key }) => key.text === "body");
  if (replaced) refuse(replaced.key, "another body", "a handshake has none", "forward without one or the other");
  const [first] = step.steps;
  if (first)
    refuse(
      first,
      "steps for the answer",
      "the answer to a handshake is its own",
      'tell them apart: if request.header("upgrade") == "websocket" { forward … } else { forward … { steps } }',
    );
  if (body.bodyRead) refuse(body.bodyRead, "a body that is read", "a handshake has none", "do not read it here");
  return { idle: Number(value.idle), message: Number(value.message) };
}
