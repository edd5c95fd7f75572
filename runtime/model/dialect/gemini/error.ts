/** Google's errors (google.rpc.Status as JSON), in bodies and in streams. https://cloud.google.com/apis/design/errors */
import type { ModelError, ModelErrorClass } from "../../canonical/error.ts";
import type { Json, JsonObject } from "../../canonical/request.ts";
import { retryAfter } from "../../wire/retry-after.ts";
import { classByStatus, ownMessage } from "../failures.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { detailsOf, errorIn, isLongQuota, retryDelay } from "../google-status.ts";

const MEANING = new Map<string, ModelErrorClass>([
  ["INVALID_ARGUMENT", "client"],
  ["FAILED_PRECONDITION", "client"],
  ["OUT_OF_RANGE", "client"],
  ["UNAUTHENTICATED", "auth"],
  ["PERMISSION_DENIED", "auth"],
  ["NOT_FOUND", "not-found"],
  ["RESOURCE_EXHAUSTED", "rate"],
  ["CANCELLED", "upstream"],
  ["ABORTED", "upstream"],
  ["INTERNAL", "upstream"],
  ["UNKNOWN", "upstream"],
  ["DATA_LOSS", "upstream"],
  ["UNIMPLEMENTED", "client"],
  ["UNAVAILABLE", "overloaded"],
  ["DEADLINE_EXCEEDED", "timeout"],
]);

const CONTEXT = /input token count.*exceeds|exceeds the maximum number of tokens|context (length|window)/i;
const HARD_LIMIT = /billing|prepa(y|id)|credits? (are|is)|spend(ing)? (limit|cap)|monthly/i;

export function readError(status: number, headers: readonly string[], body: Uint8Array): ModelError {
  const parsed = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  return errorOf(errorIn(parsed?.value), status, retryAfter(headers));
}

/** Of a chunk `error` in a stream, which tells its status itself. */
export function readErrorChunk(error: Json | undefined): ModelError {
  return errorOf(error, null, null);
}

function errorOf(error: Json | undefined, status: number | null, wait: number | null): ModelError {
  const value = isObject(error) ? error : {};
  const code = typeof value.status === "string" ? value.status : "";
  const message = typeof value.message === "string" ? value.message : "";
  const told = typeof value.code === "number" && value.code >= 400 && value.code <= 599 ? value.code : null;
  const details = detailsOf(value);
  const answered = status ?? told ?? 502;
  const kind = refine(MEANING.get(code) ?? classByStatus(answered), message, details);
  return {
    class: kind,
    status: answered,
    code,
    message: ownMessage(kind) ?? (message === "" ? "The model's provider gave an error." : message),
    parameter: kind === "client" ? fieldOf(details) : null,
    retryAfter: kind === "quota" ? null : (retryDelay(details) ?? wait),
  };
}

function refine(kind: ModelErrorClass, message: string, details: readonly JsonObject[]): ModelErrorClass {
  if (kind === "client") {
    if (details.some((detail) => detail.reason === "API_KEY_INVALID") || /API key (not valid|expired)/i.test(message)) {
      return "auth";
    }
    return CONTEXT.test(message) ? "context" : kind;
  }
  if (kind !== "rate") return kind;
  return isLongQuota(details) || HARD_LIMIT.test(message.replace(/check your plan and billing details/i, ""))
    ? "quota"
    : kind;
}

function fieldOf(details: readonly JsonObject[]): string | null {
  for (const detail of details) {
    const first = isList(detail.fieldViolations) ? detail.fieldViolations[0] : undefined;
    if (isObject(first) && typeof first.field === "string") return first.field;
  }
  return null;
}

/** The status, in words and as a number, by which Google's clients know an error of this class. */
function spoken(error: ModelError): readonly [status: string, code: number] {
  switch (error.class) {
    case "client":
      if (error.status === 401) return ["UNAUTHENTICATED", 401];
      if (error.status === 403) return ["PERMISSION_DENIED", 403];
      return ["INVALID_ARGUMENT", error.status >= 400 && error.status < 500 ? error.status : 400];
    case "policy":
    case "context":
      return ["INVALID_ARGUMENT", 400];
    case "not-found":
      return ["NOT_FOUND", 404];
    case "quota":
    case "rate":
      return ["RESOURCE_EXHAUSTED", 429];
    case "overloaded":
      return ["UNAVAILABLE", 503];
    case "timeout":
      return ["DEADLINE_EXCEEDED", 504];
    // The gateway's key is none of the client's business: for the client, something behind the gateway is broken.
    case "auth":
    case "upstream":
      return ["INTERNAL", 502];
  }
}

export function errorBody(error: ModelError): string {
  const [status, code] = spoken(error);
  const details =
    error.retryAfter === null
      ? []
      : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${Math.ceil(error.retryAfter / 1000)}s` }];
  return JSON.stringify({
    error: { code, message: error.message, status, ...(details.length > 0 ? { details } : {}) },
  });
}

export function writeError(error: ModelError): { status: number; headers: readonly string[]; body: string } {
  const headers = ["content-type", "application/json"];
  if (error.retryAfter !== null) headers.push("retry-after", String(Math.ceil(error.retryAfter / 1000)));
  return { status: spoken(error)[1], headers, body: errorBody(error) };
}
