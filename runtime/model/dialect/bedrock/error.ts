/** Bedrock's errors: named in a header of the response, or, within a stream, in one of the message. https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html */
import type { ModelError, ModelErrorClass } from "../../canonical/error.ts";
import type { Json } from "../../canonical/request.ts";
import { headerValue, retryAfter } from "../../wire/retry-after.ts";
import { classByStatus, ownMessage } from "../failures.ts";
import { isObject, parseJson } from "../fields.ts";

/** By name without "Exception", in lower case: streams begin them with a small letter. The status is that of a stream's error, which has none. */
const MEANING = new Map<string, readonly [ModelErrorClass, status: number]>([
  ["accessdenied", ["auth", 403]],
  ["expiredtoken", ["auth", 403]],
  ["incompletesignature", ["auth", 403]],
  ["invalidclienttokenid", ["auth", 403]],
  ["invalidsignature", ["auth", 403]],
  ["missingauthenticationtoken", ["auth", 403]],
  ["notauthorized", ["auth", 401]],
  ["optinrequired", ["auth", 403]],
  ["unrecognizedclient", ["auth", 403]],
  ["resourcenotfound", ["not-found", 404]],
  ["throttling", ["rate", 429]],
  ["toomanyrequests", ["rate", 429]],
  ["servicequotaexceeded", ["quota", 400]],
  ["modelnotready", ["overloaded", 429]],
  ["serviceunavailable", ["overloaded", 503]],
  ["modeltimeout", ["timeout", 408]],
  ["requesttimeout", ["timeout", 408]],
  ["modelerror", ["upstream", 424]],
  ["modelstreamerror", ["upstream", 424]],
  ["internalserver", ["upstream", 500]],
  ["internalfailure", ["upstream", 500]],
  ["validation", ["client", 400]],
]);

const TOO_LONG =
  /input is too long|prompt is too long|too many (input )?tokens|context (length|window)|maximum tokens .*exceed/i;
const NO_MODEL =
  /model identifier is invalid|could not resolve the foundation model|model .*(not found|end of its life)/i;
/** Throttled for the day: waiting a little does not help. */
const DAILY = /per day|daily/i;

/** Code units of a provider's message that go on to the client. */
const LONGEST_MESSAGE = 2000;

export function readError(status: number, headers: readonly string[], body: Uint8Array): ModelError {
  const value = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"))?.value;
  const inBody = isObject(value) && typeof value.__type === "string" ? value.__type : "";
  const error = errorOf(headerValue(headers, "x-amzn-errortype") ?? inBody, messageOf(value), status);
  return error.class === "quota" ? error : { ...error, retryAfter: retryAfter(headers) };
}

/** Of a message in a stream whose type is an exception, `name` such as "throttlingException", or an error. */
export function readStreamError(name: string, payload: Json | undefined, message = ""): ModelError {
  return errorOf(name, messageOf(payload) || message, null);
}

function messageOf(value: Json | undefined): string {
  if (!isObject(value)) return "";
  const message = value.message ?? value.Message;
  return typeof message === "string" ? message : "";
}

function errorOf(type: string, text: string, status: number | null): ModelError {
  // "ThrottlingException:http://internal.amazon.com/…", "com.amazon.coral.service#ThrottlingException".
  const name = (type.split(":", 1)[0] ?? "").replace(/^.*#/, "").trim();
  const known = MEANING.get(name.toLowerCase().replace(/exception$/, ""));
  const [byName, usual] = known ?? [classByStatus(status ?? 502), 502];
  const kind = refine(byName, text);
  const message = text.slice(0, LONGEST_MESSAGE).replace(/\barn:aws[\w-]*:\S+|\b\d{12}\b/g, "…");
  return {
    class: kind,
    status: status ?? usual,
    code: name,
    message:
      ownMessage(kind) ?? (message === "" || kind === "upstream" ? "The model's provider gave an error." : message),
    parameter: null,
    retryAfter: null,
  };
}

function refine(kind: ModelErrorClass, text: string): ModelErrorClass {
  if (kind === "rate" && DAILY.test(text)) return "quota";
  if (kind !== "client") return kind;
  if (TOO_LONG.test(text)) return "context";
  return NO_MODEL.test(text) ? "not-found" : kind;
}
