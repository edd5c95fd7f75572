/** Alerts are noted once, sent until they are taken, later and later, and given up after a day. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AlertStore, type BudgetAlert } from "../model/money/ledger/alert-store.ts";
import { loadSqlite } from "../model/money/ledger/sqlite.ts";
import { alertBody, alertChannel, AlertPost } from "./alert-post.ts";

const ALERT: BudgetAlert = {
  budget: "assistant by caller.team",
  key: "sales",
  unit: "money",
  currency: "USD",
  period: "86400000",
  start: 0,
  end: 86_400_000,
  percent: 80,
  spent: "20.000012",
  limit: "25",
  at: 0,
};

let folder: string;
let hook: Server;
let asked: string[];
let status: number;
let now: number;
let log: [string, string][];
let post: AlertPost;
let store: AlertStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "vgw-alerts-"));
  asked = [];
  status = 204;
  now = 0;
  log = [];
  hook = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      asked.push(text);
      response.writeHead(status, { location: "http://127.0.0.1:1/elsewhere" }).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const sqlite = loadSqlite();
  if (typeof sqlite === "string") throw new Error(sqlite);
  store = new AlertStore(sqlite, folder);
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  post = new AlertPost({
    alert: { url, token: null },
    gateway: "edge",
    store,
    boot: folder,
    keep: 1000,
    now: () => now,
    log: (level, event) => log.push([level, event]),
  });
});
afterEach(async () => {
  await post.close();
  hook.closeAllConnections();
  hook.close();
  rmSync(folder, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

it("each is noted once, by what it says, and what was delivered is not noted again", async () => {
  expect(store.note(ALERT)).toBe(true);
  expect(store.note({ ...ALERT, spent: "21", at: 5 })).toBe(false);
  for (const other of [
    { percent: 100 },
    { key: "ops" },
    { start: 86_400_000 },
    { budget: "another" },
    { period: "month" },
  ])
    expect(store.note({ ...ALERT, ...other })).toBe(true);
  await until(() => asked.length === 6);
  await until(() => store.due(now, 10).length === 0);
  expect(store.note(ALERT)).toBe(false);
  store.forget(ALERT.end + 1);
  expect(store.note(ALERT)).toBe(true);
});

it("one that is under way at the end is not sent again after the next start, if it was taken", async () => {
  let answer = (): void => {};
  hook.removeAllListeners("request");
  hook.on("request", (_request, response) => {
    answer = () => void response.writeHead(204).end();
    asked.push("");
  });
  const noted = vi.spyOn(store, "delivered");
  store.note(ALERT);
  await until(() => asked.length === 1);
  const closed = post.close();
  answer();
  await closed;
  expect(noted).toHaveBeenCalledTimes(1);
});

it("threads tell of them over a channel of the process", async () => {
  const thread = alertChannel(folder);
  thread.postMessage(ALERT);
  await until(() => asked.length === 1);
  thread.close();
  expect(JSON.parse(asked[0] ?? "")).toEqual({
    type: "budget.alert",
    text: "80% of the budget assistant by caller.team of sales is spent: 20.000012 of 25 USD",
    gateway: "edge",
    budget: "assistant by caller.team",
    key: "sales",
    percent: 80,
    spent: "20.000012",
    limit: "25",
    unit: "USD",
    from: "1970-01-01T00:00:00.000Z",
    to: "1970-01-02T00:00:00.000Z",
    at: "1970-01-01T00:00:00.000Z",
  });
  expect(asked[0]).toBe(alertBody("edge", ALERT));
});

it.each([500, 302])(
  "what is not taken (%i) waits, redirects are not followed, and after a day it is given up",
  async (refused) => {
    status = refused;
    store.note(ALERT);
    await until(() => log.length === 1);
    expect(log).toEqual([["warn", "alert.refused"]]);
    expect(store.due(now, 10)).toEqual([]);
    expect(store.due(now + 1000, 10)).toMatchObject([{ attempts: 1 }]);
    now = 2000;
    await until(() => asked.length === 2);
    await until(() => store.due(now, 10).length === 0);
    expect(store.due(now + 1999, 10)).toEqual([]);
    now = 24 * 3_600_000;
    await until(() => log.length === 2);
    expect(log[1]).toEqual(["error", "alert.given-up"]);
    expect(store.due(now * 2, 10)).toEqual([]);
  },
);
