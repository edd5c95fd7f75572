/** Why the model stopped, as Responses says it: by the status of the whole, and by what stands in it. */
import type { Stop, StopReason } from "../../canonical/answer.ts";
import type { JsonObject } from "../../canonical/request.ts";
import { isObject } from "../fields.ts";

/** Of a response that has neither failed nor was cancelled. `called`: it holds calls of functions. */
export function readStop(response: JsonObject, called: boolean): Stop {
  const { status, incomplete_details: details } = response;
  if (status !== "incomplete") {
    const native = typeof status === "string" ? status : "";
    return { reason: called ? "tool-calls" : "end", native, matched: null };
  }
  const native = isObject(details) && typeof details.reason === "string" ? details.reason : "incomplete";
  return { reason: native === "content_filter" ? "policy" : "length", native, matched: null };
}

const INCOMPLETE: { readonly [Reason in StopReason]: string | null } = {
  end: null,
  "stop-string": null,
  "tool-calls": null,
  paused: null,
  length: "max_output_tokens",
  context: "max_output_tokens",
  policy: "content_filter",
  // Never written: a failure is an error.
  failed: null,
};

/** Why it is incomplete; null: it is not. */
export function incompleteReason({ reason }: Stop): string | null {
  return INCOMPLETE[reason];
}
