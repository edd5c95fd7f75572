/**
 * Where words go: not one of a prompt, an answer or the program's instructions stands in a log line, a metric, a span, the status, the usage or the ledger's files,
 * however a call ends, also where the provider says the prompt back in its error. And the instructions reach every model that is asked, ahead of the client's.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway } from "../../runtime/host/index.ts";
import {
  chatAnswer,
  chatChunk,
  event,
  json,
  type ModelServer,
  startModelServer,
  stream,
} from "../fakes/model-server.ts";
import { type GatewayHere, codeOf } from "./in-process.ts";

const PROMPT = "Wombat-of-the-prompt";
const ANSWER = "Walrus-of-the-answer";
const HOUSE = "Weasel-of-the-house";
const WORDS = /wombat|walrus|weasel/i;

let first: ModelServer;
let second: ModelServer;
/** Of traces. */
let collector: ModelServer;
let gateway: GatewayHere;
const files = mkdtempSync(join(tmpdir(), "vgw-words-"));
const lines: string[] = [];

beforeAll(async () => {
  first = await startModelServer();
  second = await startModelServer();
  collector = await startModelServer();
  collector.answer = (_, response) => json(response, 200, {});
  const priced = "price: { in: $1/Mtok, out: $1/Mtok }, max_output: 10tok";
  const code = await codeOf(`vgw 1
gateway edge { listen: http("127.0.0.1:0", transport: strict), admin: http("127.0.0.1:0"), ledger: "ledger", traces: otlp("${collector.origin}") }
model one { provider: openai("one"), key: secret("KEY"), url: "${first.origin}/v1", clearance: pii, ${priced} }
model two { provider: openai("two"), key: secret("KEY"), url: "${second.origin}/v1", clearance: pii, ${priced} }
model both = choose(one) { fallback: [two], budget: $1/day }
route POST "/chat" open {
  carries: pii
  forward both as openai.chat { system: "${HOUSE}" }
}
route POST "/messages" open { forward both as anthropic.messages { system: "${HOUSE}", client_system: refuse } }
`);
  gateway = await startGateway({
    source: { code },
    environment: { KEY: "k" },
    files,
    write: (text) => lines.push(text),
  });
}, 60_000);
afterAll(async () => {
  await gateway?.close(0);
  await first?.stop();
  await second?.stop();
  await collector?.stop();
  rmSync(files, { recursive: true, force: true });
});

const post = async (path: string, body: object): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-marker": PROMPT },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
};
const asking = (more: object = {}) => ({
  model: "x",
  messages: [
    { role: "system", content: `${PROMPT} of the client` },
    { role: "user", content: PROMPT },
  ],
  ...more,
});
const echo = (status: number, code: string) => (_: unknown, response: Parameters<ModelServer["answer"]>[1]) =>
  json(response, status, { error: { message: `you said ${HOUSE} ${PROMPT}`, type: "invalid_request_error", code } });

/** How a call may end; the second model answers where the first leaves it to it. */
const endings: readonly (readonly [string, object, ModelServer["answer"]])[] = [
  ["an answer", {}, (_, response) => json(response, 200, chatAnswer(ANSWER))],
  ["an error of the client's", {}, echo(400, "bad")],
  ["a limit, and the fallback", {}, echo(429, "rate_limit_exceeded")],
  ["a provider that fails", {}, echo(500, "server_error")],
  [
    "no JSON at all",
    {},
    (_, response) => response.writeHead(200, { "content-type": "application/json" }).end(`{"${ANSWER}`),
  ],
  ["a connection that closes", {}, (_, response) => response.destroy()],
  [
    "a stream that breaks",
    { stream: true },
    (_, response) => {
      stream(response);
      response.write(chatChunk({ role: "assistant", content: ANSWER }));
      response.write(event({ error: { message: `no more of ${PROMPT}`, type: "server_error" } }));
      response.end();
    },
  ],
  ["what is no request", { messages: [{ role: PROMPT, content: 3 }] }, echo(500, "x")],
];

test.each(endings)("%s leaves no words behind, and the instructions go first", async (_, more, answer) => {
  first.asked.length = 0;
  second.asked.length = 0;
  first.answer = answer;
  second.answer = (_asked, response) => json(response, 200, chatAnswer(ANSWER));
  await post("/chat", asking(more));
  for (const { body } of [...first.asked, ...second.asked]) {
    const messages = body.messages as { readonly role: string; readonly content: unknown }[];
    expect(messages[0]?.role).toBe("system");
    expect(JSON.stringify(messages[0]?.content).indexOf(HOUSE)).toBeLessThan(
      JSON.stringify(messages[0]?.content).indexOf(PROMPT),
    );
    expect(messages.filter(({ role }) => role === "system" || role === "developer")).toHaveLength(1);
  }
});

test("a client who may not instruct is told so, and nobody is asked", async () => {
  first.asked.length = 0;
  const { status, text } = await post("/messages", {
    model: "x",
    max_tokens: 5,
    system: PROMPT,
    messages: [{ role: "user", content: "?" }],
  });
  expect(status).toBe(400);
  expect(JSON.parse(text)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
  expect(first.asked).toEqual([]);
});

test("no word of them stands anywhere", async () => {
  const admin = `http://127.0.0.1:${gateway.admin?.port}`;
  for (const path of [
    "/metrics",
    "/status",
    "/usage?by=model",
    "/usage?by=route",
    "/usage?by=budget",
    "/usage?by=caller",
  ]) {
    const text = await (await fetch(admin + path)).text();
    expect(text, path).not.toMatch(WORDS);
  }
  expect(lines.filter((line) => line.includes('"request"')).length).toBeGreaterThan(endings.length);
  expect(lines.join("")).not.toMatch(WORDS);
  await gateway.close(0);
  while (collector.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const spans = JSON.stringify(collector.asked.map(({ body }) => body));
  expect(spans).toContain("gen_ai");
  expect(spans).not.toMatch(WORDS);
  const kept = readdirSync(files, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(kept.length).toBeGreaterThan(0);
  for (const entry of kept) {
    const bytes = readFileSync(join(entry.parentPath, entry.name)).toString("latin1");
    expect(bytes, entry.name).not.toMatch(WORDS);
  }
});
