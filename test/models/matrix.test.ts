/** Every client dialect against every provider's fake, streamed and not: what goes in comes out the other side with its meaning, and no invariant breaks. */
import { describe, expect, it } from "vitest";
import type { ModelAnswer, ModelEvent } from "../../runtime/model/canonical/answer.ts";
import type { ModelError } from "../../runtime/model/canonical/error.ts";
import type { ModelRequest } from "../../runtime/model/canonical/request.ts";
import { anthropicProvider } from "../../runtime/model/dialect/anthropic/provider.ts";
import { bedrockProvider } from "../../runtime/model/dialect/bedrock/provider.ts";
import { cohereProvider } from "../../runtime/model/dialect/cohere/provider.ts";
import type { AnswerContext, ProviderDialect } from "../../runtime/model/dialect/dialect.ts";
import { geminiProvider } from "../../runtime/model/dialect/gemini/provider.ts";
import { ollamaProvider } from "../../runtime/model/dialect/ollama/provider.ts";
import { openaiChatProvider } from "../../runtime/model/dialect/openai-chat/provider.ts";
import { openaiResponsesProvider } from "../../runtime/model/dialect/openai-responses/provider.ts";
import { eventsOf } from "../../runtime/model/engine/events-of.ts";
import { FakeProvider, type FakeResponse } from "../../runtime/model/fake/respond.ts";
import { checkEvents } from "../../runtime/model/testing/check-events.ts";
import { type Client, CLIENTS, type Question, readStream } from "./clients.ts";

interface Place {
  readonly provider: ProviderDialect;
  readonly base: string;
  readonly variant?: string;
  readonly settings?: { readonly [name: string]: string };
}

const VERTEX = { variant: "vertex", settings: { project: "shop", location: "europe-west1" } };
const PROVIDERS: readonly Place[] = [
  { provider: openaiChatProvider, base: "https://fake.example/v1" },
  { provider: openaiChatProvider, base: "https://fake.example", variant: "azure" },
  {
    provider: openaiChatProvider,
    base: "https://x.example",
    variant: "azure",
    settings: { "api-version": "2024-10-21" },
  },
  { provider: openaiResponsesProvider, base: "https://fake.example/v1" },
  { provider: anthropicProvider, base: "https://fake.example/v1" },
  { provider: anthropicProvider, base: "https://fake.example/v1", ...VERTEX },
  { provider: geminiProvider, base: "https://fake.example/v1beta" },
  { provider: geminiProvider, base: "https://fake.example/v1", ...VERTEX },
  { provider: bedrockProvider, base: "https://fake.example" },
  { provider: cohereProvider, base: "https://fake.example/v2" },
  { provider: ollamaProvider, base: "https://fake.example" },
];

const fake = new FakeProvider();

interface Outcome {
  readonly request: ModelRequest;
  /** What the gateway read from the provider. */
  readonly read: ModelAnswer | ModelError | readonly ModelEvent[];
  /** What the client is sent. */
  readonly raw: string;
}

function ask(
  client: Client,
  { provider, base, variant = "", settings = {} }: Place,
  question: Question,
  model = "us.anthropic.fake",
): Outcome {
  const request = client.dialect.readRequest(client.body(question), { model: "public", stream: question.stream });
  if (!("turns" in request)) throw new Error(JSON.stringify(request));
  const written = provider.writeRequest(request, { model, base, variant, settings });
  if (!("body" in written)) throw new Error(JSON.stringify(written));
  const [path = "", query = ""] = written.target.split("?", 2);
  const response = fake.respond({ method: written.method, path, query, switches: "", body: written.body });
  const context: AnswerContext = {
    request,
    model: "public",
    created: 1_700_000_000,
    random: (length) => "r".repeat(length),
  };
  return {
    request,
    ...(question.stream ? stream(client, provider, context, response) : whole(client, provider, context, response)),
  };
}

function bytesOf(response: FakeResponse): Buffer {
  return Buffer.concat(response.steps.map(({ bytes }) => bytes));
}

function whole(
  client: Client,
  provider: ProviderDialect,
  context: AnswerContext,
  response: FakeResponse,
): Omit<Outcome, "request"> {
  const good = response.status === 200;
  const read = good
    ? provider.readAnswer(bytesOf(response), context.request)
    : provider.readError(response.status ?? 0, response.headers, bytesOf(response));
  const raw = "parts" in read ? client.dialect.writeAnswer(read, context) : client.dialect.writeError(read).body;
  return { read, raw };
}

function stream(
  client: Client,
  provider: ProviderDialect,
  context: AnswerContext,
  response: FakeResponse,
): Omit<Outcome, "request"> {
  expect(response.status, bytesOf(response).toString()).toBe(200);
  const reader = provider.eventReader(context.request);
  const read: ModelEvent[] = [];
  for (const { bytes } of response.steps) read.push(...reader.push(bytes));
  read.push(...reader.finish());
  expect(checkEvents(read)).toEqual([]);
  const writer = client.dialect.eventWriter(context);
  return { read, raw: read.map((event) => writer.write(event)).join("") };
}

/** The answer as the client understands it. */
function understood(client: Client, { request, raw }: Outcome, streamed: boolean): ModelAnswer {
  const answer = streamed ? readStream(client, request, raw) : client.reader.readAnswer(Buffer.from(raw), request);
  if (answer === null || !("parts" in answer)) throw new Error(`${JSON.stringify(answer)} of ${raw}`);
  return answer;
}

/** Models of families that can do less than Claude's. */
describe.each([...CLIENTS].map(([name, client]) => ({ name, client })))("$name → families of Bedrock", ({ client }) => {
  const place: Place = { provider: bedrockProvider, base: "https://fake.example" };

  it.each(["us.meta.llama3-3-fake", "mistral.mistral-large-24-fake", "us.writer.palmyra-fake", "imported-fake"])(
    "%s has no tools in streams: an answer that is whole is a stream for the client",
    (model) => {
      const question = { text: "Go. [[fake tools=2]]", tools: [WEATHER], stream: true };
      const request = client.dialect.readRequest(client.body(question), { model: "public", stream: true });
      if (!("turns" in request)) throw new Error(JSON.stringify(request));
      const written = bedrockProvider.writeRequest(request, { model, base: place.base, variant: "", settings: {} });
      if (!("body" in written)) throw new Error(JSON.stringify(written));
      const { method, target: path, body } = written;
      const response = fake.respond({ method, path, query: "", switches: "", body });
      const read = bedrockProvider.readAnswer(bytesOf(response), request);
      if (!("parts" in read)) throw new Error(bytesOf(response).toString());
      const context: AnswerContext = { request, model: "public", created: 0, random: (length) => "r".repeat(length) };
      const writer = client.dialect.eventWriter(context);
      const raw = eventsOf(read)
        .map((event) => writer.write(event))
        .join("");
      expect(callsOf(understood(client, { request, read, raw }, true))).toHaveLength(2);
      expect(client.terminators(raw)).toBe(1);
    },
  );

  it.each([false, true])("instructions and an answer of every family, streamed: %s", (stream) => {
    for (const model of [
      "amazon.titan-text-fake",
      "mistral.mixtral-fake",
      "deepseek.r1-fake",
      "cohere.command-r-fake",
    ]) {
      const outcome = ask(client, place, { text: "Hello there", system: "Be brief.", stream }, model);
      const text = textOf(understood(client, outcome, stream));
      // Where instructions have no place of their own they are the first words of the turn, which the fake repeats.
      expect(text).toBe(/titan|mixtral/.test(model) ? "Be brief. Hello there" : "Hello there");
    }
  });
});

const textOf = ({ parts }: ModelAnswer) => parts.map((part) => (part.type === "text" ? part.text : "")).join("");
const callsOf = ({ parts }: ModelAnswer) =>
  parts.flatMap((part) =>
    part.type === "tool-call" ? [{ name: part.name, arguments: JSON.parse(part.arguments) }] : [],
  );

const WEATHER = {
  name: "weather",
  parameters: {
    type: "object",
    properties: { city: { type: "string" }, days: { type: "integer" } },
    required: ["city"],
  },
};
const NOW = { name: "now", parameters: { type: "object", properties: {} } };

const nameOf = ({ provider, variant, settings }: Place) =>
  [provider.name, variant, settings?.["api-version"]].filter((part) => part !== undefined).join(" at ");

const cells = [...CLIENTS].flatMap(([name, client]) =>
  PROVIDERS.flatMap((place) =>
    [false, true].map((streamed) => ({
      cell: `${name} → ${nameOf(place)}${streamed ? ", streamed" : ""}`,
      client,
      place,
      streamed,
    })),
  ),
);

describe.each(cells)("$cell", ({ client, place, streamed }) => {
  const asked = (question: Omit<Question, "stream">, model?: string) =>
    ask(client, place, { ...question, stream: streamed }, model);

  it("text, system and usage", () => {
    const outcome = asked({ text: "Grüße, Welt 🌍!", system: "Be brief." }, "us.anthropic.fake-cached=5-think=3");
    const answer = understood(client, outcome, streamed);
    expect(textOf(answer)).toBe("Grüße, Welt 🌍!");
    expect(answer.stop.reason).toBe("end");
    expect(answer.usage).not.toBeNull();
    if (streamed) expect(client.terminators(outcome.raw)).toBe(1);
    else {
      const counts = client.usage(JSON.parse(outcome.raw));
      expect(counts.prompt).toBeGreaterThan(0);
      expect(counts.completion).toBeGreaterThan(0);
      expect(counts.cached).toBeLessThanOrEqual(counts.prompt);
      expect(counts.reasoning).toBeLessThanOrEqual(counts.completion);
      expect(counts.total).toBe(counts.prompt + counts.completion);
    }
  });

  it.each(["tools=3", "tools=3 interleaved", "tools=3 bytes=3"])(
    "tools in parallel, one without arguments: %s",
    (switches) => {
      const outcome = asked({ text: `Go. [[fake ${switches}]]`, tools: [WEATHER, NOW] });
      const answer = understood(client, outcome, streamed);
      const weather = { name: "weather", arguments: { city: "Grüße 🌍", days: 7 } };
      expect(callsOf(answer)).toEqual([weather, { name: "now", arguments: {} }, weather]);
      expect(answer.stop.reason).toBe("tool-calls");
      const ids = answer.parts.flatMap((part) => (part.type === "tool-call" ? [part.id] : []));
      expect(new Set(ids).size).toBe(3);
      if (streamed) expect(client.terminators(outcome.raw)).toBe(1);
    },
  );

  it("an image arrives", () => {
    expect(textOf(understood(client, asked({ text: "See?", image: true }), streamed))).toBe("See? (1 attached)");
  });

  it("the cap", () => {
    const answer = understood(client, asked({ text: "one two three four", most: 2 }), streamed);
    expect(textOf(answer)).toBe("one two");
    expect(answer.stop.reason).toBe("length");
  });

  it("a call that the cap cuts is never taken for whole", () => {
    const { raw, request } = asked({ text: "Go. [[fake tools cap]]", tools: [WEATHER] });
    const answer = streamed ? readStream(client, request, raw) : client.reader.readAnswer(Buffer.from(raw), request);
    if (answer === null || !("parts" in answer)) throw new Error(raw);
    expect(answer.stop.reason).toBe("length");
  });

  it("the provider refuses", () => {
    if (streamed) return;
    for (const [model, kind] of [
      ["us.anthropic.fake-429-retry=2", "rate"],
      ["us.anthropic.fake-429", "rate"],
      ["us.anthropic.fake-quota", "quota"],
      ["us.anthropic.fake-overloaded", "overloaded"],
      ["us.anthropic.fake-500", "upstream"],
      ["us.anthropic.fake-401", "auth"],
      ["us.anthropic.fake-404", "not-found"],
      ["us.anthropic.fake-context", "context"],
    ] as const) {
      const { read } = asked({ text: "Hello." }, model);
      expect(read).toMatchObject({ class: kind, ...(model.includes("retry") ? { retryAfter: 2000 } : {}) });
    }
  });

  it.each(["cut", "stall", "reset", "garbage", "fault", "quiet"])(
    "an answer that breaks (%s) is an error, never an end",
    (fault) => {
      const { read, raw, request } = asked({ text: "one two three four five" }, `us.anthropic.fake-${fault}`);
      if (!streamed) {
        expect(read).toHaveProperty("class");
        return;
      }
      expect(read).toMatchObject({ length: expect.any(Number) });
      expect(JSON.stringify(read)).toContain('"type":"error"');
      expect(client.terminators(raw)).toBe(1);
      expect(readStream(client, request, raw)).toHaveProperty("class");
    },
  );

  it("a provider that dies after half a tool call", () => {
    const { raw, request, read } = asked({ text: "Go. [[fake tools half]]", tools: [WEATHER] });
    if (!streamed) {
      expect(read).toHaveProperty("class");
      return;
    }
    expect(client.terminators(raw)).toBe(1);
    expect(readStream(client, request, raw)).toHaveProperty("class");
  });
});
