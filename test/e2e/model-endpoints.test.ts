/** What official clients ask beside conversations, over real sockets: lists of models, vectors, judgements, counts of tokens, at a fake of every provider that knows them. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { type FakeServer, startFakeProvider } from "../../runtime/model/fake/index.ts";
import { type GatewayHere, codeOf, startCode } from "./in-process.ts";

const EMBEDDERS = ["openai", "mistral", "gemini", "cohere", "titan", "embed", "ollama"] as const;
const COUNTERS = ["claude", "gemini", "responses", "nova"] as const;

const program = (fake: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0") }
model openai { provider: openai("fake"), key: secret("KEY"), url: "${fake}/v1", timeout: 400ms }
model mistral { provider: mistral("fake"), key: secret("KEY"), url: "${fake}/v1" }
model gemini { provider: gemini("fake"), key: secret("KEY"), url: "${fake}/v1beta" }
model cohere { provider: cohere("fake"), key: secret("KEY"), url: "${fake}/v2" }
model titan { provider: bedrock("amazon.titan-embed-text-v2:0", region: "eu-west-1"), key: secret("KEY"), url: "${fake}" }
model embed { provider: bedrock("cohere.embed-v4:0", region: "eu-west-1"), key: secret("KEY"), url: "${fake}" }
model ollama { provider: ollama("fake", context: 8ktok), url: "${fake}" }
model claude { provider: anthropic("fake"), key: secret("KEY"), url: "${fake}", max_output: 9tok }
model nova { provider: bedrock("us.anthropic.fake", region: "eu-west-1"), key: secret("KEY"), url: "${fake}" }
model responses { provider: openai_responses("fake"), key: secret("KEY"), url: "${fake}/v1" }
route GET "/v1/models" open when (request.header("anthropic-version") else "") != "" { reply models(openai, claude) as anthropic.models }
route GET "/v1/models/{name}" open when (request.header("anthropic-version") else "") != "" { reply models(openai, claude) as anthropic.models }
route GET "/v1/models" open { reply models(openai, claude) as openai.models }
route GET "/v1/models/{name}" open { reply models(openai, claude) as openai.models }
route GET "/v1beta/models" open { reply models(gemini) as gemini.models }
route GET "/v1beta/models/{name}" open { reply models(gemini) as gemini.models }
route POST "/v1/moderations" open { forward openai as openai.moderations }
route POST "/v1beta/models/{name}:countTokens" open { forward gemini as gemini.count_tokens }
route POST "/v1beta/models/{name}:batchEmbedContents" open { forward cohere as gemini.embeddings }
route POST "/v1beta/models/{name}:generateContent" open { forward gemini as gemini }
${EMBEDDERS.map((name) => `route POST "/${name}/embeddings" open { body: 10MB; forward ${name} as openai.embeddings }`).join("\n")}
${COUNTERS.map((name) => `route POST "/${name}/v1/messages/count_tokens" open { forward ${name} as anthropic.count_tokens }`).join("\n")}
`;

const { native } = loadNative();

describe.each(native === null ? (["strict"] as const) : (["strict", "fast"] as const))(
  "over the %s transport",
  (transport) => {
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

    const openai = (path: string): OpenAI => new OpenAI({ baseURL: `${origin}/${path}`, apiKey: "any", maxRetries: 0 });
    const anthropic = (path = ""): Anthropic => new Anthropic({ baseURL: origin + path, apiKey: "any", maxRetries: 0 });
    const google = (): GoogleGenAI => new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: origin } });

    test("lists of models, and one of them, in three dialects", async () => {
      const names: string[] = [];
      for await (const { id } of openai("v1").models.list()) names.push(id);
      for await (const { id } of anthropic().models.list()) names.push(id);
      for await (const { name } of await google().models.list()) names.push(name ?? "");
      expect(names).toEqual(["openai", "claude", "openai", "claude", "models/gemini"]);
      expect(await openai("v1").models.retrieve("claude")).toMatchObject({ id: "claude", object: "model" });
      expect(await anthropic().models.retrieve("claude")).toMatchObject({ id: "claude", type: "model" });
      expect(await google().models.get({ model: "gemini" })).toMatchObject({ name: "models/gemini" });
      await expect(openai("v1").models.retrieve("none")).rejects.toBeInstanceOf(OpenAI.NotFoundError);
      await expect(anthropic().models.retrieve("none")).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    });

    test.each(EMBEDDERS)("%s: vectors, which the client asks for as base64 by itself, and as numbers", async (name) => {
      const { embeddings } = openai(name);
      const input = ["Hello", "Grüße 🌍", "Hello"];
      const packed = await embeddings.create({ model: "any", input, dimensions: 5 });
      const plain = await embeddings.create({ model: "any", input, dimensions: 5, encoding_format: "float" });
      expect(packed.model).toBe(name);
      expect(plain.data.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(plain.usage.prompt_tokens).toBeGreaterThan(0);
      expect(plain.usage.total_tokens).toBe(plain.usage.prompt_tokens);
      expect(plain.data[0]?.embedding).toEqual(plain.data[2]?.embedding);
      expect(plain.data[0]?.embedding).not.toEqual(plain.data[1]?.embedding);
      for (const [at, { embedding }] of plain.data.entries()) {
        const rounded = [...(packed.data[at]?.embedding ?? [])];
        // Some providers' lengths cannot be chosen in the fake.
        expect(rounded).toHaveLength(embedding.length);
        expect(rounded).toEqual(embedding.map((number) => Math.fround(number)));
      }
    });

    test("more texts than a provider takes at a time are asked for in pieces, and come in their order", async () => {
      const input = Array.from({ length: 250 }, (_, index) => `text ${index}`);
      const alone = await openai("cohere").embeddings.create({
        model: "any",
        input: input[249]!,
        encoding_format: "float",
      });
      const all = await openai("cohere").embeddings.create({ model: "any", input, encoding_format: "float" });
      expect(all.data).toHaveLength(250);
      expect(all.data[249]?.embedding).toEqual(alone.data[0]?.embedding);
      expect(all.usage.prompt_tokens).toBe(input.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0));
      await expect(openai("titan").embeddings.create({ model: "any", input })).rejects.toThrow(/at most 64 inputs/);
    });

    test("tokens go to who knows them", async () => {
      const answer = await openai("openai").embeddings.create({ model: "any", input: [[1, 2], [3]] });
      expect(answer.data).toHaveLength(2);
      await expect(openai("ollama").embeddings.create({ model: "any", input: [1, 2] })).rejects.toThrow(/texts alone/);
    });

    test("what goes wrong has the client's form", async () => {
      const { embeddings } = openai("openai");
      await expect(embeddings.create({ model: "any", input: "[[fake 429]]" })).rejects.toBeInstanceOf(
        OpenAI.RateLimitError,
      );
      await expect(embeddings.create({ model: "any", input: "[[fake garbage]]" })).rejects.toMatchObject({
        status: 502,
      });
      await expect(embeddings.create({ model: "any", input: "[[fake hang]]" })).rejects.toMatchObject({ status: 504 });
      await expect(embeddings.create({ model: "any", input: "" })).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    });

    test("a client of Gemini has its vectors made by Cohere", async () => {
      const answer = await google().models.embedContent({ model: "any", contents: ["Hello", "there"] });
      expect(answer.embeddings).toHaveLength(2);
      expect(answer.embeddings?.[0]?.values?.length).toBeGreaterThan(0);
    });

    test("judgements", async () => {
      const answer = await openai("v1").moderations.create({ input: ["fine", "to harm"] });
      expect(answer.model).toBe("openai");
      expect(answer.results.map(({ flagged }) => flagged)).toEqual([false, true]);
    });

    test.each(COUNTERS)("%s counts tokens for a client of Anthropic", async (name) => {
      const counted = await anthropic(`/${name}`).messages.countTokens({
        model: "any",
        system: "Be kind.",
        messages: [{ role: "user", content: "How are you?" }],
        tools: [{ name: "weather", input_schema: { type: "object" } }],
      });
      expect(counted.input_tokens).toBeGreaterThan(4);
    });

    test("a client of Gemini counts tokens, and asks at the path beside", async () => {
      const counted = await google().models.countTokens({ model: "any", contents: "How are you?" });
      expect(counted.totalTokens).toBe(3);
      const answer = await google().models.generateContent({ model: "any", contents: "How are you?" });
      expect(answer.text).toBe("How are you?");
    });
  },
);
