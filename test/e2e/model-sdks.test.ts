/**
 * The official clients of OpenAI, Anthropic and Google through a running gateway, against a fake of every provider: their tool runners, structured answers, repeated tries, signals and
 * limits of time, what they send beside conversations, and what no gateway can serve them, by name.
 */
import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { GoogleGenAI, Type } from "@google/genai";
import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { type FakeServer, startFakeProvider } from "../../runtime/model/fake/index.ts";
import { type GatewayHere, codeOf, startCode } from "./in-process.ts";

const PROVIDERS = ["openai", "responses", "anthropic", "gemini", "bedrock", "cohere", "ollama"] as const;
/** They can be held to a schema. */
const STRUCTURED = ["openai", "responses", "anthropic", "gemini", "cohere", "ollama"] as const;
/** They take pictures in the request itself. */
const SEEING = ["openai", "responses", "anthropic", "gemini", "bedrock", "ollama"] as const;

const program = (fake: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0") }
model openai { provider: openai("fake"), key: secret("KEY"), url: "${fake}/v1" }
model responses { provider: openai_responses("fake"), key: secret("KEY"), url: "${fake}/v1" }
model anthropic { provider: anthropic("claude-fake"), key: secret("KEY"), url: "${fake}", max_output: 1000tok }
model gemini { provider: gemini("fake"), key: secret("KEY"), url: "${fake}/v1beta" }
model bedrock { provider: bedrock("us.anthropic.fake", region: "eu-west-1"), key: secret("KEY"), url: "${fake}" }
model cohere { provider: cohere("fake"), key: secret("KEY"), url: "${fake}/v2" }
model ollama { provider: ollama("fake", context: 8ktok), url: "${fake}" }
${PROVIDERS.map(
  (name) => `route POST "/${name}/v1/chat/completions" open { forward ${name} as openai.chat }
route POST "/${name}/v1/responses" open { forward ${name} as openai.responses }
route POST "/${name}/v1/messages" open { forward ${name} as anthropic.messages }
route POST "/${name}/v1beta/models/{name}" open { forward ${name} as gemini }
`,
).join("")}
${[
  ["/shut/v1/chat/completions", "openai.chat"],
  ["/shut/v1/messages", "anthropic.messages"],
  ["/shut/v1beta/models/{name}", "gemini"],
]
  .map(
    ([path, as]) =>
      `route POST "${path}" open { require request.header("x-day") == "monday" else deny 403 "Only on weekdays."; forward openai as ${as} }`,
  )
  .join("\n")}
route GET "/openai/v1/models" open { reply models(openai, anthropic) as openai.models }
route POST "/openai/v1/embeddings" open { forward openai as openai.embeddings }
route POST "/gemini/v1/embeddings" open { forward gemini as openai.embeddings }
route POST "/cohere/v1/embeddings" open { forward cohere as openai.embeddings }
`;

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const WEATHER = { type: "object" as const, properties: { city: { type: "string" as const } }, required: ["city"] };
const Answer = z.object({ city: z.string(), degrees: z.number(), tags: z.array(z.string()) });

const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

describe.each(transports)("over the %s transport", (transport) => {
  let fake: FakeServer;
  let gateway: GatewayHere;
  let origin = "";

  beforeAll(async () => {
    fake = await startFakeProvider({ dialects: [], switches: {}, port: 0 });
    const code = await codeOf(program(fake.origin));
    gateway = await startCode(code, transport, {
      environment: { KEY: "a-key" },
      write: () => {},
    });
    origin = `http://127.0.0.1:${gateway.listeners[0]!.port}`;
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await fake?.close();
  });

  const openai = (provider: string, options: object = {}): OpenAI =>
    new OpenAI({ baseURL: `${origin}/${provider}/v1`, apiKey: "k", maxRetries: 0, ...options });
  const anthropic = (provider: string, options: object = {}): Anthropic =>
    new Anthropic({ baseURL: `${origin}/${provider}`, apiKey: "k", maxRetries: 0, ...options });
  const google = (provider: string): GoogleGenAI =>
    new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: `${origin}/${provider}` } });
  const user = (content: string) => [{ role: "user" as const, content }];

  describe.each(PROVIDERS)("of %s", (provider) => {
    test("OpenAI's tool runner comes to its end, streamed and not", async () => {
      for (const stream of [false, true] as const) {
        const cities: string[] = [];
        const tools = [
          {
            type: "function" as const,
            function: {
              name: "weather",
              description: "The weather.",
              parameters: WEATHER,
              parse: (text: string): { readonly city: string } => JSON.parse(text),
              function: ({ city }: { readonly city: string }) => {
                cities.push(city);
                return `21 degrees in ${city}`;
              },
            },
          },
        ];
        const params = { model: "m", messages: user("What is it like? [[fake tools=2 rounds=2]]"), tools };
        const { completions } = openai(provider).chat;
        const runner = stream
          ? completions.runTools({ ...params, stream: true })
          : completions.runTools({ ...params, stream: false });
        expect((await runner.finalContent())?.length).toBeGreaterThan(0);
        expect(cities).toEqual(Array(4).fill("Grüße 🌍"));
      }
    });

    test("Anthropic's tool runner too", async () => {
      const cities: string[] = [];
      const weather = betaTool({
        name: "weather",
        description: "The weather.",
        inputSchema: WEATHER,
        run: ({ city }) => {
          cities.push(String(city));
          return `21 degrees in ${city}`;
        },
      });
      for (const stream of [false, true]) {
        const runner = anthropic(provider).beta.messages.toolRunner({
          model: "m",
          max_tokens: 900,
          messages: user("What is it like? [[fake tools=2 rounds=2]]"),
          tools: [weather],
          stream,
        });
        const message = await runner;
        expect(message.stop_reason).toBe("end_turn");
      }
      // Anthropic itself holds the conversation (`thread`), of which the fake then sees the last round alone.
      expect(cities).toEqual(Array(provider === "anthropic" ? 4 : 8).fill("Grüße 🌍"));
    });

    test("Responses: a conversation with a tool that the client holds itself", async () => {
      const client = openai(provider);
      const tools = [
        { type: "function" as const, name: "weather", description: "", parameters: WEATHER, strict: false },
      ];
      const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "Hello [[fake tools=1]]" }];
      const first = await client.responses.stream({ model: "m", input, tools, store: false }).finalResponse();
      const call = first.output.find((item) => item.type === "function_call");
      expect(JSON.parse(call?.arguments ?? "")).toEqual({ city: "Grüße 🌍" });
      const output = { type: "function_call_output" as const, call_id: call!.call_id, output: "21 degrees" };
      const second = await client.responses.create({
        model: "m",
        input: [...input, ...(first.output as OpenAI.Responses.ResponseInput), output],
        tools,
        store: false,
      });
      expect(second.output_text.length).toBeGreaterThan(0);
      expect(second.usage?.total_tokens).toBe(second.usage!.input_tokens + second.usage!.output_tokens);
    });

    test("Google's own calling of functions", async () => {
      const cities: unknown[] = [];
      const answer = await google(provider).models.generateContent({
        model: "m",
        contents: "What is it like? [[fake tools=1]]",
        config: {
          tools: [
            {
              functionDeclarations: [
                {
                  name: "weather",
                  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ["city"] },
                },
              ],
            },
          ],
        },
      });
      for (const { name, args } of answer.functionCalls ?? []) cities.push([name, args?.city]);
      expect(cities).toEqual([["weather", "Grüße 🌍"]]);
      const stream = await google(provider).models.generateContentStream({ model: "m", contents: "Hello there" });
      let text = "";
      for await (const piece of stream) text += piece.text ?? "";
      expect(text).toBe("Hello there");
    });

    test("a rate limit and an overload are waited for, and asked again, by each client", async () => {
      // Each pair of client and provider counts its own.
      const limited = (client: string, kind: string) =>
        `Hello [[fake ${kind} times=1 latency=${client.length + provider.length + 10 * PROVIDERS.indexOf(provider)}]]`;
      const patient = { maxRetries: 2 };
      for (const kind of ["429 retry=0", "overloaded"]) {
        const chat = await openai(provider, patient).chat.completions.create({
          model: "m",
          messages: user(limited(`${transport}-chat`, kind)),
        });
        expect(chat.choices[0]?.message.content).toBe("Hello");
        const message = await anthropic(provider, patient).messages.create({
          model: "m",
          max_tokens: 100,
          messages: user(limited(`${transport}-messages`, kind)),
        });
        expect(message.content[0]).toMatchObject({ text: "Hello" });
      }
      const failed = await openai(provider)
        .chat.completions.create({ model: "m", messages: user("Hello [[fake 429 retry=7]]") })
        .catch((error) => error);
      expect(failed).toBeInstanceOf(OpenAI.RateLimitError);
    });

    test("a signal ends a stream, and a client's own limit of time a request", async () => {
      const stream = await openai(provider).chat.completions.create({
        model: "m",
        messages: user("Hello [[fake words=200 tps=100]]"),
        stream: true,
      });
      let seen = 0;
      for await (const _ of stream) if (++seen === 3) stream.controller.abort();
      expect(seen).toBeLessThan(50);
      const message = anthropic(provider).messages.stream({
        model: "m",
        max_tokens: 900,
        messages: user("Hello [[fake words=200 tps=100]]"),
      });
      message.once("text", () => message.abort());
      await expect(message.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
      const late = openai(provider, { timeout: 100 }).chat.completions.create({
        model: "m",
        messages: user("Hello [[fake latency=5000]]"),
      });
      await expect(late).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    });
  });

  test.each(STRUCTURED)("%s: structured answers are parsed by OpenAI's client", async (provider) => {
    const chat = await openai(provider).chat.completions.parse({
      model: "m",
      messages: user("What is it like?"),
      response_format: zodResponseFormat(Answer, "answer"),
    });
    expect(chat.choices[0]?.message.parsed).toMatchObject({ city: "Grüße 🌍" });
    const response = await openai(provider).responses.parse({
      model: "m",
      input: "What is it like?",
      store: false,
      text: { format: zodTextFormat(Answer, "answer") },
    });
    expect(response.output_parsed).toMatchObject({ city: "Grüße 🌍" });
  });

  test.each(SEEING)("%s: pictures in each client's words", async (provider) => {
    const chat = await openai(provider).chat.completions.create({
      model: "m",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
          ],
        },
      ],
    });
    expect(chat.choices[0]?.message.content).toContain("What is this?");
    const message = await anthropic(provider).messages.create({
      model: "m",
      max_tokens: 100,
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
            { type: "text", text: "What is this?" },
          ],
        },
      ],
    });
    expect(message.content.length).toBeGreaterThan(0);
    const answer = await google(provider).models.generateContent({
      model: "m",
      contents: [{ text: "What is this?" }, { inlineData: { mimeType: "image/png", data: PNG } }],
    });
    expect(answer.text).toContain("What is this?");
  });

  test("what is held at the provider is refused, where there is nobody who holds it", async () => {
    for (const provider of PROVIDERS.filter((name) => name !== "responses")) {
      const failed = await openai(provider)
        .responses.create({ model: "m", input: "Hello", previous_response_id: "resp_1" })
        .catch((error) => error);
      expect(failed, provider).toBeInstanceOf(OpenAI.BadRequestError);
      expect(failed.message).toContain("previous_response_id");
      // What the client does not need to be kept is not kept.
      const kept = await openai(provider).responses.create({ model: "m", input: "Hello", store: true }).catch(String);
      expect(typeof kept === "string" || ("store" in kept && kept.store === true), provider).toBe(false);
    }
  });

  test("lists of models, and vectors in base64, as OpenAI's client asks for them", async () => {
    const names: string[] = [];
    for await (const model of openai("openai").models.list()) names.push(model.id);
    expect(names).toEqual(["openai", "anthropic"]);
    for (const provider of ["openai", "gemini", "cohere"]) {
      const { data } = await openai(provider).embeddings.create({ model: "m", input: ["one", "two"] });
      expect(data).toHaveLength(2);
      expect(data[0]?.embedding.every((number) => typeof number === "number")).toBe(true);
    }
  });

  test("what the gateway itself refuses, each client reads as an error of its provider's", async () => {
    const asked = [{ role: "user" as const, content: "?" }];
    const told = await Promise.all(
      [
        openai("shut").chat.completions.create({ model: "m", messages: asked }),
        anthropic("shut").messages.create({ model: "m", max_tokens: 9, messages: asked }),
        google("shut").models.generateContent({ model: "m", contents: "?" }),
      ].map((one) => one.then(String, (error: Error) => error)),
    );
    const [fromOpenai, fromAnthropic, fromGoogle] = told;
    expect(fromOpenai).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(fromOpenai).toMatchObject({ message: "403 Only on weekdays.", type: "permission_error", code: "denied" });
    expect(fromAnthropic).toBeInstanceOf(Anthropic.PermissionDeniedError);
    expect(fromAnthropic).toMatchObject({
      error: { error: { type: "permission_error", message: "Only on weekdays." } },
    });
    expect(fromGoogle).toMatchObject({ status: 403, message: expect.stringContaining("Only on weekdays.") });
  });

  test("files and batches are no routes, and say so", async () => {
    const client = openai("openai");
    const failures = await Promise.all([
      client.batches.list().catch((error) => error),
      client.batches
        .create({ input_file_id: "f", endpoint: "/v1/chat/completions", completion_window: "24h" })
        .catch((error) => error),
      client.files.list().catch((error) => error),
      client.files.create({ file: new File(["x"], "x.jsonl"), purpose: "batch" }).catch((error) => error),
      anthropic("anthropic")
        .messages.batches.create({ requests: [] })
        .catch((error) => error),
    ]);
    for (const failed of failures) expect(failed).toMatchObject({ status: 404 });
  });
});
