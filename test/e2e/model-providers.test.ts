/** A gateway with a model at every provider, each asked over real sockets by the official client: fakes answer in the providers' dialects, and Bedrock's checks the signature. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Signer } from "../../runtime/model/dialect/bedrock/credentials.ts";
import { type FakeServer, startFakeProvider } from "../../runtime/model/fake/index.ts";
import { type GatewayHere, codeOf, startCode } from "./in-process.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const PROVIDERS = [
  "openai",
  "azure",
  "mistral",
  "responses",
  "anthropic",
  "gemini",
  "bedrock",
  "llama",
  "cohere",
  "ollama",
] as const;

const program = (fake: string, signed: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0") }
model openai { provider: openai("fake"), key: secret("KEY"), url: "${fake}/v1" }
model azure { provider: azure("fake", version: "2024-10-21"), key: secret("KEY"), url: "${fake}" }
model mistral { provider: mistral("fake"), key: secret("KEY"), url: "${fake}/v1" }
model llama { provider: bedrock("us.meta.llama3-3-fake", region: "eu-west-1"), key: secret("KEY"), url: "${fake}" }
model responses { provider: openai_responses("fake"), key: secret("KEY"), url: "${fake}/v1" }
model anthropic { provider: anthropic("fake"), key: secret("KEY"), url: "${fake}", max_output: 1000tok }
model gemini { provider: gemini("fake"), key: secret("KEY"), url: "${fake}/v1beta" }
model bedrock { provider: bedrock("us.anthropic.fake", region: "eu-west-1"), key: secret("AWS_KEY"), url: "${signed}" }
model cohere { provider: cohere("fake"), key: secret("KEY"), url: "${fake}/v2" }
model ollama { provider: ollama("fake", context: 8ktok), url: "${fake}" }
${PROVIDERS.map((name) => `route POST "/${name}/chat/completions" open { forward ${name} as openai.chat }`).join("\n")}
`;

/** Passes what is signed as it should be on to the fake, and refuses the rest as Bedrock does. */
async function startSigned(fake: FakeServer): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const target = request.url ?? "";
    if (request.headers.authorization !== expected(target, request.headers, body)) {
      response
        .writeHead(403, { "x-amzn-errortype": "InvalidSignatureException" })
        .end('{"message":"The signature does not match"}');
      return;
    }
    const answer = await fetch(fake.origin + target, { method: "POST", body });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The signature of what has arrived, of the fields that it says are signed. */
function expected(target: string, received: IncomingHttpHeaders, body: string): string | undefined {
  const signed = /SignedHeaders=([^,]+)/.exec(received.authorization ?? "")?.[1]?.split(";") ?? [];
  const date = String(received["x-amz-date"]);
  const now = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const headers = signed
    .filter((name) => name !== "host" && !name.startsWith("x-amz-"))
    .flatMap((name) => [name, String(received[name])]);
  const key = { id: "AKIAIOSFODNN7EXAMPLE", secret: SECRET, sessionToken: "SESSION" };
  if (received["x-amz-security-token"] !== "SESSION" || Number.isNaN(now)) return "none";
  return new Signer(key, "eu-west-1", "bedrock")
    .sign({ method: "POST", target, headers, body }, String(received.host), now)
    .at(-1);
}

describe("a model at every provider", () => {
  let fake: FakeServer;
  let signed: Awaited<ReturnType<typeof startSigned>>;
  let gateway: GatewayHere;

  beforeAll(async () => {
    fake = await startFakeProvider({ dialects: [], switches: {}, port: 0 });
    signed = await startSigned(fake);
    const code = await codeOf(program(fake.origin, signed.origin));
    gateway = await startCode(code, "strict", {
      environment: { KEY: "a-key", AWS_KEY: `AKIAIOSFODNN7EXAMPLE:${SECRET}:SESSION` },
      write: (lines) => expect(lines).not.toContain(SECRET),
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await signed?.close();
    await fake?.close();
  });

  const client = (name: string): OpenAI =>
    new OpenAI({
      baseURL: `http://127.0.0.1:${gateway.listeners[0]!.port}/${name}`,
      apiKey: "the-client's",
      maxRetries: 0,
    });
  const question = (content: string) => ({ model: "any", messages: [{ role: "user" as const, content }] });

  test.each(PROVIDERS)("%s: whole, and what it costs", async (name) => {
    const answer = await client(name).chat.completions.create(question("Grüße, Welt 🌍!"));
    expect(answer.choices[0]?.message.content).toBe("Grüße, Welt 🌍!");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = answer.usage ?? {};
    expect(completion_tokens).toBeGreaterThan(0);
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
  });

  test.each(PROVIDERS)("%s: two tools at once in a stream that is cut anywhere, then the answer", async (name) => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tools = [
      { type: "function" as const, function: { name: "weather", description: "The weather.", parameters } },
    ];
    const asked = question("Weather? [[fake tools=2 bytes=11]]");
    const stream = client(name).chat.completions.stream({ ...asked, tools, stream: true });
    const message = (await stream.finalChatCompletion()).choices[0]?.message;
    const calls = message?.tool_calls ?? [];
    expect(calls.map((call) => (call.type === "function" ? call.function.arguments : ""))).toEqual([
      '{"city":"Grüße 🌍"}',
      '{"city":"Grüße 🌍"}',
    ]);
    const results = calls.map(({ id }) => ({ role: "tool" as const, tool_call_id: id, content: "rain" }));
    const second = await client(name).chat.completions.create({
      model: "any",
      messages: [
        ...asked.messages,
        { role: "assistant", content: message?.content ?? null, tool_calls: calls },
        ...results,
      ],
      tools,
    });
    expect(second.choices[0]?.message.content).toBe("The tool said: rain The tool said: rain");
  });
});
