/** The Vercel AI SDK behind a gateway: each of its clients by each provider's dialect; whole texts, streams, objects, vectors, and conversations with tools over several steps. */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { embedMany, generateText, type LanguageModel, stepCountIs, streamText, tool } from "ai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type FakeServer, startFakeProvider } from "../../runtime/model/fake/index.ts";
import { type GatewayHere, codeOf, startCode } from "./in-process.ts";

const PROVIDERS = ["openai", "responses", "anthropic", "gemini", "bedrock", "cohere", "ollama"] as const;
const CLIENTS = ["chat", "responses", "messages", "google"] as const;

/** Without it, the SDK's client of Responses refers to what the provider has stored of earlier steps, which only OpenAI's own Responses have. */
const WHOLE = { openai: { store: false } };

const program = (fake: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0") }
model openai { provider: openai("fake"), key: secret("KEY"), url: "${fake}/v1" }
model responses { provider: openai_responses("fake"), key: secret("KEY"), url: "${fake}/v1" }
model anthropic { provider: anthropic("fake"), key: secret("KEY"), url: "${fake}", max_output: 1000tok }
model gemini { provider: gemini("fake"), key: secret("KEY"), url: "${fake}/v1beta" }
model bedrock { provider: bedrock("us.anthropic.fake", region: "eu-west-1"), key: secret("KEY"), url: "${fake}" }
model cohere { provider: cohere("fake"), key: secret("KEY"), url: "${fake}/v2" }
model ollama { provider: ollama("fake", context: 8ktok), url: "${fake}" }
${PROVIDERS.map(
  (name) => `route POST "/${name}/chat/completions" open { forward ${name} as openai.chat }
route POST "/${name}/responses" open { forward ${name} as openai.responses }
route POST "/${name}/messages" open { forward ${name} as anthropic.messages }
route POST "/${name}/models/{model}:generateContent" open { forward ${name} as gemini }
route POST "/${name}/models/{model}:streamGenerateContent" open { forward ${name} as gemini }
`,
).join("")}
route POST "/openai/embeddings" open { forward openai as openai.embeddings }
route POST "/gemini/models/{model}:batchEmbedContents" open { forward gemini as gemini.embeddings }
`;

describe("the AI SDK", () => {
  let fake: FakeServer;
  let gateway: GatewayHere;

  beforeAll(async () => {
    fake = await startFakeProvider({ dialects: [], switches: {}, port: 0 });
    const code = await codeOf(program(fake.origin));
    gateway = await startCode(code, "strict", {
      environment: { KEY: "a-key" },
      write: () => {},
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await fake?.close();
  });

  const at = (provider: string) => ({
    baseURL: `http://127.0.0.1:${gateway.listeners[0]!.port}/${provider}`,
    apiKey: "the-client's",
  });
  const MODELS: { readonly [Client in (typeof CLIENTS)[number]]: (provider: string) => LanguageModel } = {
    chat: (provider) => createOpenAI(at(provider)).chat("any"),
    responses: (provider) => createOpenAI(at(provider)).responses("any"),
    messages: (provider) => createAnthropic(at(provider))("any"),
    google: (provider) => createGoogleGenerativeAI(at(provider))("any"),
  };
  const weather = () => {
    const asked: string[] = [];
    const tools = {
      weather: tool({
        description: "The weather in a city.",
        inputSchema: z.object({ city: z.string() }),
        execute: ({ city }) => {
          asked.push(city);
          return { city, degrees: 21 };
        },
      }),
    };
    return { asked, tools };
  };
  const pairs = CLIENTS.flatMap((client) => PROVIDERS.map((provider) => [client, provider] as const));

  test.each(pairs)("%s of %s: a text, and what it used", async (client, provider) => {
    const { text, usage, finishReason } = await generateText({
      model: MODELS[client](provider),
      system: "Be kind.",
      prompt: "Grüße, Welt 🌍!",
      maxRetries: 0,
    });
    expect(text).toBe("Grüße, Welt 🌍!");
    expect(finishReason).toBe("stop");
    expect(usage.outputTokens).toBeGreaterThan(0);
    expect(usage.totalTokens).toBe((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
  });

  test.each(pairs)("%s of %s: two tools at once, then the answer", async (client, provider) => {
    const { asked, tools } = weather();
    const { steps, text } = await generateText({
      model: MODELS[client](provider),
      prompt: "Weather? [[fake tools=2]]",
      tools,
      stopWhen: stepCountIs(4),
      providerOptions: WHOLE,
      maxRetries: 0,
    });
    expect(asked).toHaveLength(2);
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "stop"]);
    expect(text).not.toBe("");
  });

  test.each(pairs)("%s of %s: the same in streams that are cut anywhere", async (client, provider) => {
    const { asked, tools } = weather();
    const errors: unknown[] = [];
    const result = streamText({
      model: MODELS[client](provider),
      prompt: "Weather? [[fake tools=2 bytes=17]]",
      tools,
      stopWhen: stepCountIs(4),
      providerOptions: WHOLE,
      maxRetries: 0,
      onError: ({ error }) => {
        errors.push(error);
      },
    });
    let text = "";
    for await (const piece of result.textStream) text += piece;
    expect(errors).toEqual([]);
    expect(asked).toHaveLength(2);
    expect(await result.finishReason).toBe("stop");
    // That of the last step.
    expect(text.endsWith(await result.text)).toBe(true);
    expect((await result.totalUsage).outputTokens).toBeGreaterThan(0);
  });

  test.each(CLIENTS)("%s: a stream that breaks off is an error, and never an end", async (client) => {
    const errors: unknown[] = [];
    const result = streamText({
      model: MODELS[client]("openai"),
      prompt: "one two three four five six [[fake reset]]",
      maxRetries: 0,
      onError: ({ error }) => {
        errors.push(error);
      },
    });
    const reasons: string[] = [];
    for await (const part of result.fullStream) if (part.type === "finish") reasons.push(part.finishReason);
    expect(errors.length).toBeGreaterThan(0);
    expect(reasons).not.toContain("stop");
  });

  test("vectors", async () => {
    const values = ["Hello", "there", "Hello"];
    const one = await embedMany({ model: createOpenAI(at("openai")).embedding("any"), values, maxRetries: 0 });
    const other = await embedMany({
      model: createGoogleGenerativeAI(at("gemini")).embedding("any"),
      values,
      maxRetries: 0,
    });
    expect(one.embeddings).toHaveLength(3);
    expect(one.embeddings[0]).toEqual(one.embeddings[2]);
    expect(one.usage.tokens).toBeGreaterThan(0);
    expect(other.embeddings[1]).not.toEqual(other.embeddings[2]);
  });
});
