/** Models at Vertex AI from a program's text to sockets: Gemini's and Anthropic's, by official clients, with tokens for a service account's key and from a metadata server. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeProvider, startFakeProvider } from "../../runtime/model/fake/index.ts";
import { startTokenServer, type TokenServer } from "../fakes/token-server.ts";
import { type GatewayHere, codeOf, startCode } from "./in-process.ts";

const program = (vertex: string, tokens: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0") }
model flash { provider: vertex("gemini-fake", project: "shop", region: "europe-west1"), key: secret("KEY"), url: "${vertex}/v1" }
model claude { provider: vertex("claude-fake", project: "shop", region: "global"), key: secret("KEY"), url: "${vertex}/v1", max_output: 1000tok }
model machine { provider: vertex("gemini-fake", project: "shop", region: "europe-west1", metadata: "${tokens}"), url: "${vertex}/v1" }
model either = choose(flash) { fallback: [machine] }
route POST "/flash/chat/completions" open { forward flash as openai.chat }
route POST "/claude/chat/completions" open { forward claude as openai.chat }
route POST "/machine/chat/completions" open { forward machine as openai.chat }
route POST "/v1/messages" open { forward claude as anthropic.messages }
route POST "/v1/messages/count_tokens" open { forward claude as anthropic.count_tokens }
route POST "/flash/v1/messages/count_tokens" open { forward flash as anthropic.count_tokens }
`;

/** Vertex AI's fake behind the tokens of another server, which can be told how long they live, and to give none. */
async function startVertex(tokens: TokenServer) {
  const seen: string[] = [];
  const provider = new FakeProvider({ dialects: ["vertex"], switches: {} });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const target = request.url ?? "";
    seen.push(target);
    const [path = "", query = ""] = target.split("?", 2);
    const answer = provider.respond({
      method: request.method ?? "",
      path,
      query,
      switches: "",
      body: Buffer.concat(chunks).toString(),
      credentials: { headers: request.headers, isToken: (token) => tokens.tokens.has(token) },
    });
    response.writeHead(answer.status ?? 500, [...answer.headers]);
    response.end(Buffer.concat(answer.steps.map(({ bytes }) => bytes)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe("models at Vertex AI", () => {
  let tokens: TokenServer;
  let vertex: Awaited<ReturnType<typeof startVertex>>;
  let gateway: GatewayHere;
  let log = "";

  beforeEach(async () => {
    log = "";
    tokens = await startTokenServer();
    vertex = await startVertex(tokens);
    const text = program(vertex.origin, tokens.origin);
    const code = await codeOf(text);
    gateway = await startCode(code, "strict", {
      environment: { KEY: tokens.keyFile },
      write: (lines) => {
        log += lines;
      },
    });
  }, 60_000);
  afterEach(async () => {
    await gateway?.close(0);
    await vertex?.close();
    await tokens?.close();
    expect(log).not.toContain("PRIVATE KEY");
    expect(log).not.toContain("ya29");
  });

  const origin = (): string => `http://127.0.0.1:${gateway.listeners[0]!.port}`;
  const openai = (path: string): OpenAI => new OpenAI({ baseURL: `${origin()}/${path}`, apiKey: "any", maxRetries: 0 });
  const anthropic = (path = ""): Anthropic => new Anthropic({ baseURL: origin() + path, apiKey: "any", maxRetries: 0 });
  const question = { model: "any", messages: [{ role: "user" as const, content: "Hello" }] };

  test("Gemini's and Anthropic's models, whole and streamed, with one token for an account", async () => {
    for (const path of ["flash", "claude"]) {
      const answer = await openai(path).chat.completions.create(question);
      expect(answer.choices[0]?.message.content).toBe("Hello");
      const stream = openai(path).chat.completions.stream({ ...question, stream: true });
      expect(await stream.finalContent()).toBe("Hello");
    }
    const message = await anthropic().messages.create({ ...question, max_tokens: 50 });
    expect(message.content).toMatchObject([{ type: "text", text: "Hello" }]);
    expect(tokens.asked).toBe(1);
    expect(vertex.seen.slice(0, 3)).toEqual([
      "/v1/projects/shop/locations/europe-west1/publishers/google/models/gemini-fake:generateContent",
      "/v1/projects/shop/locations/europe-west1/publishers/google/models/gemini-fake:streamGenerateContent?alt=sse",
      "/v1/projects/shop/locations/global/publishers/anthropic/models/claude-fake:rawPredict",
    ]);
  });

  test("a hundred at once wait for one token", async () => {
    let release = (): void => {};
    tokens.hold = new Promise((resolve) => {
      release = resolve;
    });
    const all = Array.from({ length: 100 }, () => openai("flash").chat.completions.create(question));
    await expect.poll(() => tokens.asked).toBe(1);
    release();
    await Promise.all(all);
    expect(tokens.asked).toBe(1);
  });

  test("a token that ends soon is replaced beside the requests", async () => {
    tokens.lifetime = 120;
    await openai("flash").chat.completions.create(question);
    expect(tokens.asked).toBe(1);
    await expect
      .poll(async () => {
        await openai("flash").chat.completions.create(question);
        return tokens.asked;
      })
      .toBeGreaterThan(1);
  });

  test("no token is an error of the gateway's account, which names nothing to the client, and is asked for with pauses", async () => {
    tokens.failing = {
      status: 400,
      body: '{"error":"invalid_grant","error_description":"gateway@project is disabled"}',
    };
    const asked = openai("flash").chat.completions.create(question);
    await expect(asked).rejects.toMatchObject({ status: 502, code: "provider_credentials" });
    await expect(asked).rejects.not.toThrow(/gateway@project|invalid_grant/);
    await expect(openai("flash").chat.completions.create(question)).rejects.toMatchObject({ status: 502 });
    expect(tokens.asked).toBe(1);
    expect(log).toContain("invalid_grant");
    expect(vertex.seen).toEqual([]);
    tokens.failing = null;
    await expect
      .poll(
        () =>
          openai("flash")
            .chat.completions.create(question)
            .then(
              () => true,
              () => false,
            ),
        { timeout: 5000 },
      )
      .toBe(true);
  });

  test("a machine of Google's needs no key", async () => {
    const answer = await openai("machine").chat.completions.create(question);
    expect(answer.choices[0]?.message.content).toBe("Hello");
  });

  test("tokens are counted at Vertex AI", async () => {
    expect((await anthropic().messages.countTokens(question)).input_tokens).toBeGreaterThan(0);
    expect((await anthropic("/flash").messages.countTokens(question)).input_tokens).toBeGreaterThan(0);
    expect(vertex.seen).toContain(
      "/v1/projects/shop/locations/global/publishers/anthropic/models/count-tokens:rawPredict",
    );
  });

  test("a key that is none stops the start, and stands in no message", async () => {
    const code = await codeOf(program(vertex.origin, tokens.origin));
    const started = startCode(code, "strict", {
      environment: { KEY: '{"client_email":"someone@example","private_key":"-----BEGIN NONSENSE"}' },
      write: () => {},
    });
    const problem = await started.then(
      () => "",
      (error: unknown) => JSON.stringify(error, ["message", "problems", "detail", "help", "cause"]),
    );
    expect(problem).toMatch(/private_key is no key in PEM/);
    expect(problem).not.toMatch(/NONSENSE|someone@example/);
  });
});

test("vgw fake-provider gives tokens for its own service account and to a machine of Google's", async () => {
  const fake = await startFakeProvider({ dialects: [], switches: {}, port: 0 });
  const code = await codeOf(program(fake.origin, fake.origin));
  const gateway = await startCode(code, "strict", {
    environment: { KEY: fake.serviceAccount },
    write: () => {},
  });
  try {
    const asked = { model: "any", messages: [{ role: "user" as const, content: "Hello [[fake bytes=7]]" }] };
    for (const path of ["flash", "claude", "machine"]) {
      const baseURL = `http://127.0.0.1:${gateway.listeners[0]!.port}/${path}`;
      const { chat } = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0 });
      expect((await chat.completions.create(asked)).choices[0]?.message.content).toBe("Hello");
      expect(await chat.completions.stream({ ...asked, stream: true }).finalContent()).toBe("Hello");
      const refused = chat.completions.create({
        ...asked,
        messages: [{ role: "user", content: "[[fake 429 retry=2]]" }],
      });
      await expect(refused).rejects.toMatchObject({ status: 429 });
    }
    const unknown = await fetch(
      `${fake.origin}/v1/projects/p/locations/l/publishers/google/models/fake:generateContent`,
      {
        method: "POST",
        headers: { authorization: "Bearer ya29.of-somebody-else" },
        body: '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}',
      },
    );
    expect([unknown.status, await unknown.json()]).toMatchObject([401, { error: { status: "UNAUTHENTICATED" } }]);
  } finally {
    await gateway.close(0);
    await fake.close();
  }
}, 60_000);
