import { describe, expect, it } from "vitest";
import type { ModelErrorClass } from "../../canonical/error.ts";
import { geminiClient } from "./client.ts";
import { geminiProvider } from "./provider.ts";

const read = (code: number, status: string, message: string, details: readonly object[] = [], list = false) => {
  const body = { error: { code, status, message, details } };
  return geminiProvider.readError(code, [], Buffer.from(JSON.stringify(list ? [body] : body)));
};
const DAILY = {
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
};
const MINUTE = {
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaId: "GenerateContentInputTokensPerModelPerMinute" }],
};
const WAIT = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" };
const PLAN = "You exceeded your current quota, please check your plan and billing details.";

describe("errors of Google", () => {
  it.each<readonly [number, string, string, readonly object[], ModelErrorClass, number | null]>([
    [400, "INVALID_ARGUMENT", "Invalid JSON payload", [], "client", null],
    [
      400,
      "INVALID_ARGUMENT",
      "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
      [],
      "context",
      null,
    ],
    [
      400,
      "INVALID_ARGUMENT",
      "API key not valid. Please pass a valid API key.",
      [{ reason: "API_KEY_INVALID" }],
      "auth",
      null,
    ],
    [400, "FAILED_PRECONDITION", "User location is not supported", [], "client", null],
    [401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", [], "auth", null],
    [403, "PERMISSION_DENIED", "Project 123 has no access", [], "auth", null],
    [404, "NOT_FOUND", "models/gemini-9 is not found", [], "not-found", null],
    [429, "RESOURCE_EXHAUSTED", PLAN, [MINUTE, WAIT], "rate", 34_000],
    [429, "RESOURCE_EXHAUSTED", PLAN, [DAILY, WAIT], "quota", null],
    [429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later.", [], "rate", null],
    [429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", [], "quota", null],
    [500, "INTERNAL", "An internal error has occurred.", [], "upstream", null],
    [503, "UNAVAILABLE", "The model is overloaded.", [{ retryDelay: "0.5s" }], "overloaded", 500],
    [504, "DEADLINE_EXCEEDED", "Deadline expired", [{ retryDelay: "soon" }], "timeout", null],
  ])("%i %s %s is of its class", (code, status, message, details, kind, wait) => {
    for (const list of [false, true]) {
      const error = read(code, status, message, details, list);
      expect(error).toMatchObject({ class: kind, status: code, code: status, retryAfter: wait });
      if (kind === "auth" || kind === "quota" || kind === "rate")
        expect(error.message).not.toMatch(/Project|plan|API key|credits/);
      else expect(error.message).toBe(message);
    }
  });

  it("names the field", () => {
    expect(
      read(400, "INVALID_ARGUMENT", "Bad", [{ fieldViolations: [{ field: "contents[0].parts" }] }]).parameter,
    ).toBe("contents[0].parts");
  });

  it.each([
    [503, "<html>busy</html>", "overloaded"],
    [500, "", "upstream"],
    [429, "[]", "rate"],
    [400, '{"error":"x"}', "client"],
    [403, "[1]", "auth"],
  ])("a body without Google's form goes by its status: %i", (status, body, kind) => {
    expect(geminiProvider.readError(status, ["retry-after", "3"], Buffer.from(body))).toMatchObject({
      class: kind,
      status,
      retryAfter: 3000,
    });
  });

  it.each<readonly [ModelErrorClass, number, number, string]>([
    ["client", 422, 422, "INVALID_ARGUMENT"],
    ["client", 401, 401, "UNAUTHENTICATED"],
    ["client", 403, 403, "PERMISSION_DENIED"],
    ["auth", 403, 502, "INTERNAL"],
    ["quota", 402, 429, "RESOURCE_EXHAUSTED"],
    ["rate", 429, 429, "RESOURCE_EXHAUSTED"],
    ["overloaded", 529, 503, "UNAVAILABLE"],
    ["timeout", 504, 504, "DEADLINE_EXCEEDED"],
    ["upstream", 500, 502, "INTERNAL"],
    ["policy", 400, 400, "INVALID_ARGUMENT"],
    ["not-found", 404, 404, "NOT_FOUND"],
    ["context", 400, 400, "INVALID_ARGUMENT"],
  ])("clients hear %s (%i) as %i %s", (kind, status, code, spoken) => {
    const written = geminiClient.writeError({
      class: kind,
      status,
      code: "",
      message: "No.",
      parameter: null,
      retryAfter: 33_100,
    });
    expect(written.status).toBe(code);
    expect(written.headers).toEqual(["content-type", "application/json", "retry-after", "34"]);
    expect(JSON.parse(written.body)).toEqual({
      error: {
        code,
        message: "No.",
        status: spoken,
        details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" }],
      },
    });
  });
});
