/** Ollama's errors: one text, in a body or, after a status of 200, in a line of the stream. */
import type { ModelError, ModelErrorClass } from "../../canonical/error.ts";
import { retryAfter } from "../../wire/retry-after.ts";
import { classByStatus, ownMessage } from "../failures.ts";
import { isObject, parseJson } from "../fields.ts";

const TOO_LONG = /context (length|window|size)|exceeds? .*context|prompt (is )?too long/i;
const BUSY = /server busy|maximum pending requests/i;
const NOT_FOUND = /model .* not found|try pulling it/i;
const LIMIT = /(hourly|daily|weekly|monthly|session) usage limit|upgrade (for|to|your)/i;

/** Code units of a provider's message that go on to the client. */
const LONGEST_MESSAGE = 2000;

export function readError(status: number, headers: readonly string[], body: Uint8Array): ModelError {
  const parsed = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  const text = parsed !== null && isObject(parsed.value) ? parsed.value.error : undefined;
  const error = errorOf(typeof text === "string" ? text : "", status);
  return error.class === "quota" ? error : { ...error, retryAfter: retryAfter(headers) };
}

/** Of a line behind a status of 200. */
export function readErrorLine(text: string): ModelError {
  return errorOf(text, null);
}

function errorOf(text: string, status: number | null): ModelError {
  const kind = classOf(text, status);
  const message = text.slice(0, LONGEST_MESSAGE);
  return {
    class: kind,
    status: status ?? STATUS[kind] ?? 502,
    code: "",
    // What breaks inside of a server names its files and addresses.
    message:
      ownMessage(kind) ?? (kind === "upstream" || message === "" ? "The model's provider gave an error." : message),
    parameter: null,
    retryAfter: null,
  };
}

const STATUS: { readonly [Class in ModelErrorClass]?: number } = { overloaded: 503, "not-found": 404, context: 400 };

function classOf(text: string, status: number | null): ModelErrorClass {
  if (BUSY.test(text)) return "overloaded";
  const byStatus = classByStatus(status ?? 502);
  if (byStatus === "rate" && LIMIT.test(text)) return "quota";
  if (byStatus === "client" || status === null) {
    if (TOO_LONG.test(text)) return "context";
    if (NOT_FOUND.test(text)) return "not-found";
  }
  return byStatus;
}
