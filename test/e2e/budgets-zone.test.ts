/** Periods of budgets in a zone, from a program's text to real sockets: over a change of clocks, a restart, and a swap to another zone. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startGateway } from "../../runtime/host/index.ts";
import { chatAnswer, json, type ModelServer, startModelServer } from "../fakes/model-server.ts";
import { type GatewayHere, codeOf } from "./in-process.ts";

let model: ModelServer;
let gateway: GatewayHere | null = null;
const folders: string[] = [];
/** Far off: the admin listener tells of periods that are not over. */
let now = 0;

beforeAll(async () => {
  model = await startModelServer();
  model.answer = (_, response) => json(response, 200, chatAnswer("hello"));
});
afterEach(async () => {
  await gateway?.close(0);
  gateway = null;
});
afterAll(async () => {
  await model.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Each call is charged 17 tokens, and reserves some 200. */
async function code(zone: string): Promise<string> {
  return codeOf(`vgw 1
gateway edge { listen: http("127.0.0.1:0", transport: strict), admin: http("127.0.0.1:0") }
model own { provider: openai("gpt"), key: secret("KEY"), url: "${model.origin}/v1", max_output: 10tok, price: free, budget: 220tok/day${zone}, cost_headers: true }
route POST "/v1/chat/completions" open { forward own as openai.chat }
`);
}

/** `from`: a folder whose ledger goes on, in another one, since a process can open one only once. */
async function start(zone: string, from: string | null): Promise<string> {
  await gateway?.close(0);
  const files = mkdtempSync(join(tmpdir(), "vgw-zone-"));
  folders.push(files);
  if (from !== null) cpSync(from, files, { recursive: true });
  gateway = await startGateway({
    source: { code: await code(zone) },
    environment: { KEY: "sk-test" },
    overrides: { drain: 0 },
    injected: { now: () => now },
    files,
  });
  return files;
}

const ask = (): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway?.listeners[0]?.port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "x", messages: [{ role: "user", content: "hi" }] }),
  });
const budgets = async (): Promise<unknown> =>
  ((await (await fetch(`http://127.0.0.1:${gateway?.admin?.port}/usage?by=budget`)).json()) as { budgets: unknown })
    .budgets;
const left = async (): Promise<string | null> => (await ask()).headers.get("model-budget");

test("a day of 23 hours, over a restart; another zone begins anew, and the first one goes on", async () => {
  const berlin = ', time_zone: "Europe/Berlin"';
  now = Date.parse("2040-03-25T21:30:00Z");
  const files = await start(berlin, null);
  expect(await left()).toBe('"own";left="203 tok";reset=1800');
  expect(await budgets()).toMatchObject([
    { spent: "17", from: "2040-03-24T23:00:00.000Z", to: "2040-03-25T22:00:00.000Z" },
  ]);
  await start(berlin, files);
  expect(await left()).toBe('"own";left="186 tok";reset=1800');
  // The same budget in UTC: half past nine in the evening.
  await gateway?.swap({ code: await code("") });
  expect(await left()).toBe('"own";left="203 tok";reset=9000');
  await gateway?.swap({ code: await code(berlin) });
  expect(await left()).toBe('"own";left="169 tok";reset=1800');
  now = Date.parse("2040-03-25T22:00:00Z");
  expect(await left()).toBe('"own";left="203 tok";reset=86400');
  expect(await budgets()).toMatchObject([
    { spent: "51", from: "2040-03-24T23:00:00.000Z", to: "2040-03-25T22:00:00.000Z" },
    { spent: "17", from: "2040-03-25T00:00:00.000Z", to: "2040-03-26T00:00:00.000Z" },
    { spent: "17", from: "2040-03-25T22:00:00.000Z", to: "2040-03-26T22:00:00.000Z" },
  ]);
});

test("the clock goes back over midnight: the day before goes on where it was", async () => {
  const zone = ', time_zone: "Asia/Kolkata"';
  now = Date.parse("2040-05-10T18:29:00Z");
  await start(zone, null);
  expect(await left()).toBe('"own";left="203 tok";reset=60');
  now += 120_000;
  expect(await left()).toBe('"own";left="203 tok";reset=86340');
  now -= 120_000;
  expect(await left()).toBe('"own";left="186 tok";reset=60');
  now += 120_000;
  expect(await left()).toBe('"own";left="186 tok";reset=86340');
});
