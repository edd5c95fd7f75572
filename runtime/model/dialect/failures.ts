/** Errors that readers make themselves, and what clients are told of errors that are about this gateway's account rather than about their request. */
import type { Stop } from "../canonical/answer.ts";
import type { ModelError, ModelErrorClass } from "../canonical/error.ts";
import { failure } from "../wire/event-order.ts";

export const CUT_SHORT = failure("The model's provider ended its answer before it was whole.");
export const NOT_UNDERSTOOD = failure("The model's provider sent an answer that is not in its format.");
export const EVENT_TOO_LONG = failure("The model's provider sent an event that is longer than this gateway takes.");

/** The provider says that its model failed: never a normal end. */
export function failedStop({ native }: Stop): ModelError {
  return failure("The model failed to give a complete answer.", native);
}

/**
 * Messages of these classes name organisations, projects and limits of the account that this gateway uses, so clients get one that does not.
 * Null: the provider's message is about the request and goes on.
 */
export function ownMessage(kind: ModelErrorClass): string | null {
  switch (kind) {
    case "auth":
      return "The model's provider does not accept this gateway's credentials.";
    case "quota":
      return "The account at the model's provider has reached its limit.";
    case "rate":
      return "The model's provider takes no more requests just now. Try again later.";
    default:
      return null;
  }
}

/** By status alone, where the body says nothing. */
export function classByStatus(status: number): ModelErrorClass {
  if (status === 401 || status === 403) return "auth";
  if (status === 402) return "quota";
  if (status === 404) return "not-found";
  if (status === 408 || status === 504) return "timeout";
  if (status === 429) return "rate";
  if (status === 503 || status === 529) return "overloaded";
  return status >= 400 && status < 500 ? "client" : "upstream";
}
