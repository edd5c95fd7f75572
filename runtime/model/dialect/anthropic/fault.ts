/** Errors that the gateway makes itself, as Anthropic writes its own. https://platform.claude.com/docs/en/api/errors */
import type { Fault } from "../../../http/exchange.ts";
import { faultMessage } from "../fault.ts";

const TYPES: { readonly [status: number]: string } = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export function anthropicFault(fault: Fault): string {
  const { status } = fault;
  const type = TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return JSON.stringify({ type: "error", error: { type, message: faultMessage(fault) } });
}
