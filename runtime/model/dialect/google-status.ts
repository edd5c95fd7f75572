/** What Google says beside the status of an error (google.rpc.Status, `details`): Gemini's models everywhere, and Claude at Vertex AI. https://cloud.google.com/apis/design/errors */
import type { Json, JsonObject } from "../canonical/request.ts";
import { parseDuration } from "../wire/retry-after.ts";
import { isList, isObject } from "./fields.ts";

/** A stream that was asked for without `alt=sse` fails as a list of one error. */
export function errorIn(body: Json | undefined): Json | undefined {
  const first = isList(body) ? body[0] : body;
  return isObject(first) ? first.error : undefined;
}

export function detailsOf(error: JsonObject): readonly JsonObject[] {
  return isList(error.details) ? error.details.filter(isObject) : [];
}

/** Milliseconds: Google tells it in the body, `RetryInfo.retryDelay`, such as "34s" or "0.5s". */
export function retryDelay(details: readonly JsonObject[]): number | null {
  for (const detail of details) {
    if (typeof detail.retryDelay === "string") return parseDuration(detail.retryDelay);
  }
  return null;
}

/** A day's quota is not a minute's: waiting for it is of no use to a request. */
export function isLongQuota(details: readonly JsonObject[]): boolean {
  return details.some(
    (detail) =>
      isList(detail.violations) &&
      detail.violations.some(
        (violation) => isObject(violation) && /PerDay|PerMonth/i.test(`${violation.quotaId ?? ""}`),
      ),
  );
}
