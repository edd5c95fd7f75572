/** Errors that the gateway makes itself, as Google's interfaces write theirs. https://cloud.google.com/apis/design/errors */
import type { Fault } from "../../../http/exchange.ts";
import { faultMessage } from "../fault.ts";

const STATUSES: { readonly [status: number]: string } = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

export function geminiFault(fault: Fault): string {
  const { status: code } = fault;
  const status = STATUSES[code] ?? (code < 500 ? "INVALID_ARGUMENT" : "INTERNAL");
  return JSON.stringify({ error: { code, message: faultMessage(fault), status } });
}
