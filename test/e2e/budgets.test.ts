/** Budgets from a program's text to real sockets: what fits passes, what does not goes to the cheaper model or is refused, and the ledger tells it to the last digit. */
import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { emit } from "../../compiler/6-emit/index.ts";
import { bundle } from "../../compiler/7-bundle/index.ts";
import { startGateway } from "../../runtime/host/index.ts";
import { chatAnswer, json, type ModelServer, startModelServer } from "../fakes/model-server.ts";
import { planOf } from "../conformance/program.ts";

let programs = 0;
function emitted(program: string) {
  const plan = planOf({
    path: `budgets-${programs++}.vgw`,
    title: "",
    rule: "",
    program,
    files: new Map(),
    environment: {},
    upstreams: new Map(),
    cases: [],
  });
  return { plan, typescript: emit(plan) };
}

const folders: string[] = [];
let paid: ModelServer;
let local: ModelServer;
beforeAll(async () => {
  paid = await startModelServer();
  local = await startModelServer();
});
const opened: { close(milliseconds?: number): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((gateway) => gateway.close(0)));
});
afterAll(async () => {
  await Promise.all([paid.stop(), local.stop()]);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Micro-units for a million tokens: one pico-unit for each token in, ten for each out. */
const program = (budget: string, more = "", choice = "budgeted"): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0", transport: strict), admin: http("127.0.0.1:0") }
model budgeted {
  provider: openai("gpt"), key: secret("KEY"), url: "${paid.origin}/v1", max_output: 100tok, timeout: 2s
  price: { in: $0.000001/Mtok, cached: $0.000000/Mtok, out: $0.00001/Mtok }
  budget: ${budget}
}
model free_one { provider: vllm("llama"), url: "${local.origin}/v1", price: free }
${more}
route POST "/v1/chat/completions" open { forward ${choice} as openai.chat }
`;

async function start(source: string, environment: { [name: string]: string } = {}) {
  const files = mkdtempSync(join(tmpdir(), "vgw-budgets-"));
  folders.push(files);
  const { plan, typescript } = emitted(source);
  const { code } = await bundle(plan, typescript);
  const lines: string[] = [];
  const gateway = await startGateway({
    source: { code },
    environment: { KEY: "sk-test", ...environment },
    files,
    write: (line) => lines.push(line),
  });
  opened.push(gateway);
  const url = `http://127.0.0.1:${gateway.listeners[0]?.port}/v1/chat/completions`;
  const ask = (body: object = {}, headers: { [name: string]: string } = {}) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "x", messages: [{ role: "user", content: "hi" }], max_tokens: 10, ...body }),
    });
  const usage = async (query: string): Promise<{ [key: string]: unknown }> =>
    (await fetch(`http://127.0.0.1:${gateway.admin?.port}/usage?${query}`)).json() as Promise<{
      [key: string]: unknown;
    }>;
  return { gateway, ask, usage, lines, files };
}

const answered = (usage: object) => (_: unknown, response: Parameters<ModelServer["answer"]>[1]) =>
  json(response, 200, { ...chatAnswer("hello"), usage });

test("calls count to the last digit, and the ledger tells who used what", async () => {
  paid.answer = answered({
    prompt_tokens: 30,
    completion_tokens: 7,
    total_tokens: 37,
    prompt_tokens_details: { cached_tokens: 20 },
    completion_tokens_details: { reasoning_tokens: 5 },
  });
  const { gateway, ask, usage, files } = await start(program("$1/day"));
  for (let count = 0; count < 3; count++) expect((await ask()).status).toBe(200);
  expect(await usage("by=model")).toMatchObject({
    usage: [
      {
        model: "budgeted",
        calls: 3,
        cost: "0.00000000024",
        currency: "USD",
        input: 30,
        cacheRead: 60,
        output: 6,
        reasoning: 15,
        inexactCalls: 0,
      },
    ],
  });
  expect(await usage("by=budget")).toMatchObject({
    budgets: [{ budget: "budgeted", key: "", spent: "0.00000000024" }],
  });
  const route = "POST /v1/chat/completions";
  const month = new Date().toISOString().slice(0, 7);
  expect(await usage(`by=route,month&model=budgeted&from=${month}-01`)).toMatchObject({
    usage: [{ route, month, calls: 3, cost: "0.00000000024" }],
  });
  expect((await usage("by=all&model=another")).usage).toEqual([]);
  expect((await usage("by=model,model")).code).toBe("admin-query");
  const table = await fetch(`http://127.0.0.1:${gateway.admin?.port}/usage?by=route,model&format=csv`);
  expect(table.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect((await table.text()).split("\r\n").slice(0, 2)).toEqual([
    "route,model,calls,cost,currency,tokens,input,cacheRead,cacheWrite,output,reasoning,inexactCalls,estimatedCalls",
    `${route},budgeted,3,0.00000000024,USD,111,30,60,0,6,15,0,0`,
  ]);
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/metrics`)).text();
  expect(metrics).toContain('vgw_model_cost_total{model="budgeted",currency="USD"} 2.4e-10');
  expect(metrics).toContain('vgw_budget_decisions_total{budget="budgeted",result="reserved"} 3');
  expect((await usage("by=nonsense")).code).toBe("admin-query");
  expect(readdirSync(join(files, "ledger"))).toContain("ledger.db");
});

test("of many at once exactly those pass whose worst case fits; the rest is refused and not sent", async () => {
  const waiting: (() => void)[] = [];
  paid.asked.length = 0;
  paid.answer = (asked, response) =>
    void waiting.push(() => answered({ prompt_tokens: 1, completion_tokens: 1 })(asked, response));
  // A probe tells what one call reserves: the body's bytes, the frame, and ten times the cap.
  const probe = await start(program("$1/day"));
  void probe.ask();
  while (waiting.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  const bytes = Buffer.byteLength(JSON.stringify(paid.asked[0]?.body));
  for (const answer of waiting.splice(0)) answer();
  const worst = bytes + 64 + 10 * 10;
  // A dollar for each token in, ten for each out.
  const dear = program(`$${worst * 5 + 3}/day`)
    .replace("$0.000001/Mtok", "$1000000/Mtok")
    .replace("$0.000000/Mtok", "$0/Mtok")
    .replace("$0.00001/Mtok", "$10000000/Mtok");
  const { ask, usage } = await start(dear);
  paid.asked.length = 0;
  const asked = Array.from({ length: 40 }, () => ask());
  const refused: Response[] = [];
  for (const one of asked) void one.then((response) => response.status === 429 && refused.push(response));
  while (refused.length < 35) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(waiting.length).toBe(5);
  expect(paid.asked.length).toBe(5);
  expect(await refused[0]?.json()).toMatchObject({ error: { code: "insufficient_quota" } });
  for (const answer of waiting.splice(0)) answer();
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBe(5);
  expect(await usage("by=all")).toMatchObject({ usage: [{ calls: 5, cost: "55" }] });
});

test("what does not fit goes to the cheaper model of the choice", async () => {
  paid.answer = answered({ prompt_tokens: 100, completion_tokens: 1, total_tokens: 101 });
  local.answer = answered({ prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 });
  const choice = "model either = choose(budgeted) { fallback: [free_one], limit: 20tok }";
  const { ask, usage, lines } = await start(program("500tok/day", choice, "either"));
  paid.asked.length = 0;
  local.asked.length = 0;
  for (let count = 0; count < 8; count++) expect((await ask()).status).toBe(200);
  expect(paid.asked.length).toBeGreaterThan(0);
  expect(paid.asked.length).toBeLessThan(5);
  expect(paid.asked.length + local.asked.length).toBe(8);
  const { usage: rows } = (await usage("by=model")) as { usage: { model: string; cost: string }[] };
  expect(rows.find(({ model }) => model === "free_one")?.cost).toBe("0");
  expect(lines.join("")).toContain("budget.alert");
});

test("an error costs nothing; what was sent and cut counts at its worst case", async () => {
  const { ask, usage } = await start(program("$1/day"));
  paid.answer = (_, response) => json(response, 503, { error: { message: "busy", type: "server_error" } });
  expect((await ask()).status).toBe(503);
  expect(await usage("by=all")).toMatchObject({ usage: [{ calls: 1, cost: "0", inexactCalls: 0 }] });
  paid.answer = (_, response) => void response.socket?.destroy();
  await ask();
  const { usage: rows } = (await usage("by=all")) as { usage: { calls: number; cost: string; inexactCalls: number }[] };
  expect(rows[0]).toMatchObject({ calls: 2, inexactCalls: 1 });
  expect(Number(rows[0]?.cost)).toBeGreaterThan(0);
});

test("an alert is posted once for each part and key, and again where it is not taken", async () => {
  const told: { body: { [name: string]: unknown }; token: string | undefined }[] = [];
  let refuse = 1;
  const hook = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      if (refuse-- > 0) response.writeHead(503).end();
      else {
        told.push({ body: JSON.parse(text), token: request.headers.authorization });
        response.writeHead(204).end();
      }
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/alerts?secret=in-the-url`;
  const source = program('1000tok/month by request.header("x-team") else "none"', "")
    .replace("transport: strict)", 'transport: strict), alert: { post: env("ALERT_URL", url), token: secret("ALERT") }')
    .replace("  price:", "  alerts: [10%, 50%], price:");
  const environment = { ALERT_URL: address, ALERT: "alert-token" };
  const first = await start(source, environment);
  paid.answer = answered({ prompt_tokens: 300, completion_tokens: 0, total_tokens: 300 });
  for (let count = 0; count < 2; count++) expect((await first.ask()).status).toBe(200);
  while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(told.map(({ body }) => body.percent).sort()).toEqual([10, 50]);
  expect(told[0]).toMatchObject({
    body: { type: "budget.alert", gateway: "edge", key: "none", limit: "1000", unit: "tok" },
    token: "Bearer alert-token",
  });
  expect(first.lines.join("")).toContain("alert.refused");
  expect(first.lines.join("")).not.toMatch(/in-the-url|alert-token/);
  const metrics = await (await fetch(`http://127.0.0.1:${first.gateway.admin?.port}/metrics`)).text();
  expect(metrics).toContain(
    'vgw_budget_alerts_total{budget="budgeted by request.header(\\"x-team\\") else \\"none\\"",percent="50"} 1',
  );
  hook.close();
  hook.closeAllConnections();
});

test("what cannot be written down is not sent", async () => {
  paid.answer = answered({ prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 });
  const { ask, files, usage } = await start(program("$1/day"));
  paid.asked.length = 0;
  const ledger = join(files, "ledger");
  renameSync(ledger, `${ledger}.away`);
  // The journal begins with the first call: nobody knows before that it cannot.
  const large = { messages: [{ role: "user", content: "x".repeat(200_000) }] };
  const answers = await Promise.all([ask(), ask(large), ask()]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect((await ask()).status).toBe(503);
  expect(paid.asked).toEqual([]);
  renameSync(`${ledger}.away`, ledger);
  expect((await ask()).status).toBe(200);
  expect(await usage("by=all")).toMatchObject({ usage: [{ calls: 1, tokens: 2 }] });
});

test("official clients read over what a stream cost, and nothing is lost", async () => {
  const source = program("$1/day")
    .replace("  price:", "  cost_headers: true, price:")
    .concat(`route POST "/v1/responses" open { forward budgeted as openai.responses }
route POST "/v1/messages" open { forward budgeted as anthropic.messages }
route POST "/v1beta/models/{rest...}" open { forward budgeted as gemini }
`);
  const { gateway, ask } = await start(source);
  paid.answer = (asked, response) => {
    if (asked.body.stream !== true) return answered({ prompt_tokens: 3, completion_tokens: 1 })(asked, response);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const chunk = (choices: object[], more: object = {}) =>
      `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "gpt", choices, ...more })}\n\n`;
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    response.end(
      [
        chunk([{ index: 0, delta: { role: "assistant", content: "hel" }, finish_reason: null }]),
        chunk([{ index: 0, delta: { content: "lo" }, finish_reason: null }]),
        chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
        chunk([], { usage }),
        "data: [DONE]\n\n",
      ].join(""),
    );
  };
  const origin = `http://127.0.0.1:${gateway.listeners[0]?.port}`;
  const whole = await ask();
  expect(whole.headers.get("model-cost")).toBe("0.000000000013 USD");
  expect(whole.headers.get("model-tokens")).toBe("in=3, out=1");
  expect(whole.headers.get("model-budget")).toMatch(/^"budgeted";left="0\.999999999987 USD";reset=\d+$/);
  const raw = await (await ask({ stream: true })).text();
  expect(raw).toContain(": model-cost: 0.000000000023 USD\n\n");
  expect(raw.trimEnd().endsWith("data: [DONE]")).toBe(true);

  const openai = new OpenAI({ apiKey: "x", baseURL: `${origin}/v1` });
  const messages = [{ role: "user" as const, content: "hi" }];
  const chat = openai.chat.completions.stream({ model: "x", messages, max_tokens: 10 });
  expect((await chat.finalChatCompletion()).choices[0]?.message.content).toBe("hello");
  const responses = openai.responses.stream({ model: "x", input: "hi" });
  expect((await responses.finalResponse()).output_text).toBe("hello");
  const anthropic = new Anthropic({ apiKey: "x", baseURL: origin });
  const spoken = anthropic.messages.stream({ model: "x", max_tokens: 10, messages });
  expect(await spoken.finalText()).toBe("hello");
  const google = new GoogleGenAI({ apiKey: "x", httpOptions: { baseUrl: origin } });
  let text = "";
  for await (const part of await google.models.generateContentStream({ model: "x", contents: "hi" }))
    text += part.text ?? "";
  expect(text).toBe("hello");
});

test("a program without budgets carries nothing of it", async () => {
  const source = program("$1/day").replace(/ {2}budget: .*\n/, "");
  expect(JSON.stringify(emitted(source).typescript)).not.toMatch(/price|ledger|budget:/);
  const { files } = await start(source);
  expect(readdirSync(files)).toEqual([]);
});
