/** Limits in a real Redis: several gateways share them exactly, whatever happens to Redis and to the gateways. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FakeExchange } from "../../../test/fakes/exchange.ts";
import { REDIS_SERVER, RedisServer } from "../../../test/fakes/redis-server.ts";
import type { Entered, Taken } from "../../abi.ts";
import { giveBackAll } from "../../http/held.ts";
import { loadRedis } from "../../redis/client.ts";
import { RedisLink } from "../../redis/link.ts";
import { tagOf } from "../../redis/tag.ts";
import {
  Concurrency,
  createPermitMemory,
  createTableMemory,
  LimitTable,
  Limits,
  newTableKey,
  PermitTable,
} from "../index.ts";
import { SharedPlaces } from "./places.ts";
import { Questions } from "./questions.ts";
import { SharedRates } from "./rates.ts";

if (REDIS_SERVER === null) process.stderr.write("redis-server is not installed: limits over machines are left out\n");

const HOUR = 3_600_000;
const perHour = (count: number) => ({ count, per: HOUR });

let redis: RedisServer;
const opened: { close(): unknown }[] = [];
beforeAll(async () => {
  if (REDIS_SERVER !== null) redis = await new RedisServer("--appendonly", "no").start();
});
afterAll(() => redis?.remove());
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await redis?.ask(["FLUSHALL"]);
});

interface Gateway {
  readonly rates: SharedRates;
  readonly places: SharedPlaces;
  readonly link: RedisLink;
  /** Scripts that Redis was asked to run. */
  scripts(): number;
  /** The clock of what is remembered here. */
  clock(): number;
}

interface Given {
  readonly whenAway?: "refuse" | "allow";
  readonly url?: string;
  readonly timeout?: number;
  readonly lease?: number;
}

async function gateway({ whenAway = "refuse", url = redis.url, timeout = 5000, lease }: Given = {}): Promise<Gateway> {
  const begin = tagOf("test");
  const questions = new Questions();
  const clock = (): number => performance.now();
  const limits = new Limits(new LimitTable(createTableMemory(1024, newTableKey()), 0));
  const permits = new PermitTable(createPermitMemory(1024, 1, newTableKey()), 0);
  const rates = new SharedRates({ questions, begin, whenAway, alone: limits, clock });
  const places = new SharedPlaces({
    begin,
    whenAway,
    alone: new Concurrency(permits),
    ...(lease !== undefined && { lease }),
  });
  let count = 0;
  let tried = (): void => {};
  const ready = new Promise<void>((resolve) => {
    tried = resolve;
  });
  const link: RedisLink = new RedisLink({
    url,
    timeout,
    create: loadRedis(),
    connected: () => {
      places.connected();
      tried();
    },
    state: () => tried(),
  });
  const counted = {
    get ready() {
      return link.ready;
    },
    ask: link.ask.bind(link),
    run: (...about: Parameters<RedisLink["run"]>) => {
      count++;
      return link.run(...about);
    },
  };
  questions.use(counted);
  places.use(counted);
  opened.push(rates, places, link);
  await ready;
  return { rates, places, link, scripts: () => count, clock };
}

function limiter({ rates }: Gateway, how: "exact" | "leased" = "exact", whenAway: "refuse" | "allow" | null = null) {
  return rates.limiter("x", { how, whenAway, whenFull: "deny" });
}

const admitted = (all: readonly Taken[]): number => all.filter((one) => one.admitted).length;

describe.skipIf(REDIS_SERVER === null)("a rate that gateways share", () => {
  it("1,000 requests at once over two gateways: exactly the limit, in a few scripts", async () => {
    const gateways = [await gateway(), await gateway()];
    const limiters = gateways.map((one) => limiter(one));
    const all = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => limiters[index % 2]!.take("a", perHour(100), 100, 1)),
    );
    expect(admitted(all)).toBe(100);
    expect(gateways.map((one) => one.scripts())).toEqual([2, 2]);
    // Refused: nobody is asked for as long as it cannot be otherwise.
    expect(limiters[0]!.take("a", perHour(100), 100, 1)).toMatchObject({ admitted: false, remaining: 0 });
    expect(gateways[0]!.scripts()).toBe(2);
    expect(gateways[0]!.rates.counts.get("x")).toEqual({
      admitted: expect.any(Number),
      limited: expect.any(Number),
      away: 0,
    });
  });

  it("tells what is left over all gateways, when all of it is back, and when to come again", async () => {
    const [one, other] = [limiter(await gateway()), limiter(await gateway())];
    const first = await one.take("a", perHour(6), 6, 4);
    expect(first).toEqual({ admitted: true, away: false, remaining: 2, reset: 2400, retryAfter: 0 });
    expect(await other.take("a", perHour(6), 6, 3)).toMatchObject({ admitted: false, remaining: 2, retryAfter: 600 });
    expect(await other.take("a", perHour(6), 6, 2)).toMatchObject({ admitted: true, remaining: 0, reset: 3600 });
    expect(await one.take("a", perHour(6), 6, 0)).toMatchObject({ admitted: true, remaining: 0 });
    expect(await one.take("a", perHour(6), 6, 7)).toMatchObject({ admitted: false, retryAfter: 0 });
    // Another rate, burst, key, or way of sharing counts apart.
    expect(await one.take("a", perHour(6), 5, 1)).toMatchObject({ admitted: true, remaining: 4 });
    expect(await one.take("b", perHour(6), 6, 1)).toMatchObject({ admitted: true, remaining: 5 });
  });

  it("counts by Redis's clock, forgets who owes nothing, and takes no harm from a value that is none", async () => {
    const one = limiter(await gateway());
    const fast = { count: 1_000_000, per: 1000 };
    expect(await one.take("a", fast, 10, 10)).toMatchObject({ admitted: true });
    const names = await redis.ask(["KEYS", "vgw:{test}:rate:*"]);
    expect(names).toSatisfy((all: unknown) => Array.isArray(all) && all.length <= 1);
    expect(await one.take("b", perHour(1), 1, 1)).toMatchObject({ admitted: true });
    const [name] = (await redis.ask(["KEYS", "vgw:{test}:rate:*"])) as string[];
    expect(Number(await redis.ask(["PTTL", name!]))).toBeGreaterThan(HOUR - 60_000);
    // No word of a key stands in Redis.
    expect(name).toMatch(/^vgw:\{test\}:rate:[\w-]{22}$/);
    await redis.ask(["SET", name!, "nonsense"]);
    const other = limiter(await gateway());
    expect(await other.take("b", perHour(1), 1, 1)).toMatchObject({ admitted: true });
    // A time from another century locks nobody out for longer than the limit can.
    await redis.ask(["SET", name!, "9999999999.0"]);
    expect(await other.take("b", perHour(1), 1, 1)).toMatchObject({ admitted: false, retryAfter: 3600 });
  });

  it("leased: never more than the limit over all gateways, most requests ask nobody, and what is not used comes back", async () => {
    const gateways = [await gateway(), await gateway()];
    const limiters = gateways.map((one) => limiter(one, "leased"));
    const rate = { count: 3000, per: HOUR };
    let passed = 0;
    let asked = 0;
    for (let round = 0; round < 100; round++) {
      const before = gateways.map((one) => one.scripts());
      for (const one of limiters) {
        for (let request = 0; request < 20; request++) {
          const taken = one.take("a", rate, 2000, 1);
          if (taken instanceof Promise) asked++;
          if ((await taken).admitted) passed++;
        }
      }
      expect(before.length).toBe(2);
    }
    expect(passed).toBeLessThanOrEqual(2000 + 1);
    expect(asked).toBeLessThan(2000);
    // The rest is had once leases that nobody uses are over.
    await expect
      .poll(
        async () => {
          for (const one of limiters) while ((await one.take("a", rate, 2000, 1)).admitted) passed++;
          return passed;
        },
        { timeout: 15_000, interval: 200 },
      )
      .toBeGreaterThanOrEqual(2000);
    // What the rate gives in that time on top.
    expect(passed).toBeLessThanOrEqual(2000 + 20);
  });

  it("leased: 1,000 at once over two gateways never pass the limit, and a demand beyond the burst takes nothing", async () => {
    const limiters = [limiter(await gateway(), "leased"), limiter(await gateway(), "leased")];
    const all = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => limiters[index % 2]!.take("a", perHour(100), 100, 1)),
    );
    expect(admitted(all)).toBe(100);
    expect(await limiters[0]!.take("b", perHour(10), 10, 11)).toMatchObject({
      admitted: false,
      remaining: 10,
      retryAfter: 0,
    });
    expect(await limiters[1]!.take("b", perHour(10), 10, 10)).toMatchObject({ admitted: true, remaining: 0 });
  });

  it("away: refuses, or counts alone, as the program or the limit says; and goes on when Redis is back", async () => {
    const server = await new RedisServer("--appendonly", "no").start();
    try {
      const strict = await gateway({ url: server.url });
      const kind = await gateway({ url: server.url, whenAway: "allow" });
      const refuse = limiter(strict);
      const allow = limiter(kind);
      const mixed = limiter(strict, "leased", "allow");
      expect((await allow.take("a", perHour(3), 3, 1)).admitted).toBe(true);
      await server.kill();
      const seen = async (one: ReturnType<typeof limiter>) => (await one.take("a", perHour(3), 3, 1)).admitted;
      expect(await refuse.take("a", perHour(3), 3, 1)).toEqual({
        admitted: false,
        away: true,
        remaining: 0,
        reset: 0,
        retryAfter: 1,
      });
      // It goes on with what it has counted itself.
      expect([await seen(allow), await seen(allow), await seen(allow)]).toEqual([true, true, false]);
      expect([await seen(mixed), await seen(mixed), await seen(mixed), await seen(mixed)]).toEqual([
        true,
        true,
        true,
        false,
      ]);
      expect(strict.rates.counts.get("x")!.away).toBe(1);
      await server.start();
      await expect.poll(async () => (await refuse.take("b", perHour(3), 3, 1)).away, { timeout: 15_000 }).toBe(false);
    } finally {
      await server.remove();
    }
  });
});

describe.skipIf(REDIS_SERVER === null)("a concurrency limit that gateways share", () => {
  const enter = async ({ places }: Gateway, exchange: FakeExchange, key = "a", most = 5): Promise<Entered> =>
    places.limiter("x", { whenAway: null, whenFull: "deny" }).enter(exchange, key, most);

  async function many(gateways: readonly Gateway[], count: number, key = "a", most = 5): Promise<FakeExchange[]> {
    const exchanges = Array.from({ length: count }, () => new FakeExchange());
    const all = await Promise.all(
      exchanges.map((one, index) => enter(gateways[index % gateways.length]!, one, key, most)),
    );
    return exchanges.filter((_, index) => all[index] === "inside");
  }

  it("never has more inside than it says, over all gateways; what ends makes room, a request counts once", async () => {
    const gateways = [await gateway(), await gateway()];
    const inside = await many(gateways, 1000);
    expect(inside.length).toBe(5);
    expect(await enter(gateways[0]!, inside[0]!)).toBe("inside");
    expect((await many(gateways, 10)).length).toBe(0);
    expect((await many(gateways, 10, "b")).length).toBe(5);
    giveBackAll(inside[0]!);
    giveBackAll(inside[1]!);
    await expect.poll(async () => (await many(gateways, 4)).length).toBeGreaterThan(0);
    expect(gateways.reduce((sum, { places }) => sum + places.counts.get("x")!.inside, 0)).toBeLessThanOrEqual(10);
  });

  it("who left before it was let in leaves nothing behind", async () => {
    const one = await gateway();
    const exchange = new FakeExchange();
    const entered = enter(one, exchange, "a", 1);
    giveBackAll(exchange);
    await entered;
    await expect.poll(async () => (await many([one], 1, "a", 1)).length).toBe(1);
    expect(await enter(one, exchange)).toBe("refused");
  });

  it("what a gateway had inside that shows no sign of life comes back after its lease, and not before", async () => {
    const [dying, living] = [await gateway({ lease: 1000 }), await gateway({ lease: 1000 })];
    expect((await many([dying], 5)).length).toBe(5);
    expect((await many([living], 5)).length).toBe(0);
    // Signs of life keep it.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await many([living], 5)).length).toBe(0);
    dying.link.close();
    await expect.poll(async () => (await many([living], 5)).length, { timeout: 15_000 }).toBe(5);
  });

  it("states again what Redis has forgotten", async () => {
    const gateways = [await gateway({ lease: 1000 }), await gateway({ lease: 1000 })];
    expect((await many([gateways[0]!], 5)).length).toBe(5);
    await redis.ask(["FLUSHALL"]);
    await expect
      .poll(async () => String(await redis.ask(["KEYS", "vgw:{test}:inside:*"])), { timeout: 15_000 })
      .toMatch(/inside/);
    expect((await many([gateways[1]!], 5)).length).toBe(0);
  });

  it("away: refuses or counts alone; who was inside before counts, and is told when Redis is back", async () => {
    const server = await new RedisServer("--appendonly", "no").start();
    try {
      const strict = await gateway({ url: server.url });
      const kind = await gateway({ url: server.url, whenAway: "allow" });
      const before = await many([kind], 2);
      expect(before.length).toBe(2);
      await server.kill();
      expect(await enter(strict, new FakeExchange())).toBe("away");
      const alone = await many([kind], 9);
      expect(alone.length).toBe(3);
      await server.start();
      await expect
        .poll(async () => kind.link.ready && strict.link.ready && (await enter(strict, new FakeExchange(), "other")), {
          timeout: 15_000,
        })
        .toBe("inside");
      // Until the other one has stated what it has, there seems to be room.
      await expect
        .poll(
          async () => {
            const exchange = new FakeExchange();
            const entered = await enter(strict, exchange);
            giveBackAll(exchange);
            return entered;
          },
          { timeout: 15_000 },
        )
        .toBe("refused");
      for (const one of [...before, ...alone]) giveBackAll(one);
      let free = 0;
      await expect.poll(async () => (free += (await many([strict], 5)).length), { timeout: 15_000 }).toBe(5);
    } finally {
      await server.remove();
    }
  });
});
