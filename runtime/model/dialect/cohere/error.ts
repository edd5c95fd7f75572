/** Cohere's errors: a message and a status. https://docs.cohere.com/reference/errors */
import type { ModelError, ModelErrorClass } from "../../canonical/error.ts";
import { retryAfter } from "../../wire/retry-after.ts";
import { classByStatus, ownMessage } from "../failures.ts";
import { isObject, parseJson } from "../fields.ts";

const TOO_LONG = /too many tokens|context (length|window)|total number of tokens/i;
/** A trial key's months, and accounts without a card: waiting does not help soon. */
const HARD_LIMIT = /\/ ?month|per month|monthly|billing|credit/i;

/** Code units of a provider's message that go on to the client. */
const LONGEST_MESSAGE = 2000;

export function readError(status: number, headers: readonly string[], body: Uint8Array): ModelError {
  const value = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"))?.value;
  const message = isObject(value) && typeof value.message === "string" ? value.message.slice(0, LONGEST_MESSAGE) : "";
  const kind = classOf(status, message);
  return {
    class: kind,
    status,
    code: "",
    message:
      ownMessage(kind) ?? (message === "" || kind === "upstream" ? "The model's provider gave an error." : message),
    parameter: null,
    retryAfter: kind === "quota" ? null : retryAfter(headers),
  };
}

function classOf(status: number, message: string): ModelErrorClass {
  if (status === 429) return HARD_LIMIT.test(message) ? "quota" : "rate";
  // 498: the token is not valid; 499: Cohere itself gave up on the request.
  if (status === 498) return "auth";
  if (status === 499) return "timeout";
  const kind = classByStatus(status);
  return kind === "client" && TOO_LONG.test(message) ? "context" : kind;
}
