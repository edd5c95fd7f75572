/** Errors as OpenAI and the servers that follow it write them, by what they mean, both ways. */
import type { ModelError, ModelErrorClass } from "../../canonical/error.ts";
import type { Json, JsonObject } from "../../canonical/request.ts";
import { headerValue, parseDuration, retryAfter } from "../../wire/retry-after.ts";
import { isList, isObject, parseJson } from "../fields.ts";

/** Code units of a provider's message that go on to the client. */
const LONGEST_MESSAGE = 2000;
const QUOTA =
  /insufficient_quota|billing_hard_limit|insufficient_user_quota|insufficient[ _]balance|exceeded your current quota|credit/i;
const CONTEXT =
  /context_length_exceeded|maximum context length|context window|prompt is too long|too many tokens|reduce the length/i;
/** Groq's words for a model that wrote what is no call, or no JSON: another attempt, or another model, may do better. */
const MODEL_FAILED = /\b(tool_use_failed|json_validate_failed)\b/;
const POLICY =
  /content_filter|content_policy|ResponsibleAIPolicyViolation|content management policy|moderation|invalid_prompt/i;

/** The error of a status that is not 2xx. */
export function readError(status: number, headers: readonly string[], body: Uint8Array): ModelError {
  const parsed = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  const said = parsed === null ? NOTHING : errorFields(parsed.value);
  const error = errorOf(status, said);
  return { ...error, retryAfter: isAfterwards(error.class) ? hint(headers, said.message) : null };
}

/** The error that a stream or an answer of status 200 holds; `value`: the error object, or its text. */
export function inBandError(value: Json): ModelError {
  const said = errorFields({ error: value });
  const code = Number(said.code);
  const status = Number.isInteger(code) && code >= 400 && code < 600 ? code : statusOf(said);
  const error = errorOf(status, said);
  return { ...error, retryAfter: error.class === "rate" ? triedAgain(said.message) : null };
}

interface Said {
  readonly message: string;
  readonly type: string;
  readonly code: string;
  readonly parameter: string | null;
  /** Azure's word inside of the error. */
  readonly inner: string;
  /** OpenRouter's word for whose limit it is. */
  readonly limit: string;
}

const NOTHING: Said = { message: "", type: "", code: "", parameter: null, inner: "", limit: "" };

/** OpenAI's `error` object; a bare string; Mistral's and vLLM's flat object; the `detail` of a failed validation. */
function errorFields(value: Json): Said {
  if (!isObject(value)) return typeof value === "string" ? { ...NOTHING, message: value } : NOTHING;
  const error = value.error;
  if (typeof error === "string") return { ...NOTHING, message: error };
  const detail = value.detail;
  if (!isObject(error) && isList(detail)) return validation(detail);
  if (!isObject(error) && typeof detail === "string") return { ...NOTHING, message: detail };
  const said = isObject(error) ? error : value;
  const inner = said.innererror ?? said.inner_error;
  const { metadata } = said;
  return {
    message: text(said.message),
    type: text(said.type),
    code: text(said.code),
    parameter: text(said.param) || null,
    inner: isObject(inner) ? text(inner.code) : "",
    limit: isObject(metadata) ? text(metadata.limit_source) : "",
  };
}

function validation(detail: readonly Json[]): Said {
  const first = detail.find(isObject);
  const path = first === undefined ? undefined : first.loc;
  const parameter = isList(path) ? path.filter((step, at) => at > 0 || step !== "body").join(".") : "";
  return { ...NOTHING, message: text(first?.msg), type: text(first?.type), parameter: parameter || null };
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function statusOf({ type, code, message }: Said): number {
  const words = `${code} ${type}`;
  if (/rate_limit|quota/.test(words)) return 429;
  if (/overloaded|unavailable/.test(words)) return 503;
  if (/timeout/.test(words)) return 504;
  if (/invalid_request|invalid_prompt|content|context_length/.test(words) || CONTEXT.test(message)) return 400;
  return 502;
}

function errorOf(status: number, said: Said): ModelError {
  const kind = classOf(status, said);
  return {
    class: kind,
    status,
    code: said.code === "" || /^\d+$/.test(said.code) ? said.type : said.code,
    message: publicMessage(kind, status, said.message),
    parameter: said.parameter,
    retryAfter: null,
  };
}

function classOf(status: number, { message, type, code, inner, limit }: Said): ModelErrorClass {
  const words = `${code} ${type} ${inner}`;
  // What is under way uses up the balance until it is settled: that passes.
  if (status === 402 && limit === "openrouter_in_flight_budget") return "rate";
  if (
    status === 402 ||
    ((status === 429 || status === 403 || status === 400) && QUOTA.test(`${words} ${status === 400 ? "" : message}`))
  )
    return "quota";
  if (status === 429) return "rate";
  if (status === 400 && MODEL_FAILED.test(code)) return "upstream";
  if ((status === 400 || status === 403 || status === 422) && POLICY.test(`${words} ${message}`)) return "policy";
  if (status === 401 || status === 403) return "auth";
  if (status === 404 || /model_not_found|DeploymentNotFound/.test(words)) return "not-found";
  if (status === 408 || status === 504 || status === 524) return "timeout";
  if (status === 413) return CONTEXT.test(`${words} ${message}`) || /tokens/i.test(message) ? "context" : "client";
  if (status === 503 || status === 529 || status === 498 || /overloaded/.test(words)) return "overloaded";
  if (status >= 400 && status < 500) return CONTEXT.test(`${words} ${message}`) ? "context" : "client";
  return "upstream";
}

/** What a provider says of limits, keys and bills names the gateway's own account, so only what it says of the request goes on. */
function publicMessage(kind: ModelErrorClass, status: number, message: string): string {
  switch (kind) {
    case "auth":
      return "The provider did not accept this gateway's credentials.";
    case "quota":
      return "The account at the provider has reached its limit.";
    case "rate":
      return "Too many requests or tokens for this model just now.";
    case "overloaded":
      return "The model is overloaded just now.";
    case "timeout":
      return "The provider did not answer in time.";
    case "upstream":
      return `The provider failed (${status}).`;
    default: {
      const clean = message.slice(0, LONGEST_MESSAGE).replace(/\b(?:org|proj|sk|user|key)[-_][A-Za-z0-9*_-]{6,}/g, "…");
      return clean === "" ? `The provider refused the request (${status}).` : clean;
    }
  }
}

function isAfterwards(kind: ModelErrorClass): boolean {
  return kind === "rate" || kind === "overloaded" || kind === "upstream" || kind === "timeout";
}

function hint(headers: readonly string[], message: string): number | null {
  return retryAfter(headers) ?? triedAgain(message) ?? reset(headers);
}

/** "try again in 1.5s" (OpenAI, Groq), "try again in 2 seconds", "retry after 45 seconds" (Azure). */
function triedAgain(message: string): number | null {
  const said = message.slice(0, LONGEST_MESSAGE);
  const seconds = /(?:try again in|retry after) (\d{1,9}) seconds?\b/i.exec(said)?.[1];
  if (seconds !== undefined) return parseDuration(`${seconds}s`);
  const found = /try again in ([\d.]+(?:ms|[smh])(?:[\d.]+(?:ms|[smh]))*)/i.exec(said);
  return found?.[1] === undefined ? null : parseDuration(found[1]);
}

/** The reset of the limit that is used up; of tokens where no limit says so, since a request may need more than are left. */
function reset(headers: readonly string[]): number | null {
  for (const what of ["requests", "tokens"]) {
    if (headerValue(headers, `x-ratelimit-remaining-${what}`)?.trim() !== "0") continue;
    const duration = parseDuration(headerValue(headers, `x-ratelimit-reset-${what}`)?.trim() ?? "");
    if (duration !== null) return duration;
  }
  return parseDuration(headerValue(headers, "x-ratelimit-reset-tokens")?.trim() ?? "");
}

interface Written {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

const WRITTEN: { readonly [Class in ModelErrorClass]: Written } = {
  client: { status: 400, type: "invalid_request_error", code: null },
  // Not 401: the client's own key was accepted, and its SDK would tell its user to look at it.
  auth: { status: 502, type: "server_error", code: "provider_credentials" },
  quota: { status: 429, type: "insufficient_quota", code: "insufficient_quota" },
  rate: { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded" },
  overloaded: { status: 503, type: "server_error", code: "overloaded" },
  timeout: { status: 504, type: "server_error", code: "timeout" },
  upstream: { status: 502, type: "server_error", code: "server_error" },
  policy: { status: 400, type: "invalid_request_error", code: "content_policy_violation" },
  "not-found": { status: 404, type: "invalid_request_error", code: "model_not_found" },
  context: { status: 400, type: "invalid_request_error", code: "context_length_exceeded" },
};

/** The `error` object. */
export function errorObject(error: ModelError): JsonObject & { readonly code: string | null } {
  const { type, code } = WRITTEN[error.class];
  return {
    message: error.message,
    type,
    param: error.parameter,
    code: code ?? (error.code === "" ? null : error.code),
  };
}

/** A whole answer that is an error. */
export function writeError(error: ModelError): { status: number; headers: readonly string[]; body: string } {
  const { status } = WRITTEN[error.class];
  const headers = ["content-type", "application/json"];
  if (error.retryAfter !== null) {
    headers.push("retry-after", String(Math.ceil(error.retryAfter / 1000)), "retry-after-ms", String(error.retryAfter));
  }
  // The official SDKs repeat 429 and 5xx by themselves unless they are told that it is of no use.
  if (error.class === "quota" || error.class === "auth") headers.push("x-should-retry", "false");
  const kept = error.class === "client" && error.status >= 400 && error.status < 500 && !RESERVED.has(error.status);
  return { status: kept ? error.status : status, headers, body: JSON.stringify({ error: errorObject(error) }) };
}

/** Statuses that would tell the client of its own credentials, or ask its HTTP client for something else. */
const RESERVED: ReadonlySet<number> = new Set([401, 402, 403, 407, 408, 421, 426, 429]);
