import { describe, expect, it } from "vitest";
import type { ModelErrorClass } from "../../canonical/error.ts";
import { anthropicClient } from "./client.ts";
import { anthropicProvider } from "./provider.ts";

const read = (status: number, type: string, message: string, headers: readonly string[] = []) =>
  anthropicProvider.readError(
    status,
    headers,
    Buffer.from(JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" })),
  );

describe("errors of Anthropic", () => {
  it.each<readonly [number, string, string, ModelErrorClass]>([
    [400, "invalid_request_error", "messages.0.content: Field required", "client"],
    [400, "invalid_request_error", "prompt is too long: 203456 tokens > 200000 maximum", "context"],
    [400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 1 + 2 > 2", "context"],
    [400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", "quota"],
    [
      400,
      "invalid_request_error",
      "You have reached your specified API usage limits. You will regain access on 2026-12-01.",
      "quota",
    ],
    [401, "authentication_error", "invalid x-api-key", "auth"],
    [402, "billing_error", "Pay.", "quota"],
    [403, "permission_error", "Your organization acme may not", "auth"],
    [404, "not_found_error", "model: claude-9", "not-found"],
    [413, "request_too_large", "Request exceeds the maximum size", "client"],
    [
      429,
      "rate_limit_error",
      "This request would exceed your organization's rate limit of 40,000 input tokens per minute",
      "rate",
    ],
    [429, "rate_limit_error", "Your organization has reached its monthly usage limit.", "quota"],
    [500, "api_error", "Internal server error", "upstream"],
    [504, "timeout_error", "Too long", "timeout"],
    [529, "overloaded_error", "Overloaded", "overloaded"],
    [529, "something_new", "?", "overloaded"],
  ])("%i %s %s is %s", (status, type, message, kind) => {
    const error = read(status, type, message);
    expect(error).toMatchObject({ class: kind, status, code: type });
    if (kind === "auth" || kind === "quota" || kind === "rate")
      expect(error.message).not.toMatch(/organization|key|credit/);
    else expect(error.message).toBe(message);
  });

  it.each([
    [503, "<html>busy</html>", "overloaded"],
    [500, "", "upstream"],
    [429, "{}", "rate"],
    [400, '{"error":"x"}', "client"],
    [401, "[1]", "auth"],
  ])("a body without Anthropic's form goes by its status: %i", (status, body, kind) => {
    expect(anthropicProvider.readError(status, [], Buffer.from(body))).toMatchObject({ class: kind, status });
  });

  it.each<readonly [number, string, object[], ModelErrorClass, number | null]>([
    [
      429,
      "RESOURCE_EXHAUSTED",
      [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3s" }],
      "rate",
      3000,
    ],
    [429, "RESOURCE_EXHAUSTED", [], "rate", null],
    [429, "RESOURCE_EXHAUSTED", [{ violations: [{ quotaId: "TokensPerDayPerProject" }] }], "quota", null],
    [401, "UNAUTHENTICATED", [], "auth", null],
    [403, "PERMISSION_DENIED", [], "auth", null],
    [404, "NOT_FOUND", [], "not-found", null],
    [503, "UNAVAILABLE", [], "overloaded", null],
  ])("Google's, before Claude is asked: %i %s", (status, code, details, kind, wait) => {
    const error = { error: { code: status, message: "Quota exceeded for the project acme.", status: code, details } };
    // Of a stream it is a list.
    for (const body of [error, [error]]) {
      const read = anthropicProvider.readError(status, [], Buffer.from(JSON.stringify(body)));
      expect(read).toMatchObject({ class: kind, status, code, retryAfter: wait });
      if (kind !== "not-found" && kind !== "overloaded") expect(read.message).not.toContain("acme");
    }
  });

  it("names the field, and when to ask again", () => {
    expect(read(400, "invalid_request_error", "messages.0.content: Field required").parameter).toBe(
      "messages.0.content",
    );
    expect(read(429, "rate_limit_error", "Slow down", ["retry-after", "7"]).retryAfter).toBe(7000);
    const soon = new Date(Date.now() + 60_000).toISOString();
    const wait = read(429, "rate_limit_error", "Slow down", [
      "anthropic-ratelimit-tokens-remaining",
      "0",
      "anthropic-ratelimit-tokens-reset",
      soon,
      "anthropic-ratelimit-requests-remaining",
      "3",
      "anthropic-ratelimit-requests-reset",
      "2099-01-01T00:00:00Z",
    ]).retryAfter;
    expect(wait).toBeGreaterThan(30_000);
    expect(wait).toBeLessThanOrEqual(60_000);
    expect(read(529, "overloaded_error", "Overloaded").retryAfter).toBeNull();
  });

  it.each<readonly [ModelErrorClass, number, number, string]>([
    ["client", 422, 422, "invalid_request_error"],
    ["client", 401, 401, "authentication_error"],
    ["client", 413, 413, "request_too_large"],
    ["auth", 401, 502, "api_error"],
    ["quota", 429, 402, "billing_error"],
    ["rate", 429, 429, "rate_limit_error"],
    ["overloaded", 503, 529, "overloaded_error"],
    ["timeout", 504, 504, "timeout_error"],
    ["upstream", 500, 502, "api_error"],
    ["policy", 400, 400, "invalid_request_error"],
    ["not-found", 404, 404, "not_found_error"],
    ["context", 400, 400, "invalid_request_error"],
  ])("clients hear %s (%i) as %i %s", (kind, status, spoken, type) => {
    const written = anthropicClient.writeError({
      class: kind,
      status,
      code: "",
      message: "No.",
      parameter: null,
      retryAfter: 1200,
    });
    expect(written.status).toBe(spoken);
    expect(written.headers).toEqual(["content-type", "application/json", "retry-after", "2"]);
    expect(JSON.parse(written.body)).toEqual({ type: "error", error: { type, message: "No." } });
  });

  it("clients of held conversations are told to send the whole: where it is lost, and where it cannot be held", () => {
    const lost = { type: "invalid_request_error", message: "No.", details: { error_code: "thread_not_found" } };
    const read = anthropicProvider.readError(400, [], Buffer.from(JSON.stringify({ type: "error", error: lost })));
    expect(read.code).toBe("thread_not_found");
    expect(JSON.parse(anthropicClient.writeError(read).body).error.details).toEqual({
      error_code: "thread_not_found",
      unsupported: [],
    });
    const refused = anthropicClient.writeError({ ...read, code: "", parameter: "thread" });
    expect(JSON.parse(refused.body).error.details.error_code).toBe("thread_unsupported_request");
  });
});
