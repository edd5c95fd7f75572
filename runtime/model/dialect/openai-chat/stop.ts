/** Why the model stopped, as Chat Completions says it, both ways. */
import type { Stop, StopReason } from "../../canonical/answer.ts";

const READ: { readonly [native: string]: StopReason } = {
  stop: "end",
  length: "length",
  model_length: "context",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "policy",
  error: "failed",
  abort: "failed",
  insufficient_system_resource: "failed",
};

/** `called`: there were tool calls; some servers say "stop" even so. `matched`: the string that stopped it. */
export function readStop(native: string, called: boolean, matched: string | null): Stop {
  const known = Object.hasOwn(READ, native) ? READ[native] : undefined;
  const reason = known ?? "end";
  if (reason !== "end") return { reason, native, matched: null };
  if (called) return { reason: "tool-calls", native, matched: null };
  return { reason: matched === null ? "end" : "stop-string", native, matched };
}

const WRITTEN: { readonly [Reason in StopReason]: string } = {
  end: "stop",
  "stop-string": "stop",
  length: "length",
  context: "length",
  "tool-calls": "tool_calls",
  policy: "content_filter",
  paused: "stop",
  // Never written: a failure is an error.
  failed: "error",
};

export function writeStop({ reason }: Stop): string {
  return WRITTEN[reason];
}

/** Fields beside `finish_reason`, for what its words cannot tell: "" or JSON text that begins with a comma. */
export function stopDetails({ reason, native, matched }: Stop): string {
  const said = WRITTEN[reason] === native || native === "" ? "" : `,"native_finish_reason":${JSON.stringify(native)}`;
  return matched === null ? said : `${said},"stop_reason":${JSON.stringify(matched)}`;
}
