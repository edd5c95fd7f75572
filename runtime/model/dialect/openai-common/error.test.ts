import { describe, expect, it } from "vitest";
import type { ModelError, ModelErrorClass } from "../../canonical/error.ts";
import { inBandError, readError, writeError } from "./error.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const openai = (fields: string) => `{"error":{${fields}}}`;

const rows: readonly {
  what: string;
  status: number;
  headers?: readonly string[];
  body: string;
  error: Partial<ModelError>;
}[] = [
  {
    what: "OpenAI: too fast",
    status: 429,
    headers: ["retry-after", "20", "retry-after-ms", "19500"],
    body: openai(
      '"message":"Rate limit reached for gpt in organization org-abcdefgh on tokens per min","type":"tokens","param":null,"code":"rate_limit_exceeded"',
    ),
    error: { class: "rate", status: 429, code: "rate_limit_exceeded", retryAfter: 19_500 },
  },
  {
    what: "OpenAI: too fast, told only by the limits",
    status: 429,
    headers: [
      "x-ratelimit-remaining-requests",
      "0",
      "x-ratelimit-reset-requests",
      "6m0s",
      "x-ratelimit-reset-tokens",
      "2s",
    ],
    body: openai('"message":"Slow down","type":"requests","code":"rate_limit_exceeded"'),
    error: { class: "rate", retryAfter: 360_000 },
  },
  {
    what: "OpenAI: too fast, told only by the text",
    status: 429,
    body: openai('"message":"Rate limit reached. Please try again in 1.5s. Visit …","code":"rate_limit_exceeded"'),
    error: { class: "rate", retryAfter: 1500 },
  },
  {
    what: "Azure: too fast, told only by the text",
    status: 429,
    body: '{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 45 seconds. Please go here: …"}}',
    error: { class: "rate", retryAfter: 45_000 },
  },
  {
    what: "Azure: the same in other words",
    status: 429,
    body: '{"error":{"code":"429","message":"Rate limit is exceeded. Try again in 2 seconds."}}',
    error: { class: "rate", retryAfter: 2000 },
  },
  {
    what: "Groq: the model wrote what is no call",
    status: 400,
    body: openai(
      '"message":"Failed to call a function. Please adjust your prompt. See \'failed_generation\' for more details.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function=f>"',
    ),
    error: { class: "upstream", code: "tool_use_failed", retryAfter: null },
  },
  {
    what: "Groq: the model wrote what is no JSON",
    status: 400,
    body: openai('"message":"Failed to generate JSON.","type":"invalid_request_error","code":"json_validate_failed"'),
    error: { class: "upstream" },
  },
  { what: "a 429 that says nothing is a rate", status: 429, body: "", error: { class: "rate", retryAfter: null } },
  {
    what: "OpenAI: the hard limit is no rate, and has no hint",
    status: 429,
    headers: ["retry-after", "5"],
    body: openai(
      '"message":"You exceeded your current quota, please check your plan","type":"insufficient_quota","code":"insufficient_quota"',
    ),
    error: { class: "quota", code: "insufficient_quota", retryAfter: null },
  },
  {
    what: "DeepSeek: no balance",
    status: 402,
    body: openai('"message":"Insufficient Balance","type":"unknown_error"'),
    error: { class: "quota" },
  },
  {
    what: "OpenRouter: no credits",
    status: 402,
    body: openai('"code":402,"message":"Insufficient credits"'),
    error: { class: "quota", code: "" },
  },
  {
    what: "OpenRouter: credits that are held for what is under way",
    status: 402,
    headers: ["retry-after", "3"],
    body: openai('"code":402,"message":"…","metadata":{"limit_source":"openrouter_in_flight_budget"}'),
    error: { class: "rate", retryAfter: 3000 },
  },
  {
    what: "OpenRouter: what the model's moderation flags",
    status: 403,
    body: openai(
      '"code":403,"message":"The model requires moderation on OpenInference. Your input was flagged for \\"violence\\".","metadata":{"reasons":["violence"]}',
    ),
    error: { class: "policy" },
  },
  {
    what: "OpenAI: a wrong key, which is not told to the client",
    status: 401,
    body: openai('"message":"Incorrect API key provided: sk-abcd1234efgh.","code":"invalid_api_key"'),
    error: { class: "auth", message: "The provider did not accept this gateway's credentials." },
  },
  {
    what: "a wrong place",
    status: 403,
    body: openai('"message":"Country not supported","code":"unsupported_country_region_territory"'),
    error: { class: "auth" },
  },
  {
    what: "OpenAI: a wrong field",
    status: 400,
    body: openai(
      '"message":"Invalid value for org-1234567890","type":"invalid_request_error","param":"temperature","code":"invalid_value"',
    ),
    error: { class: "client", parameter: "temperature", message: "Invalid value for …", code: "invalid_value" },
  },
  {
    what: "OpenAI: too long",
    status: 400,
    body: openai('"message":"This model\'s maximum context length is 8192 tokens","code":"context_length_exceeded"'),
    error: { class: "context" },
  },
  {
    what: "vLLM: too long, flat",
    status: 400,
    body: '{"object":"error","message":"This model\'s maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400}',
    error: { class: "context", code: "BadRequestError" },
  },
  {
    what: "Groq: too long for its limit",
    status: 413,
    body: openai('"message":"Request too large: tokens per minute","code":"rate_limit_exceeded"'),
    error: { class: "context" },
  },
  { what: "too many bytes", status: 413, body: "<html>", error: { class: "client" } },
  {
    what: "Azure: its filter",
    status: 400,
    body: openai(
      '"message":"The response was filtered due to the prompt triggering Azure OpenAI\'s content management policy","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}',
    ),
    error: { class: "policy" },
  },
  {
    what: "Azure: its hint",
    status: 429,
    headers: ["x-ms-retry-after-ms", "250"],
    body: openai('"code":"429","message":"x"'),
    error: { class: "rate", code: "", retryAfter: 250 },
  },
  {
    what: "no such model",
    status: 404,
    body: openai('"message":"The model `x` does not exist","code":"model_not_found"'),
    error: { class: "not-found" },
  },
  {
    what: "Mistral: an unknown field",
    status: 422,
    body: '{"detail":[{"type":"extra_forbidden","loc":["body","logit_bias"],"msg":"Extra inputs are not permitted"}]}',
    error: {
      class: "client",
      parameter: "logit_bias",
      message: "Extra inputs are not permitted",
      code: "extra_forbidden",
    },
  },
  { what: "Mistral: flat", status: 401, body: '{"object":"error","message":"Unauthorized"}', error: { class: "auth" } },
  {
    what: "overloaded",
    status: 503,
    headers: ["retry-after", "3"],
    body: openai('"message":"The engine is currently overloaded"'),
    error: { class: "overloaded", retryAfter: 3000 },
  },
  { what: "Groq: no capacity", status: 498, body: "{}", error: { class: "overloaded" } },
  { what: "a proxy's timeout", status: 504, body: "<html>gateway timeout</html>", error: { class: "timeout" } },
  {
    what: "a failure",
    status: 500,
    body: openai('"message":"secret stack trace"'),
    error: { class: "upstream", message: "The provider failed (500)." },
  },
  {
    what: "a bare text",
    status: 400,
    body: '{"error":"model is required"}',
    error: { class: "client", message: "model is required" },
  },
  {
    what: "what is no JSON",
    status: 400,
    body: "Bad Request",
    error: { class: "client", message: "The provider refused the request (400)." },
  },
];

describe("errors of providers", () => {
  it.each(rows)("$what", ({ status, headers, body, error }) => {
    const read = readError(status, headers ?? [], bytes(body));
    expect(read).toMatchObject(error);
    expect(JSON.stringify(read)).not.toMatch(/org-|sk-|stack trace/);
  });
});

describe("errors for clients", () => {
  const CLASSES: readonly { class: ModelErrorClass; status: number; code: string | null; retry: string | null }[] = [
    { class: "client", status: 422, code: "x", retry: null },
    { class: "auth", status: 502, code: "provider_credentials", retry: "false" },
    { class: "quota", status: 429, code: "insufficient_quota", retry: "false" },
    { class: "rate", status: 429, code: "rate_limit_exceeded", retry: null },
    { class: "overloaded", status: 503, code: "overloaded", retry: null },
    { class: "timeout", status: 504, code: "timeout", retry: null },
    { class: "upstream", status: 502, code: "server_error", retry: null },
    { class: "policy", status: 400, code: "content_policy_violation", retry: null },
    { class: "not-found", status: 404, code: "model_not_found", retry: null },
    { class: "context", status: 400, code: "context_length_exceeded", retry: null },
  ];

  it.each(CLASSES)("$class", ({ class: kind, status, code, retry }) => {
    const error: ModelError = { class: kind, status: 422, code: "x", message: "m", parameter: "p", retryAfter: 1500 };
    const written = writeError(error);
    expect(written.status).toBe(status);
    expect(JSON.parse(written.body)).toMatchObject({ error: { message: "m", param: "p", code } });
    const headers = new Map<string, string>();
    for (let at = 0; at < written.headers.length; at += 2)
      headers.set(written.headers[at] ?? "", written.headers[at + 1] ?? "");
    expect(headers.get("retry-after")).toBe("2");
    expect(headers.get("retry-after-ms")).toBe("1500");
    expect(headers.get("x-should-retry") ?? null).toBe(retry);
    // Another gateway behind this one understands the same.
    if (kind !== "auth") expect(readError(written.status, written.headers, bytes(written.body)).class).toBe(kind);
    // So does whoever reads it in a stream.
    if (kind !== "auth" && kind !== "client") expect(inBandError(JSON.parse(written.body).error).class).toBe(kind);
  });

  it("never tell the client of its own credentials", () => {
    for (const status of [401, 403, 407, 429]) {
      expect(
        writeError({ class: "client", status, code: "", message: "m", parameter: null, retryAfter: null }).status,
      ).toBe(400);
    }
  });
});
