/** Budgets in a real Redis: two gateways share them exactly, whatever happens to Redis, its answers and the gateways. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RedisServer, REDIS_SERVER } from "../../../../test/fakes/redis-server.ts";
import { newTableKey } from "../../../limit/index.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { Accounts, type Alert, type Call, OpenCall } from "../accounts.ts";
import type { BudgetDefinition } from "../budget.ts";
import { BudgetTable, createBudgetMemory } from "../budget-table.ts";
import { priceOf } from "../price.ts";
import { RedisBudgets } from "./budgets.ts";
import { loadRedis } from "../../../redis/client.ts";
import { RedisKeeper } from "./keeper.ts";
import { RedisKeys } from "./keys.ts";
import { Refill } from "./refill.ts";
import { RedisLink } from "../../../redis/link.ts";

const DAY = 86_400_000;
const NOW = Date.now();
const keys = new RedisKeys("test");
if (REDIS_SERVER === null) process.stderr.write("redis-server is not installed: budgets over machines are left out\n");

let redis: RedisServer;
const opened: { close(): void }[] = [];
beforeAll(async () => {
  if (REDIS_SERVER !== null) redis = await new RedisServer().start();
});
afterAll(() => redis?.remove());
afterEach(async () => {
  for (const one of opened.splice(0)) one.close();
  await redis?.ask(["FLUSHALL"]);
});

interface Gateway {
  readonly accounts: Accounts;
  readonly budgets: RedisBudgets;
  readonly link: RedisLink;
  readonly alerts: Alert[];
  readonly troubles: (string | null)[];
  readonly told: number[];
}

async function gateway(
  name: string,
  { url = redis.url, whenAway = "refuse" as "refuse" | "allow", timeout = 2000, wait = true } = {},
): Promise<Gateway> {
  const table = new BudgetTable(createBudgetMemory(1024, 1, newTableKey()), 0);
  const told: number[] = [];
  const budgets = new RedisBudgets({
    keys,
    gateway: name,
    journal: `${name}boot-0`,
    table,
    whenAway,
    told: (call) => told.push(call),
  });
  const troubles: (string | null)[] = [];
  let connected = (): void => {};
  const standing = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const link = new RedisLink({
    url,
    timeout,
    create: loadRedis(),
    state: (trouble) => {
      troubles.push(trouble);
      if (trouble !== null) connected();
    },
    connected: () => {
      budgets.connected();
      connected();
    },
  });
  budgets.use(link);
  opened.push(link);
  if (wait) await standing;
  const alerts: Alert[] = [];
  const accounts = new Accounts({
    table,
    shared: budgets,
    journal: null,
    now: () => NOW,
    alert: (alert) => alerts.push(alert),
  });
  return { accounts, budgets, link, alerts, troubles, told };
}

const PRICE = priceOf({ input: 1, output: 1 });
const budget = (accounts: Accounts, changes: Partial<BudgetDefinition>) =>
  accounts.budget({ name: "team", unit: "money", currency: "USD", limit: 1000n, period: DAY, alerts: [], ...changes });

function call(accounts: Accounts, worst: bigint, changes: Partial<BudgetDefinition> = {}, key = "k"): Call {
  const names = { route: "r", model: "m", upstream: "u", caller: "" };
  return { charges: [{ budget: budget(accounts, changes), key }], price: PRICE, worst, worstTokens: 9, ...names };
}

const used = (input: number) => ({ kind: "usage", usage: { ...NO_USAGE, input } }) as const;

async function stands(
  changes: Partial<BudgetDefinition> = {},
  key = "k",
): Promise<{ spent: string; committed: string }> {
  const { name, unit, currency, period } = {
    name: "team",
    unit: "money" as const,
    currency: "USD",
    period: DAY,
    ...changes,
  };
  const start = Math.floor(NOW / DAY) * DAY;
  const place = keys.budget({ name, unit, currency, period, start, end: start + DAY, key });
  const told = await redis.ask(["HMGET", place, "s", "c"]);
  const [spent, committed] = Array.isArray(told) ? told : [];
  return { spent: String(spent ?? "0"), committed: String(committed ?? "0") };
}

/** By what is so, not by time. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.skipIf(REDIS_SERVER === null)("budgets in Redis", () => {
  it("two gateways admit together exactly what fits, also beyond 53 bits, and settle to the last digit", async () => {
    const both = [await gateway("a"), await gateway("b")];
    const worst = 1_000_000_000_000_007n;
    const limit = 50n * worst + 6n;
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => {
        const { accounts } = both[index % 2]!;
        return accounts.openShared(call(accounts, worst, { limit }));
      }),
    );
    const open = results.filter((result) => result instanceof OpenCall);
    expect(open.length).toBe(50);
    const refused = results.find((result) => !(result instanceof OpenCall));
    expect(refused).toMatchObject({ reason: "exhausted", budget: "team", left: 6n });
    expect(await stands()).toEqual({ spent: "0", committed: `${50n * worst}` });
    open.forEach((one, index) => void one.settle(used(index)));
    await until(() => both[0]!.told.length + both[1]!.told.length === 50);
    expect(await stands()).toEqual({ spent: "1225", committed: "1225" });
    expect(both.map(({ troubles }) => troubles)).toEqual([[], []]);
  });

  it("reserves in all budgets of a call or in none, and tells which did not fit; a threshold alerts once over all gateways", async () => {
    const { accounts, alerts } = await gateway("a");
    const other = await gateway("b");
    const wide = { budget: budget(accounts, { name: "wide", limit: 1000n, alerts: [50] }), key: "" };
    const narrow = {
      budget: budget(accounts, { name: "narrow", unit: "tokens", currency: "", limit: 12n }),
      key: "x y",
    };
    const names = { route: "r", model: "m", upstream: "u", caller: "" };
    const two = { charges: [wide, narrow], price: PRICE, worst: 600n, worstTokens: 9, ...names };
    const first = await accounts.openShared(two);
    expect(first).toBeInstanceOf(OpenCall);
    expect(await accounts.openShared({ ...two, worst: 5n })).toMatchObject({
      reason: "exhausted",
      budget: "narrow",
      charge: 1,
      left: 3n,
    });
    expect(await stands({ name: "wide" }, "")).toMatchObject({ committed: "600" });
    if (first instanceof OpenCall) first.settle(used(499));
    const second = await other.accounts.openShared(call(other.accounts, 2n, { name: "wide", alerts: [50] }, ""));
    if (second instanceof OpenCall) second.settle(used(1));
    await until(() => alerts.length + other.alerts.length > 0);
    expect([...alerts, ...other.alerts]).toMatchObject([{ percent: 50, spent: 500n }]);
    // Who is refused leaves nothing behind.
    expect(await accounts.openShared(call(accounts, 2000n, { name: "nobody" }))).toMatchObject({ reason: "exhausted" });
    expect(await redis.ask(["KEYS", "*nobody*"])).toEqual([]);
  });

  it("keys go when their period is over, and one call settles once, however often it is told", async () => {
    const { accounts, link } = await gateway("a");
    const open = await accounts.openShared(call(accounts, 10n));
    const [place] = (await redis.ask(["KEYS", "*budget*"])) as string[];
    expect(Number(await redis.ask(["PTTL", place ?? ""]))).toBeGreaterThan(DAY);
    if (!(open instanceof OpenCall)) throw new Error(open.reason);
    expect(open.remaining).toMatchObject([{ left: 990n }]);
    open.settle(used(7));
    expect(open.remaining).toMatchObject([{ left: 993n }]);
    await until(async () => (await stands()).spent === "7");
    const { settleScript } = await import("./scripts.ts");
    expect(await link.run(settleScript, [keys.open("a"), place ?? ""], ["aboot-0-1", "10", "7", "9"])).toEqual([]);
    expect(await stands()).toEqual({ spent: "7", committed: "7" });
  });

  it("scripts that were flushed are told again", async () => {
    const { accounts, troubles } = await gateway("a");
    for (let round = 0; round < 3; round++) {
      await redis.ask(["SCRIPT", "FLUSH"]);
      expect(await accounts.openShared(call(accounts, 10n))).toBeInstanceOf(OpenCall);
    }
    expect(await stands()).toMatchObject({ committed: "30" });
    expect(troubles).toEqual([]);
  });

  it("is killed and comes back with what it had: calls are refused meanwhile, and settled afterwards", async () => {
    const { accounts, budgets, troubles, told } = await gateway("a");
    const open = await accounts.openShared(call(accounts, 10n));
    await redis.kill();
    expect(await accounts.openShared(call(accounts, 10n))).toMatchObject({ reason: "away", left: 0n });
    if (open instanceof OpenCall) open.settle(used(4));
    await until(() => budgets.waiting > 0);
    await redis.start();
    await until(() => told.length >= 1 && budgets.waiting === 0);
    expect(await stands()).toEqual({ spent: "4", committed: "4" });
    expect(await accounts.openShared(call(accounts, 10n))).toBeInstanceOf(OpenCall);
    expect(troubles.map((trouble) => trouble === null)).toEqual([false, true]);
  });

  it("hangs: nobody waits longer than the timeout, the next ones not at all, and nothing stays reserved", async () => {
    const { accounts, told, link } = await gateway("a", { timeout: 200 });
    redis.freeze();
    try {
      const results = await Promise.all([1, 2, 3].map(() => accounts.openShared(call(accounts, 10n))));
      expect(results).toMatchObject([{ reason: "away" }, { reason: "away" }, { reason: "away" }]);
      expect(link.ready).toBe(false);
    } finally {
      redis.thaw();
    }
    await until(() => told.length === 3);
    expect(await stands()).toMatchObject({ committed: "0" });
    expect(await accounts.openShared(call(accounts, 1000n))).toBeInstanceOf(OpenCall);
  });

  it("allow: each gateway counts alone while it is away, and adds it up afterwards", async () => {
    const both = [await gateway("a", { whenAway: "allow" }), await gateway("b", { whenAway: "allow" })];
    const open: OpenCall[] = [];
    const ask = async ({ accounts }: Gateway, worst: bigint) => {
      const result = await accounts.openShared(call(accounts, worst, { limit: 100n }));
      if (result instanceof OpenCall) open.push(result);
      return result instanceof OpenCall;
    };
    expect(await ask(both[0]!, 60n)).toBe(true);
    expect(await ask(both[1]!, 60n)).toBe(false);
    await redis.kill();
    // 60 of this gateway's own are known to it.
    expect([await ask(both[0]!, 50n), await ask(both[0]!, 40n)]).toEqual([false, true]);
    expect([await ask(both[1]!, 100n), await ask(both[1]!, 1n)]).toEqual([true, false]);
    for (const one of open) one.settle(used(30));
    await redis.start();
    await until(() => both[0]!.told.length === 2 && both[1]!.told.length === 1);
    expect(await stands()).toEqual({ spent: "90", committed: "90" });
  });

  it("a wrong password, a replica and a server that nobody reaches are said plainly, without the password", async () => {
    await redis.ask(["CONFIG", "SET", "requirepass", "right"]);
    try {
      const wrong = await gateway("a", { url: redis.url.replace("//", "//:hunter2@") });
      expect(await wrong.accounts.openShared(call(wrong.accounts, 1n))).toMatchObject({ reason: "away" });
      expect(wrong.troubles[0]).toMatch(/WRONGPASS/);
      expect(JSON.stringify(wrong.troubles)).not.toContain("hunter2");
      const none = await gateway("a");
      expect(none.troubles[0]).toMatch(/NOAUTH/);
      const right = await gateway("a", { url: `${redis.url.replace("//", "//default:right@")}/3` });
      expect(await right.accounts.openShared(call(right.accounts, 1n))).toBeInstanceOf(OpenCall);
    } finally {
      await redis.ask(["CONFIG", "SET", "requirepass", ""], "right");
    }
    const replica = await new RedisServer().start();
    try {
      await replica.ask(["REPLICAOF", "127.0.0.1", `${redis.port}`]);
      const { accounts, troubles } = await gateway("a", { url: replica.url });
      await accounts.openShared(call(accounts, 1n));
      expect(troubles[0]).toMatch(/READONLY|MASTERDOWN|LOADING/);
    } finally {
      await replica.remove();
    }
    const nobody = await gateway("a", { url: "redis://127.0.0.1:1" });
    expect(nobody.troubles[0]).toMatch(/ECONNREFUSED/);
  });

  it("gives back what a gateway had reserved that shows no sign of life, and counts it all the same when it tells later", async () => {
    const dead = await gateway("dead");
    const open = await dead.accounts.openShared(call(dead.accounts, 700n));
    const alive = await gateway("alive");
    const events: string[] = [];
    const book = { identity: "dead", untold: () => new Map(), told: () => {}, shares: () => [] };
    const log = (event: string) => void events.push(event);
    const deadKeeper = new RedisKeeper(dead.link, { keys, book, lives: () => true, now: () => NOW, lease: 30, log });
    await deadKeeper.look();
    deadKeeper.close();
    expect(await alive.accounts.openShared(call(alive.accounts, 400n))).toMatchObject({ reason: "exhausted" });
    const keeper = new RedisKeeper(alive.link, {
      keys,
      book: { ...book, identity: "alive" },
      lives: () => true,
      now: () => NOW,
      lease: 60_000,
      log,
    });
    opened.push(keeper);
    await until(async () => {
      await keeper.look();
      return events.includes("given-back");
    });
    expect(await alive.accounts.openShared(call(alive.accounts, 400n))).toBeInstanceOf(OpenCall);
    if (open instanceof OpenCall) open.settle(used(700));
    await until(() => dead.told.length === 1);
    expect(await stands()).toEqual({ spent: "700", committed: "1100" });
  });

  it("is told again what it has lost: each gateway's own share, once, also beyond 53 bits, and never less than it knows", async () => {
    const { link } = await gateway("a");
    const start = Math.floor(NOW / DAY) * DAY;
    const row = (key: string, spent: bigint) => {
      const about = { name: "team", unit: "money", currency: "USD", period: `${DAY}` } as const;
      return { ...about, start, end: start + DAY, key, spent };
    };
    const rows = Array.from({ length: 450 }, (_, index) =>
      row(`k${String(index).padStart(3, "0")}`, 9_007_199_254_740_995n),
    );
    const told: number[] = [];
    const share = (identity: string, given: readonly ReturnType<typeof row>[] | null): Refill => {
      const shares = (_: number, after: { readonly key: string } | null, most: number) =>
        given?.filter(({ key }) => after === null || key > after.key).slice(0, most) ?? null;
      const refilled = (budgets: number): void => void told.push(budgets);
      return new Refill(link, { keys, book: { identity, shares }, now: () => NOW, passes: [0, 0], refilled });
    };
    const [one, other] = [share("a", rows), share("b", rows.slice(0, 1))];
    for (let round = 0; round < 3; round++) for (const refill of [one, other]) await refill.look();
    expect(told).toEqual([450, 1]);
    expect(await stands({}, "k000")).toEqual({ spent: "18014398509481990", committed: "18014398509481990" });
    // It has told less lately, and somebody more: nothing changes, or what is missing is added.
    const less = share("a", [row("k000", 5n), row("k001", 9_007_199_254_740_999n)]);
    await less.look();
    expect(await stands({}, "k000")).toMatchObject({ spent: "18014398509481990" });
    expect(await stands({}, "k001")).toMatchObject({ spent: "9007199254740999" });
    // Nothing is told as long as earlier calls are not.
    await redis.ask(["FLUSHALL"]);
    await share("a", null).look();
    expect(await redis.ask(["KEYS", "*:budget:*"])).toEqual([]);
    // What is missing is seen without another connection.
    await one.look();
    expect(await stands({}, "k449")).toMatchObject({ spent: "9007199254740995" });
  });

  it("warns of a Redis that may drop keys", async () => {
    await redis.ask(["CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lru"]);
    const { link } = await gateway("a");
    const events: string[] = [];
    const book = { identity: "a", untold: () => new Map(), told: () => {}, shares: () => [] };
    const keeper = new RedisKeeper(link, {
      keys,
      book,
      lives: () => true,
      now: () => NOW,
      log: (event) => void events.push(event),
    });
    opened.push(keeper);
    await keeper.look();
    expect(events).toEqual(["evicting"]);
    await redis.ask(["CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction"]);
  });
});
