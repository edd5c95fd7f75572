import { describe, expect, it } from "vitest";
import { sealState } from "../../canonical/signature.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { bytesOf, readerSuite, type StreamRow } from "../../testing/reader.suite.ts";
import { writeMessage } from "../../wire/event-stream.ts";
import { bedrockProvider } from "./provider.ts";

const event = (type: string, payload: object) =>
  writeMessage(
    [
      [":event-type", type],
      [":content-type", "application/json"],
      [":message-type", "event"],
    ],
    bytesOf(JSON.stringify({ ...payload, p: "abcdef" })),
  );
const exception = (type: string, message: string) =>
  writeMessage(
    [
      [":exception-type", type],
      [":content-type", "application/json"],
      [":message-type", "exception"],
    ],
    bytesOf(JSON.stringify({ message })),
  );
const delta = (contentBlockIndex: number, delta: object) => event("contentBlockDelta", { contentBlockIndex, delta });
const thought = (at: number, content: object) => delta(at, { reasoningContent: content });
const stop = (at: number) => event("contentBlockStop", { contentBlockIndex: at });
const tool = (at: number, toolUseId: string, name: string) =>
  event("contentBlockStart", { contentBlockIndex: at, start: { toolUse: { toolUseId, name } } });
const input = (at: number, text: string) => delta(at, { toolUse: { input: text } });
const start = event("messageStart", { role: "assistant" });
const end = (stopReason: string) => event("messageStop", { stopReason });
const USAGE = { inputTokens: 10, outputTokens: 7, totalTokens: 40, cacheReadInputTokens: 5, cacheWriteInputTokens: 18 };
const metadata = (usage: object = USAGE) => event("metadata", { usage, metrics: { latencyMs: 5 } });
const stream = (...messages: Uint8Array[]) => Buffer.concat(messages);

const rows: readonly StreamRow[] = [
  {
    what: "text begins without a word of it; the usage comes behind the stop",
    raw: stream(
      start,
      delta(0, { text: "" }),
      delta(0, { text: "Grüße, " }),
      delta(0, { text: "Welt 🌍" }),
      stop(0),
      end("end_turn"),
      metadata(),
    ),
    gives: {
      parts: [{ type: "text", text: "Grüße, Welt 🌍" }],
      stop: { reason: "end", native: "end_turn", matched: null },
      usage: { ...NO_USAGE, input: 10, cacheRead: 5, cacheWrite: 18, output: 7 },
    },
  },
  {
    what: "thoughts with state, encrypted ones in pieces, text, calls with and without arguments",
    raw: stream(
      start,
      thought(0, { text: "Hm." }),
      thought(0, { signature: "EqQ" }),
      thought(0, { signature: "B" }),
      stop(0),
      thought(1, { redactedContent: "ZGF0" }),
      thought(1, { redactedContent: "YQ==" }),
      stop(1),
      delta(2, { text: "I look." }),
      stop(2),
      tool(3, "tooluse_1", "weather"),
      input(3, '{"city":'),
      input(3, '"Oslo"}'),
      stop(3),
      tool(4, "tooluse_2", "now"),
      input(4, ""),
      stop(4),
      end("tool_use"),
      metadata({
        inputTokens: 1,
        outputTokens: 2,
        cacheWriteInputTokens: 7,
        cacheDetails: [
          { ttl: "1h", inputTokens: 4 },
          { ttl: "5m", inputTokens: 3 },
        ],
      }),
    ),
    gives: {
      parts: [
        { type: "reasoning", text: "Hm.", signature: sealState("bedrock", "EqQB"), redacted: null },
        { type: "reasoning", text: "", signature: null, redacted: sealState("bedrock", "ZGF0YQ==") },
        { type: "text", text: "I look." },
        { type: "tool-call", id: "tooluse_1", name: "weather", arguments: '{"city":"Oslo"}', signature: null },
        { type: "tool-call", id: "tooluse_2", name: "now", arguments: "{}", signature: null },
      ],
      stop: { reason: "tool-calls", native: "tool_use", matched: null },
      usage: { ...NO_USAGE, input: 1, cacheWrite: 3, cacheWriteHour: 4, output: 2 },
    },
  },
  {
    what: "a thought that is empty but has its state",
    raw: stream(
      start,
      thought(0, { text: "" }),
      thought(0, { signature: "EqQB" }),
      stop(0),
      delta(1, { text: "Yes." }),
      stop(1),
      end("end_turn"),
      metadata(),
    ),
    gives: {
      parts: [
        { type: "reasoning", text: "", signature: sealState("bedrock", "EqQB"), redacted: null },
        { type: "text", text: "Yes." },
      ],
    },
  },
  {
    what: "two calls interleaved, cut at the cap",
    raw: stream(
      start,
      tool(0, "a", "f"),
      tool(1, "b", "g"),
      input(0, '{"x":'),
      input(1, '{"y'),
      input(0, "1}"),
      stop(0),
      end("max_tokens"),
      metadata(),
    ),
    gives: {
      parts: [
        { type: "tool-call", id: "a", name: "f", arguments: '{"x":1}', signature: null },
        { type: "tool-call", id: "b", name: "g", arguments: '{"y', signature: null },
      ],
      stop: { reason: "length", native: "max_tokens", matched: null },
    },
  },
  {
    what: "JSON by way of a tool is a text",
    raw: stream(
      start,
      tool(0, "a", "answer_with_json"),
      input(0, '{"x":'),
      input(0, "1}"),
      stop(0),
      end("tool_use"),
      metadata(),
    ),
    request: { ...PLAIN_REQUEST, format: { kind: "json" } },
    gives: { parts: [{ type: "text", text: '{"x":1}' }], stop: { reason: "end", native: "tool_use", matched: null } },
  },
  {
    what: "an end without metadata: the answer is whole, its usage unknown",
    raw: stream(start, delta(0, { text: "a" }), stop(0), end("stop_sequence")),
    gives: { usage: null, stop: { reason: "stop-string", native: "stop_sequence", matched: null } },
  },
  {
    what: "events that nobody knows yet",
    raw: stream(
      start,
      event("somethingNew", { a: 1 }),
      delta(0, { citation: {} }),
      delta(1, { text: "a" }),
      stop(1),
      end("end_turn"),
      metadata(),
    ),
    gives: { parts: [{ type: "text", text: "a" }] },
  },
  ...(
    [
      ["model_context_window_exceeded", "context"],
      ["content_filtered", "policy"],
      ["guardrail_intervened", "policy"],
      ["a_new_reason", "end"],
    ] as const
  ).map(([native, reason]) => ({
    what: `stop reason ${native}`,
    raw: stream(start, delta(0, { text: "a" }), stop(0), end(native), metadata()),
    gives: { stop: { reason, native, matched: null } },
  })),
  {
    what: "a failed model",
    raw: stream(start, delta(0, { text: "a" }), end("malformed_tool_use"), metadata()),
    gives: "upstream",
  },
  ...(
    [
      ["throttlingException", "Too many requests", "rate"],
      ["throttlingException", "Too many tokens per day", "quota"],
      ["serviceUnavailableException", "", "overloaded"],
      ["modelStreamErrorException", "", "upstream"],
      ["internalServerException", "", "upstream"],
      ["validationException", "Input is too long for requested model.", "context"],
      ["validationException", "The text field is blank.", "client"],
      ["modelTimeoutException", "", "timeout"],
      ["somethingNewException", "", "upstream"],
    ] as const
  ).map(([name, message, gives]) => ({
    what: `${name} within the stream: ${message}`,
    raw: stream(start, delta(0, { text: "a" }), exception(name, message), delta(0, { text: "b" })),
    gives,
  })),
  {
    what: "an error of the transport",
    raw: stream(
      start,
      writeMessage(
        [
          [":message-type", "error"],
          [":error-code", "InternalFailure"],
          [":error-message", "An internal server error occurred"],
        ],
        bytesOf(""),
      ),
    ),
    gives: "upstream",
  },
  { what: "an end in the middle", raw: stream(start, delta(0, { text: "a" })), gives: "upstream" },
  {
    what: "metadata that is cut",
    raw: stream(start, delta(0, { text: "a" }), end("end_turn"), metadata()).subarray(0, -5),
    gives: "upstream",
  },
  {
    what: "a payload that is no JSON",
    raw: writeMessage(
      [
        [":event-type", "messageStart"],
        [":message-type", "event"],
      ],
      bytesOf("<"),
    ),
    gives: "upstream",
  },
  { what: "bytes that are no event stream", raw: bytesOf('{"message":"this is JSON"}'), gives: "upstream" },
];

readerSuite(bedrockProvider, rows);

describe("whole answers of Bedrock", () => {
  const read = (content: object[], stopReason: string, json = false) =>
    bedrockProvider.readAnswer(
      bytesOf(JSON.stringify({ output: { message: { role: "assistant", content } }, stopReason, usage: USAGE })),
      json ? { ...PLAIN_REQUEST, format: { kind: "json" } } : PLAIN_REQUEST,
    );

  it("hold thoughts, texts and calls", () => {
    const content = [
      { reasoningContent: { reasoningText: { text: "Hm.", signature: "EqQB" } } },
      { reasoningContent: { redactedContent: "ZGF0YQ==" } },
      { text: "I look." },
      { toolUse: { toolUseId: "t", name: "weather", input: { city: "Oslo" } } },
    ];
    expect(read(content, "tool_use")).toEqual({
      id: "",
      model: "",
      parts: [
        { type: "reasoning", text: "Hm.", signature: sealState("bedrock", "EqQB"), redacted: null },
        { type: "reasoning", text: "", signature: null, redacted: sealState("bedrock", "ZGF0YQ==") },
        { type: "text", text: "I look." },
        { type: "tool-call", id: "t", name: "weather", arguments: '{"city":"Oslo"}', signature: null },
      ],
      stop: { reason: "tool-calls", native: "tool_use", matched: null },
      usage: { ...NO_USAGE, input: 10, cacheRead: 5, cacheWrite: 18, output: 7 },
    });
  });

  it("a call that the cap cut has no arguments, and no made-up ones", () => {
    expect(read([{ toolUse: { toolUseId: "t", name: "f", input: {} } }], "max_tokens")).toMatchObject({
      parts: [{ arguments: "" }],
    });
    expect(read([{ toolUse: { toolUseId: "t", name: "f", input: {} } }], "tool_use")).toMatchObject({
      parts: [{ arguments: "{}" }],
    });
  });

  it("JSON by way of a tool is a text", () => {
    expect(
      read([{ toolUse: { toolUseId: "t", name: "answer_with_json", input: { x: 1 } } }], "tool_use", true),
    ).toMatchObject({
      parts: [{ type: "text", text: '{"x":1}' }],
      stop: { reason: "end" },
    });
  });

  it("a failed model is an error", () => {
    expect(read([{ text: "a" }], "malformed_model_output")).toMatchObject({ class: "upstream" });
  });
});

describe("errors of Bedrock", () => {
  it.each([
    [429, "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/", "Too many requests", "rate"],
    [429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", "quota"],
    [429, "ModelNotReadyException", "", "overloaded"],
    [424, "ModelErrorException", "", "upstream"],
    [408, "ModelTimeoutException", "", "timeout"],
    [403, "AccessDeniedException", "arn:aws:iam::123456789012:user/x is not authorized", "auth"],
    [403, "ExpiredTokenException", "", "auth"],
    [404, "ResourceNotFoundException", "", "not-found"],
    [400, "ValidationException", "The provided model identifier is invalid.", "not-found"],
    [400, "ValidationException", "Input is too long for requested model.", "context"],
    [
      400,
      "ValidationException",
      "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
      "client",
    ],
    [400, "ServiceQuotaExceededException", "", "quota"],
    [503, "ServiceUnavailableException", "", "overloaded"],
    [500, "", "", "upstream"],
  ])("%i %s %s", (status, type, message, kind) => {
    const error = bedrockProvider.readError(
      status,
      type === "" ? [] : ["x-amzn-errortype", type],
      bytesOf(JSON.stringify({ message })),
    );
    expect(error).toMatchObject({ class: kind, status, code: type.split(":")[0], retryAfter: null });
    const inBody = bytesOf(JSON.stringify({ __type: `com.amazon.coral.service#${type}`, Message: message }));
    expect(bedrockProvider.readError(status, [], inBody)).toMatchObject({ class: kind });
  });

  it("says nothing of the account", () => {
    const body = bytesOf(
      '{"message":"The model arn:aws:bedrock:us-east-1:123456789012:x/y is for account 123456789012 only"}',
    );
    const { message } = bedrockProvider.readError(400, ["x-amzn-errortype", "ValidationException"], body);
    expect(message).toBe("The model … is for account … only");
  });
});
