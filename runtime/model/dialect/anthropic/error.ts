/** Anthropic's errors, in bodies and in streams; and Google's, which Vertex AI gives before Claude is asked. https://platform.claude.com/docs/en/api/errors */
import type { ModelError, ModelErrorClass } from "../../canonical/error.ts";
import type { Json, JsonObject } from "../../canonical/request.ts";
import { classByStatus, ownMessage } from "../failures.ts";
import { isObject, parseJson } from "../fields.ts";
import { detailsOf, errorIn, isLongQuota, retryDelay } from "../google-status.ts";
import { headerValue, retryAfter } from "../../wire/retry-after.ts";

const MEANING = new Map<string, readonly [ModelErrorClass, status: number]>([
  ["invalid_request_error", ["client", 400]],
  ["authentication_error", ["auth", 401]],
  ["billing_error", ["quota", 402]],
  ["permission_error", ["auth", 403]],
  ["not_found_error", ["not-found", 404]],
  ["request_too_large", ["client", 413]],
  ["rate_limit_error", ["rate", 429]],
  ["api_error", ["upstream", 500]],
  ["timeout_error", ["timeout", 504]],
  ["overloaded_error", ["overloaded", 529]],
]);

/** A monthly cap comes as a 429 or a 400 like any other; only the words tell that waiting does not help. */
const HARD_LIMIT = /credit balance|usage limits?\b|spend(ing)? (limit|cap)|monthly|billing/i;
const TOO_LONG =
  /prompt is too long|exceeds? the (maximum )?context|context (window|limit)|input length and .*max_tokens. exceed/i;
const FIELD =
  /^((?:messages|system|tools|tool_choice|thinking|metadata|output_config|max_tokens|temperature|top_p|top_k|stop_sequences|model)(?:\.[A-Za-z0-9_]+)*): /;

export function readError(status: number, headers: readonly string[], body: Uint8Array): ModelError {
  const parsed = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  const inner = errorIn(parsed?.value);
  const wait = waiting(headers);
  return isObject(inner) && typeof inner.type !== "string" && typeof inner.status === "string"
    ? ofGoogle(inner, inner.status, status, wait)
    : errorOf(inner, status, wait);
}

function ofGoogle(error: JsonObject, code: string, status: number, wait: number | null): ModelError {
  const details = detailsOf(error);
  const read = errorOf({ message: error.message ?? "" }, status, retryDelay(details) ?? wait);
  if (read.class !== "rate" || !isLongQuota(details)) return { ...read, code };
  return { ...read, code, class: "quota", message: ownMessage("quota") ?? read.message, retryAfter: null };
}

/** Of an event `error` in a stream, whose type is all that tells its status. */
export function readErrorEvent(error: Json | undefined): ModelError {
  return errorOf(error, null, null);
}

function errorOf(error: Json | undefined, status: number | null, wait: number | null): ModelError {
  const type = isObject(error) && typeof error.type === "string" ? error.type : "";
  const message = isObject(error) && typeof error.message === "string" ? error.message : "";
  const known = MEANING.get(type);
  const [byType, usual] = known ?? [classByStatus(status ?? 502), 502];
  const kind = refine(byType, message);
  const details = isObject(error) && isObject(error.details) ? error.details.error_code : undefined;
  return {
    class: kind,
    status: status ?? usual,
    code: typeof details === "string" ? details : type,
    message: ownMessage(kind) ?? (message === "" ? "The model's provider gave an error." : message),
    parameter: kind === "client" ? (FIELD.exec(message)?.[1] ?? null) : null,
    retryAfter: kind === "quota" ? null : wait,
  };
}

function refine(kind: ModelErrorClass, message: string): ModelErrorClass {
  if (kind === "rate" && HARD_LIMIT.test(message) && !/per (minute|second|hour)/i.test(message)) return "quota";
  if (kind !== "client") return kind;
  if (/credit balance|specified API usage limits|spend(ing)? (limit|cap)/i.test(message)) return "quota";
  return TOO_LONG.test(message) ? "context" : kind;
}

/** `retry-after`, or else when the limit that is used up fills again. */
function waiting(headers: readonly string[]): number | null {
  const now = Date.now();
  const told = retryAfter(headers, now);
  if (told !== null) return told;
  let longest: number | null = null;
  for (const limit of ["requests", "tokens", "input-tokens", "output-tokens"]) {
    if (headerValue(headers, `anthropic-ratelimit-${limit}-remaining`) !== "0") continue;
    const reset = headerValue(headers, `anthropic-ratelimit-${limit}-reset`);
    const time = reset === null ? Number.NaN : Date.parse(reset);
    if (!Number.isNaN(time)) longest = Math.max(longest ?? 0, time - now);
  }
  return longest;
}

/** The type and status by which Anthropic's clients know an error of this class. */
function spoken(error: ModelError): readonly [type: string, status: number] {
  switch (error.class) {
    case "client":
      if (error.status === 401) return ["authentication_error", 401];
      if (error.status === 403) return ["permission_error", 403];
      if (error.status === 413) return ["request_too_large", 413];
      return ["invalid_request_error", error.status >= 400 && error.status < 500 ? error.status : 400];
    case "policy":
    case "context":
      return ["invalid_request_error", 400];
    case "not-found":
      return ["not_found_error", 404];
    case "quota":
      return ["billing_error", 402];
    case "rate":
      return ["rate_limit_error", 429];
    case "overloaded":
      return ["overloaded_error", 529];
    case "timeout":
      return ["timeout_error", 504];
    // The gateway's key is none of the client's business: for the client, something behind the gateway is broken.
    case "auth":
    case "upstream":
      return ["api_error", 502];
  }
}

/**
 * Clients that let Anthropic hold their conversation (`thread`) look for these codes, and then send the whole of it: where a provider has lost it, and
 * where the request goes to one that holds none.
 */
function threadCode({ code, parameter }: ModelError): string | null {
  if (code.startsWith("thread_")) return code;
  return parameter === "thread" ? "thread_unsupported_request" : null;
}

export function errorBody(error: ModelError): string {
  const code = threadCode(error);
  const details = code === null ? {} : { details: { error_code: code, unsupported: [] } };
  return JSON.stringify({ type: "error", error: { type: spoken(error)[0], message: error.message, ...details } });
}

export function writeError(error: ModelError): { status: number; headers: readonly string[]; body: string } {
  const headers = ["content-type", "application/json"];
  if (error.retryAfter !== null) headers.push("retry-after", String(Math.ceil(error.retryAfter / 1000)));
  return { status: spoken(error)[1], headers, body: errorBody(error) };
}
