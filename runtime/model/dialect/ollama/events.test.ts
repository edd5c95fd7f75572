import { describe, expect, it } from "vitest";
import { bytesOf, readerSuite, type StreamRow } from "../../testing/reader.suite.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { ollamaProvider } from "./provider.ts";

const lines = (...all: object[]) => bytesOf(all.map((line) => `${JSON.stringify(line)}\n`).join(""));
const said = (message: object) => ({
  model: "qwen3",
  created_at: "t",
  message: { role: "assistant", ...message },
  done: false,
});
const done = (reason: string | undefined, counts: object, message: object = { content: "" }) => ({
  ...said(message),
  done: true,
  ...(reason === undefined ? {} : { done_reason: reason }),
  ...counts,
});
const call = (name: string, args: unknown, id?: string) => ({
  ...(id === undefined ? {} : { id }),
  function: { name, arguments: args },
});
const text = (text: string) => ({ type: "text", text });
const called = (id: string, name: string, args: string) => ({
  type: "tool-call",
  id,
  name,
  arguments: args,
  signature: null,
});
const COUNTS = { prompt_eval_count: 26, eval_count: 9 };

const rows: readonly StreamRow[] = [
  {
    what: "text; the last line tells usage and reason",
    raw: lines(said({ content: "Grüße, " }), said({ content: "" }), said({ content: "Welt 🌍" }), done("stop", COUNTS)),
    gives: {
      model: "qwen3",
      parts: [{ type: "text", text: "Grüße, Welt 🌍" }],
      stop: { reason: "end", native: "stop", matched: null },
      usage: { ...NO_USAGE, input: 26, output: 9 },
    },
  },
  {
    what: "thoughts before the text; no prompt_eval_count, since the prompt was cached",
    raw: lines(
      said({ content: "", thinking: "Hm." }),
      said({ content: "", thinking: " So." }),
      said({ content: "Yes." }),
      done("stop", { eval_count: 4 }),
    ),
    gives: {
      parts: [
        { type: "reasoning", text: "Hm. So.", signature: null, redacted: null },
        { type: "text", text: "Yes." },
      ],
      usage: { ...NO_USAGE, output: 4 },
    },
  },
  {
    what: "calls come whole, without identifiers, arguments as objects; stop is a call then",
    raw: lines(
      said({ content: "I look.", tool_calls: [call("weather", { city: "Oslo", days: 1.5 })] }),
      said({ content: "", tool_calls: [call("now", {}), call("weather", { city: "Rome" })] }),
      done("stop", COUNTS),
    ),
    gives: {
      parts: [
        { type: "text", text: "I look." },
        {
          type: "tool-call",
          id: "call_1_1",
          name: "weather",
          arguments: '{"city":"Oslo","days":1.5}',
          signature: null,
        },
        { type: "tool-call", id: "call_1_2", name: "now", arguments: "{}", signature: null },
        { type: "tool-call", id: "call_1_3", name: "weather", arguments: '{"city":"Rome"}', signature: null },
      ],
      stop: { reason: "tool-calls", native: "stop", matched: null },
    },
  },
  {
    what: "the server's identifiers are kept, and two that are one become two",
    raw: lines(said({ tool_calls: [call("a", '{"x":1}', "c1"), call("b", null, "c1")] }), done("stop", COUNTS)),
    gives: {
      parts: [
        { type: "tool-call", id: "c1", name: "a", arguments: '{"x":1}', signature: null },
        { type: "tool-call", id: "c1_2", name: "b", arguments: "{}", signature: null },
      ],
    },
  },
  {
    what: "the cap",
    raw: lines(said({ content: "a" }), done("length", COUNTS)),
    gives: { stop: { reason: "length", native: "length", matched: null } },
  },
  {
    what: "everything in one line, which no line feed ends; no reason and no counts of older servers",
    raw: lines(done(undefined, {}, { content: "Hi." })).slice(0, -1),
    gives: { parts: [{ type: "text", text: "Hi." }], stop: { reason: "end", native: "", matched: null }, usage: null },
  },
  {
    what: "an error within the stream",
    raw: lines(said({ content: "a" }), { error: "an internal fault" }),
    gives: "upstream",
  },
  {
    what: "an error at once",
    raw: lines({ error: "server busy, please try again.  maximum pending requests exceeded" }),
    gives: "overloaded",
  },
  { what: "an end without done", raw: lines(said({ content: "a" })), gives: "upstream" },
  { what: "a line that is no JSON", raw: bytesOf("<html>\n"), gives: "upstream" },
  { what: "nothing", raw: bytesOf(""), gives: "upstream" },
];

readerSuite(ollamaProvider, rows);

describe("whole answers of Ollama", () => {
  it("are the same object, however it is laid out", () => {
    const answer = done("stop", COUNTS, { content: "I look.", tool_calls: [call("weather", { city: "Oslo" })] });
    for (const raw of [JSON.stringify(answer), JSON.stringify(answer, null, 2)]) {
      expect(ollamaProvider.readAnswer(bytesOf(raw), PLAIN_REQUEST)).toEqual({
        id: "",
        model: "qwen3",
        parts: [text("I look."), called("call_1_1", "weather", '{"city":"Oslo"}')],
        stop: { reason: "tool-calls", native: "stop", matched: null },
        usage: { ...NO_USAGE, input: 26, output: 9 },
      });
    }
  });
});

describe("errors of Ollama", () => {
  it.each([
    [404, '{"error":"model \'x\' not found"}', "not-found", "model 'x' not found"],
    [400, '{"error":"x does not support tools"}', "client", "x does not support tools"],
    [
      400,
      '{"error":"the input length exceeds the context length"}',
      "context",
      "the input length exceeds the context length",
    ],
    [
      503,
      '{"error":"server busy, please try again.  maximum pending requests exceeded"}',
      "overloaded",
      "server busy, please try again.  maximum pending requests exceeded",
    ],
    [
      429,
      '{"error":"you have reached your weekly usage limit"}',
      "quota",
      "The account at the model's provider has reached its limit.",
    ],
    [429, "", "rate", "The model's provider takes no more requests just now. Try again later."],
    [
      401,
      '{"error":"unauthorized: key abc"}',
      "auth",
      "The model's provider does not accept this gateway's credentials.",
    ],
    [500, '{"error":"open /root/.ollama/models: no such file"}', "upstream", "The model's provider gave an error."],
  ])("%i %s", (status, body, kind, message) => {
    expect(ollamaProvider.readError(status, ["retry-after", "2"], bytesOf(body))).toEqual({
      class: kind,
      status,
      code: "",
      message,
      parameter: null,
      retryAfter: kind === "quota" ? null : 2000,
    });
  });
});
