/** Errors that the gateway makes itself, as OpenAI writes its own. https://platform.openai.com/docs/guides/error-codes */
import type { Fault } from "../../../http/exchange.ts";
import { faultMessage } from "../fault.ts";

export function openaiFault(fault: Fault): string {
  return JSON.stringify({
    error: { message: faultMessage(fault), type: typeOf(fault.status), param: null, code: fault.code },
  });
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}
