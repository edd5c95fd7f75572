/** Pictures and sound from official clients, over sockets, to providers that take them: what each provider is sent, and who refuses what it cannot be told. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FakeServer, startFakeProvider } from "../../runtime/model/fake/index.ts";
import { type Recorder, startRecorder } from "../fakes/recorder.ts";
import { type GatewayHere, codeOf, startCode } from "./in-process.ts";

const PNG = "iVBORw0KGgo=";
const WAV = "UklGRiQAAABXQVZF";

const program = (fake: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0") }
model openai { provider: openai("fake"), key: secret("KEY"), url: "${fake}/v1" }
model claude { provider: anthropic("fake"), key: secret("KEY"), url: "${fake}", max_output: 100tok }
model gemini { provider: gemini("fake"), key: secret("KEY"), url: "${fake}/v1beta" }
${["openai", "claude", "gemini"]
  .map(
    (name) => `route POST "/${name}/chat/completions" open { forward ${name} as openai.chat }
route POST "/${name}/v1/messages" open { forward ${name} as anthropic.messages }
route POST "/${name}/v1beta/models/{model}:generateContent" open { forward ${name} as gemini }
`,
  )
  .join("")}`;

describe("pictures and sound", () => {
  let fake: FakeServer;
  let recorder: Recorder;
  let gateway: GatewayHere;

  beforeAll(async () => {
    fake = await startFakeProvider({ dialects: [], switches: {}, port: 0 });
    recorder = await startRecorder(fake.origin);
    const code = await codeOf(program(recorder.origin));
    gateway = await startCode(code, "strict", {
      environment: { KEY: "a-key" },
      write: () => {},
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await recorder?.close();
    await fake?.close();
  });

  const origin = (): string => `http://127.0.0.1:${gateway.listeners[0]!.port}`;
  const openai = (name: string) => new OpenAI({ baseURL: `${origin()}/${name}`, apiKey: "any", maxRetries: 0 });
  const anthropic = (name: string) => new Anthropic({ baseURL: `${origin()}/${name}`, apiKey: "any", maxRetries: 0 });
  const google = (name: string) => new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: `${origin()}/${name}` } });

  const seen = { type: "image_url" as const, image_url: { url: `data:image/png;base64,${PNG}` } };
  const heard = { type: "input_audio" as const, input_audio: { data: WAV, format: "wav" as const } };
  const words = { type: "text" as const, text: "What is this?" };
  const ask = (name: string, part: typeof seen | typeof heard) =>
    openai(name).chat.completions.create({ model: "any", messages: [{ role: "user", content: [words, part] }] });

  test("a picture of OpenAI's client goes to each provider in its own form", async () => {
    for (const name of ["openai", "claude", "gemini"]) {
      const answer = await ask(name, seen);
      // The fake says how many it was given.
      expect(answer.choices[0]?.message.content).toBe("What is this? (1 attached)");
    }
    const [first, second, third] = recorder.take();
    expect(first).toMatchObject({ messages: [{ content: [words, seen] }] });
    expect(second).toMatchObject({
      messages: [
        { content: [words, { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }] },
      ],
    });
    expect(third).toMatchObject({
      contents: [{ parts: [{ text: words.text }, { inlineData: { mimeType: "image/png", data: PNG } }] }],
    });
  });

  test("sound goes to those who hear", async () => {
    await ask("openai", heard);
    await ask("gemini", heard);
    const [first, second] = recorder.take();
    expect(first).toMatchObject({ messages: [{ content: [words, heard] }] });
    expect(second).toMatchObject({
      contents: [{ parts: [{ text: words.text }, { inlineData: { mimeType: "audio/wav", data: WAV } }] }],
    });
    await expect(ask("claude", heard)).rejects.toMatchObject({ status: 400 });
    expect(recorder.take()).toEqual([]);
  });

  test("a picture of Anthropic's client, and one of Google's", async () => {
    await anthropic("openai").messages.create({
      model: "any",
      max_tokens: 10,
      messages: [
        {
          role: "user",
          content: [words, { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }],
        },
      ],
    });
    await google("claude").models.generateContent({
      model: "any",
      contents: [{ role: "user", parts: [{ text: words.text }, { inlineData: { mimeType: "image/png", data: PNG } }] }],
    });
    const [first, second] = recorder.take();
    expect(first).toMatchObject({
      messages: [{ content: [words, { image_url: { url: `data:image/png;base64,${PNG}` } }] }],
    });
    expect(second).toMatchObject({ messages: [{ content: [words, { type: "image", source: { data: PNG } }] }] });
  });
});
