/** Alerts that nobody told before a process ended: those of models and those of steps are found in the ledger at the next start, also of a period that has just ended. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startGateway } from "../../runtime/host/index.ts";
import { chatAnswer, json, type ModelServer, startModelServer } from "../fakes/model-server.ts";
import { type GatewayHere, codeOf } from "./in-process.ts";

let model: ModelServer;
let hook: Server;
let gateway: GatewayHere | null = null;
let told: { readonly budget: string; readonly key: string; readonly percent: number; readonly from: string }[] = [];
let now = 0;
const folders: string[] = [];

beforeAll(async () => {
  model = await startModelServer();
  model.answer = (_, response) => json(response, 200, chatAnswer("hello"));
  hook = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      told.push(JSON.parse(text));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  told = [];
  now = Date.parse("2030-05-10T12:00:00Z");
});
afterEach(async () => {
  await gateway?.close(0);
  gateway = null;
});
afterAll(async () => {
  await model.stop();
  hook.closeAllConnections();
  hook.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Each call costs 17 tokens. `tells`: somebody is told of alerts; a process that has nobody to tell leaves behind what one leaves that dies before it has told. */
async function start(tells: boolean, from: string | null): Promise<string> {
  await gateway?.close(0);
  const alert = tells ? `, alert: { post: "http://127.0.0.1:${(hook.address() as AddressInfo).port}/" }` : "";
  const code = await codeOf(`vgw 1
gateway edge { listen: http("127.0.0.1:0", transport: strict)${alert} }
model own { provider: vllm("own"), url: "${model.origin}/v1", max_output: 10tok, price: free, budget: 1ktok/month, alerts: 1% }
policy visitors { budget 1ktok/day by request.header("x-user") else "" { name: "visitors", alerts: [1%, 90%] } }
route POST "/v1/chat/completions" open with visitors {
  budget 1ktok/min { alerts: 1% }
  forward own as openai.chat
}
`);
  const files = mkdtempSync(join(tmpdir(), "vgw-alerts-"));
  folders.push(files);
  if (from !== null) cpSync(from, files, { recursive: true });
  gateway = await startGateway({
    source: { code },
    environment: {},
    overrides: { drain: 0 },
    injected: { now: () => now },
    files,
  });
  return files;
}

async function ask(user: string): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${gateway?.listeners[0]?.port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-user": user },
    body: JSON.stringify({ model: "x", messages: [{ role: "user", content: "hi" }] }),
  });
  return status;
}

const alerts = async (count: number): Promise<readonly string[]> => {
  while (told.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
  return told.map(({ budget, key, percent }) => `${budget.replace(/ by .*/, "")} ${key} ${percent}`).sort();
};

const ALL = ["own  1", "route POST /v1/chat/completions  1", "visitors a 1", "visitors b 1"];

test("what was crossed and not told is told behind the next start, and once", async () => {
  const first = await start(false, null);
  for (const user of ["a", "b"]) expect(await ask(user)).toBe(200);
  const second = await start(true, first);
  expect(await alerts(4)).toEqual(ALL);
  expect(await ask("c")).toBe(200);
  expect(await alerts(5)).toContain("visitors c 1");
  told = [];
  await start(true, second);
  expect(await ask("d")).toBe(200);
  expect(await alerts(1)).toEqual(["visitors d 1"]);
});

test("also of a period that ended meanwhile, but not of one that is long over", async () => {
  const first = await start(false, null);
  for (const user of ["a", "b"]) expect(await ask(user)).toBe(200);
  now += 3 * 60_000;
  await start(true, first);
  expect(await alerts(4)).toEqual(ALL);
  expect(told.find(({ budget }) => budget.startsWith("route"))?.from).toBe("2030-05-10T12:00:00.000Z");
  told = [];
  now += 60 * 60_000;
  await start(true, first);
  expect(await alerts(3)).toEqual(ALL.filter((one) => !one.startsWith("route")));
});
