/** Streams that are handed on as they came, in every dialect that clients and providers share: no byte changes but the model's name, and what is used, failed or over is known as ever. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelEvent } from "../canonical/answer.ts";
import type { ModelRequest } from "../canonical/request.ts";
import { isContent } from "../engine/holding.ts";
import { answers, CONTEXT, cut, writeAll } from "../testing/streams.ts";
import { anthropicClient } from "./anthropic/client.ts";
import { anthropicProvider } from "./anthropic/provider.ts";
import type { ClientDialect, PassingReader, ProviderDialect } from "./dialect.ts";
import { geminiClient } from "./gemini/client.ts";
import { geminiProvider } from "./gemini/provider.ts";
import { openaiChatClient } from "./openai-chat/client.ts";
import { openaiChatProvider } from "./openai-chat/provider.ts";
import { STREAMS as CHAT_STREAMS } from "./openai-chat/streams.rows.ts";
import { openaiResponsesClient } from "./openai-responses/client.ts";
import { openaiResponsesProvider } from "./openai-responses/provider.ts";
import { STREAMS as RESPONSES_STREAMS } from "./openai-responses/streams.rows.ts";

const { request } = CONTEXT;
const SEQUENCES = { redacted: false, signatures: false, interleaved: false };

const DIALECTS: readonly (readonly [string, ClientDialect, ProviderDialect, string])[] = [
  ["openai-chat", openaiChatClient, openaiChatProvider, "data: [DONE]\n\n"],
  ["openai-responses", openaiResponsesClient, openaiResponsesProvider, ""],
  ["anthropic", anthropicClient, anthropicProvider, ""],
  ["gemini", geminiClient, geminiProvider, ""],
];

function reader(provider: ProviderDialect, asked: ModelRequest = request, usage = true): PassingReader {
  const made = provider.pass?.stream?.(asked, 'another "name"', usage);
  if (made === undefined) throw new Error("no stream of it is passed");
  return made;
}

interface Passed {
  readonly events: readonly ModelEvent[];
  readonly text: string;
}

/** Each piece is overwritten after it was read, as a socket's buffer is. */
function pass(made: PassingReader, pieces: readonly Uint8Array[]): Passed {
  const events: ModelEvent[] = [];
  const out: Uint8Array[] = [];
  const taken = () => {
    // Whoever is asked before there is content takes nothing.
    if (events.some(isContent)) out.push(made.take() ?? new Uint8Array(0));
  };
  for (const piece of pieces) {
    const copy = Uint8Array.from(piece);
    events.push(...made.push(copy));
    taken();
    copy.fill(0x58);
  }
  events.push(...made.finish());
  taken();
  return { events, text: Buffer.concat(out).toString() };
}

const renamed = (raw: string): string => raw.replaceAll('"public-model"', '"another \\"name\\""');
const last = (events: readonly ModelEvent[]): ModelEvent | undefined => events.at(-1);

describe.each(DIALECTS)("%s", (_name, client, provider, end) => {
  it("every byte stays but the model's name, however the stream is cut", () => {
    fc.assert(
      fc.property(answers(SEQUENCES), fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (events, sizes) => {
        const raw = writeAll(client.eventWriter(CONTEXT), events);
        const made = reader(provider);
        const passed = pass(made, cut(Buffer.from(raw), sizes));
        expect(passed.text).toBe(renamed(raw));
        expect(last(passed.events)).toEqual({ type: "end" });
        const anew = provider.eventReader(request);
        anew.push(Buffer.from(raw));
        anew.finish();
        expect(made.usage).toEqual(anew.usage);
      }),
      { numRuns: 200 },
    );
  });

  it("a stream that is cut is an error, and what came of it whole events", () => {
    fc.assert(
      fc.property(answers(SEQUENCES), fc.double({ min: 0, max: 0.98, noNaN: true }), (events, share) => {
        const raw = Buffer.from(writeAll(client.eventWriter(CONTEXT), events));
        const anew = provider.eventReader(request);
        const part = raw.subarray(0, Math.floor(raw.length * share));
        const told = [...anew.push(part), ...anew.finish()];
        const passed = pass(reader(provider), [part]);
        expect(last(passed.events)?.type).toBe(last(told)?.type);
        if (last(told)?.type === "end") return;
        expect(renamed(raw.toString()).startsWith(passed.text.trimEnd())).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("an error in the stream is told, and its event goes to nobody", () => {
    const begin: ModelEvent[] = [
      { type: "start", id: "a", model: "m" },
      { type: "open", index: 0, part: { kind: "text" } },
      { type: "text", index: 0, text: "Hello" },
    ];
    const problem = { ...FAILED, message: "org-secret" };
    const writer = client.eventWriter(CONTEXT);
    const good = writeAll(writer, begin);
    const raw = good + writeAll(writer, [{ type: "error", error: problem }]);
    const passed = pass(reader(provider), [Buffer.from(raw), Buffer.from("data: {}\n\n")]);
    expect(last(passed.events)?.type).toBe("error");
    expect(passed.text).toBe(renamed(good));
  });

  it("signs of life go through once there is content", () => {
    const events = fc.sample(answers(SEQUENCES), { numRuns: 1, seed: 5 })[0]!;
    const raw = writeAll(client.eventWriter(CONTEXT), events);
    const noisy = `: hello\n\n${raw.replaceAll("\n\n", "\n\n: ping\n\n")}`;
    const { text } = pass(reader(provider), [Buffer.from(noisy)]);
    expect(text).toContain(": ping\n\n");
    expect(text).not.toContain(": hello");
    expect(text.replaceAll(": ping\n\n", "")).toBe(renamed(raw));
  });

  it("carriage returns, and data in several lines", () => {
    const events = fc.sample(answers(SEQUENCES), { numRuns: 1, seed: 9 })[0]!;
    const raw = writeAll(client.eventWriter(CONTEXT), events);
    const returns = raw.replaceAll("\n", "\r\n");
    expect(pass(reader(provider), cut(Buffer.from(returns), [7])).text).toBe(renamed(returns));
    const lines = raw.replaceAll(/^data: \{/gm, "data: {\ndata:");
    const { events: told, text } = pass(reader(provider), cut(Buffer.from(lines), [11]));
    expect(last(told)).toEqual({ type: "end" });
    expect(text.replaceAll("data: { ", "data: {")).toBe(renamed(raw));
  });

  it("a provider that says nothing without end is given up", () => {
    const made = reader(provider);
    const filler = Buffer.from(`data: {"type":"ping","x":"${"x".repeat(60_000)}"}\n\n`);
    let events: readonly ModelEvent[] = [];
    for (let round = 0; round < 40 && last(events)?.type !== "error"; round++) events = made.push(filler);
    expect(last(events)?.type).toBe("error");
  });

  it("the end is added where the provider left it out", () => {
    if (end === "") return;
    const events = fc.sample(answers(SEQUENCES), { numRuns: 1, seed: 3 })[0]!;
    const raw = writeAll(client.eventWriter(CONTEXT), events);
    expect(pass(reader(provider), [Buffer.from(raw.replace(end, ""))]).text).toBe(renamed(raw));
  });
});

const FAILED = {
  class: "upstream",
  status: 500,
  code: "",
  message: "",
  parameter: null,
  retryAfter: null,
} as const;

describe("streams as providers send them mean the same", () => {
  const rows = [
    ...CHAT_STREAMS.map((row) => [row.what, row.raw, openaiChatProvider] as const),
    ...RESPONSES_STREAMS.map((row) => [row.what, row.raw, openaiResponsesProvider] as const),
  ];
  it.each(rows)("%s", (_what, raw, provider) => {
    const bytes = Buffer.from(raw);
    const made = reader(provider);
    const passed = pass(made, cut(bytes, [13, 1, 200]));
    const anew = provider.eventReader(request);
    const told = [...anew.push(bytes), ...anew.finish()];
    expect(last(passed.events)?.type).toBe(last(told)?.type);
    expect(made.usage).toEqual(anew.usage);
    const failed = last(told);
    if (failed?.type === "error") expect(last(passed.events)).toEqual(failed);
  });
});

it("usage that the client did not ask for is counted, and not shown", () => {
  const chunk = (rest: string) =>
    `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m",${rest}}\n\n`;
  const text = chunk('"choices":[{"index":0,"delta":{"content":"Hi, \\"usage\\""},"finish_reason":null}],"usage":null');
  const stop = chunk('"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null');
  const usage = chunk('"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}');
  const raw = `${text}${text}${stop}${usage}data: [DONE]\n\n`;
  const made = reader(openaiChatProvider, request, false);
  const passed = pass(made, [Buffer.from(raw)]);
  expect(passed.text).toBe(`${(text + text + stop).replaceAll('"m"', '"another \\"name\\""')}data: [DONE]\n\n`);
  expect(made.usage).toMatchObject({ input: 3, output: 4 });
});
