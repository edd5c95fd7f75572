/** Errors in the words of each provider, as its documentation and its servers have them. */
import type { FakeFailure } from "./dialect.ts";
import type { FailureKind } from "./switches.ts";

type Row = readonly [status: number, type: string, message: string];
type Rows = { readonly [Kind in FailureKind]: Row };

function after(retry: number | null): readonly string[] {
  return retry === null ? [] : ["retry-after", String(retry)];
}

const OPENAI: Rows = {
  rate: [
    429,
    "rate_limit_exceeded",
    "Rate limit reached for fake in organization org-fake0000 on requests per min (RPM): Limit 3, Used 3, Requested 1.",
  ],
  quota: [429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."],
  overloaded: [503, "server_overloaded", "The engine is currently overloaded, please try again later"],
  error: [500, "server_error", "The server had an error while processing your request. Sorry about that!"],
  auth: [401, "invalid_api_key", "Incorrect API key provided: sk-fake*****0000."],
  missing: [404, "model_not_found", "The model `fake` does not exist or you do not have access to it."],
  context: [
    400,
    "context_length_exceeded",
    "This model's maximum context length is 128000 tokens. Please reduce the length of the messages.",
  ],
};

export function openaiFailure(kind: FailureKind, retry: number | null): FakeFailure {
  const [status, code, message] = OPENAI[kind];
  const type =
    kind === "quota" ? code : status >= 500 ? "server_error" : kind === "rate" ? "requests" : "invalid_request_error";
  return { status, headers: after(retry), body: { error: { message, type, param: null, code } } };
}

export function openaiRefusal(message: string): FakeFailure {
  return {
    status: 400,
    headers: [],
    body: { error: { message, type: "invalid_request_error", param: null, code: null } },
  };
}

const ANTHROPIC: Rows = {
  rate: [
    429,
    "rate_limit_error",
    "This request would exceed your organization's rate limit of 50 requests per minute.",
  ],
  quota: [400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."],
  overloaded: [529, "overloaded_error", "Overloaded"],
  error: [500, "api_error", "Internal server error"],
  auth: [401, "authentication_error", "invalid x-api-key"],
  missing: [404, "not_found_error", "model: fake"],
  context: [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"],
};

export function anthropicFailure(kind: FailureKind, retry: number | null): FakeFailure {
  const [status, type, message] = ANTHROPIC[kind];
  return { status, headers: after(retry), body: { type: "error", error: { type, message }, request_id: "req_fake" } };
}

export function anthropicRefusal(message: string): FakeFailure {
  return { status: 400, headers: [], body: { type: "error", error: { type: "invalid_request_error", message } } };
}

const GEMINI: Rows = {
  rate: [429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."],
  quota: [429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."],
  overloaded: [503, "UNAVAILABLE", "The model is overloaded. Please try again later."],
  error: [500, "INTERNAL", "An internal error has occurred."],
  auth: [403, "PERMISSION_DENIED", "API key not valid."],
  missing: [404, "NOT_FOUND", "models/fake is not found for API version v1beta."],
  context: [
    400,
    "INVALID_ARGUMENT",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
  ],
};

export function geminiFailure(kind: FailureKind, retry: number | null): FakeFailure {
  const [code, status, message] = GEMINI[kind];
  const details: object[] = [];
  // Google says in the body when to ask again.
  if (retry !== null) details.push({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retry}s` });
  if (kind === "quota") {
    const quotaId = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";
    details.push({ "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] });
  }
  return {
    status: code,
    headers: [],
    body: { error: { code, message, status, ...(details.length > 0 ? { details } : {}) } },
  };
}

export function geminiRefusal(message: string): FakeFailure {
  return { status: 400, headers: [], body: { error: { code: 400, message, status: "INVALID_ARGUMENT" } } };
}

const BEDROCK: Rows = {
  rate: [429, "ThrottlingException", "Too many requests, please wait before trying again."],
  quota: [429, "ThrottlingException", "Too many tokens per day, please wait before trying again."],
  overloaded: [503, "ServiceUnavailableException", "Bedrock is unable to process your request."],
  error: [
    500,
    "InternalServerException",
    "The system encountered an unexpected error during processing. Try your request again.",
  ],
  auth: [403, "UnrecognizedClientException", "The security token included in the request is invalid."],
  missing: [400, "ValidationException", "The provided model identifier is invalid."],
  context: [400, "ValidationException", "Input is too long for requested model."],
};

export function bedrockFailure(kind: FailureKind, retry: number | null): FakeFailure {
  const [status, type, message] = BEDROCK[kind];
  return {
    status,
    headers: ["x-amzn-errortype", `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`, ...after(retry)],
    body: { message },
  };
}

export function bedrockRefusal(message: string): FakeFailure {
  return { status: 400, headers: ["x-amzn-errortype", "ValidationException"], body: { message } };
}

const COHERE: Rows = {
  rate: [429, "", "You are using a Trial key, which is limited to 20 API calls / minute."],
  quota: [429, "", "You are using a Trial key, which is limited to 1000 API calls / month."],
  overloaded: [503, "", "service unavailable"],
  error: [500, "", "internal server error, this has been reported to our developers"],
  auth: [401, "", "invalid api token"],
  missing: [404, "", "model 'fake' not found"],
  context: [400, "", "too many tokens: total number of tokens in the prompt cannot exceed 128000"],
};

export function cohereFailure(kind: FailureKind, retry: number | null): FakeFailure {
  const [status, , message] = COHERE[kind];
  return { status, headers: after(retry), body: { id: "fake", message } };
}

export function cohereRefusal(message: string): FakeFailure {
  return { status: 400, headers: [], body: { id: "fake", message } };
}

const OLLAMA: Rows = {
  rate: [429, "", "too many requests"],
  quota: [429, "", "you have reached your weekly usage limit, upgrade for higher limits"],
  overloaded: [503, "", "server busy, please try again.  maximum pending requests exceeded"],
  error: [500, "", "llama runner process has terminated: exit status 2"],
  auth: [401, "", "unauthorized"],
  missing: [404, "", "model 'fake' not found"],
  context: [400, "", "the input length exceeds the context length"],
};

export function ollamaFailure(kind: FailureKind, retry: number | null): FakeFailure {
  const [status, , error] = OLLAMA[kind];
  return { status, headers: after(retry), body: { error } };
}

export function ollamaRefusal(error: string): FakeFailure {
  return { status: 400, headers: [], body: { error } };
}
