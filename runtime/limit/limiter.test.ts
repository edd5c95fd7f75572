import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Limiter } from "../abi.ts";
import { createTableMemory, LimitTable, Limits } from "./index.ts";
import { sipHash128, TextMessage } from "./siphash.ts";

const KEY = Int32Array.of(1, 2, 3, 4);
const SECOND = 1_000_000_000n;
const START = 5n * SECOND;

interface Bench {
  readonly limits: Limits;
  readonly table: LimitTable;
  now: bigint;
}

function bench(slots = 64, memory = createTableMemory(slots, KEY), thread = 0): Bench {
  const table = new LimitTable(memory, thread);
  const made: Bench = { limits: new Limits(table, () => made.now), table, now: START };
  return made;
}

const perSecond = (count: number) => ({ count, per: 1000 });
const perHour = (count: number) => ({ count, per: 3_600_000 });

/** How many of so many calls are admitted. */
function admitted(limiter: Limiter, calls: number, key = "", rate = perHour(5), burst = rate.count): number {
  let count = 0;
  for (let call = 0; call < calls; call++) if (limiter.take(key, rate, burst, 1)) count++;
  return count;
}

describe("a limiter", () => {
  it("admits the burst, then the rate", () => {
    const on = bench();
    const limiter = on.limits.limiter("x", "deny");
    expect(admitted(limiter, 20, "a", perSecond(10), 4)).toBe(4);
    on.now += SECOND / 10n - 1n;
    expect(admitted(limiter, 5, "a", perSecond(10), 4)).toBe(0);
    on.now += 1n;
    expect(admitted(limiter, 5, "a", perSecond(10), 4)).toBe(1);
    on.now += 60n * SECOND;
    expect(admitted(limiter, 20, "a", perSecond(10), 4)).toBe(4);
  });

  it("tells what is left, when all of it is back, and when to come again", () => {
    const on = bench();
    const limiter = on.limits.limiter("x", "deny");
    const seen = (cost: number) => [
      limiter.take("a", perHour(6), 6, cost),
      limiter.remaining,
      limiter.reset,
      limiter.retryAfter,
    ];
    expect(seen(4)).toEqual([true, 2, 2400, 0]);
    expect(seen(3)).toEqual([false, 2, 2400, 600]);
    expect(seen(2)).toEqual([true, 0, 3600, 600]);
    on.now += 1n;
    expect(seen(1)).toEqual([false, 0, 3600, 600]);
    on.now += 599n * SECOND;
    expect(seen(1)).toEqual([false, 0, 3001, 1]);
    expect(seen(7)).toEqual([false, 0, 3001, 0]);
    expect(seen(0)).toEqual([true, 0, 3001, 0]);
  });

  it("counts each identity, key, rate and burst apart, and generations that ask for the same together", () => {
    const { limits } = bench(1024);
    const limiter = limits.limiter("x", "deny");
    expect(admitted(limiter, 9, "a")).toBe(5);
    expect(admitted(limiter, 9, "b")).toBe(5);
    expect(admitted(limiter, 9, "a", perHour(6))).toBe(6);
    expect(admitted(limiter, 9, "a", perHour(5), 2)).toBe(2);
    expect(admitted(limits.limiter("y", "deny"), 9, "a")).toBe(5);
    expect(admitted(limits.limiter("x", "deny"), 9, "a")).toBe(0);
    expect(limits.counts.get("x")).toEqual({ admitted: 18, limited: 27, full: 0 });
  });

  it("does what a simulation of the rule does, whatever comes when", () => {
    const calls = fc.array(
      fc.record({
        wait: fc.oneof(fc.nat(3), fc.nat(2_000_000_000), fc.nat(1_000_000_000_000)),
        key: fc.constantFrom("a", "b", "日"),
        cost: fc.nat(4),
      }),
      { maxLength: 60 },
    );
    const rate = fc.record({ count: fc.integer({ min: 1, max: 5000 }), per: fc.constantFrom(1000, 60_000, 3_600_000) });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 20 }), calls, (limit, burst, list) => {
        const on = bench();
        const limiter = on.limits.limiter("x", "deny");
        const model = new Map<string, bigint>();
        for (const { wait, key, cost } of list) {
          on.now += BigInt(wait);
          // As the rule is written (ITU-T I.371): T between units, τ ahead of time.
          const interval = BigInt(Math.ceil((limit.per * 1e6) / limit.count));
          const tolerance = BigInt(burst - 1) * interval;
          const before = model.get(key) ?? 0n;
          const next = (before > on.now ? before : on.now) + BigInt(cost) * interval;
          const expected = cost === 0 || next - on.now <= tolerance + interval;
          if (expected) model.set(key, next);
          expect(limiter.take(key, limit, burst, cost)).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never admits more than burst and rate together in any stretch of time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.nat(300_000_000), { maxLength: 200 }),
        (burst, waits) => {
          const on = bench();
          const limiter = on.limits.limiter("x", "deny");
          const times: bigint[] = [];
          for (const wait of waits) {
            on.now += BigInt(wait);
            if (limiter.take("a", perSecond(10), burst, 1)) times.push(on.now);
          }
          for (const [first, from] of times.entries()) {
            for (let last = first; last < times.length; last++) {
              const stretch = (times[last] ?? 0n) - from;
              expect(last - first + 1).toBeLessThanOrEqual(burst + Number(stretch / (SECOND / 10n)));
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

/** In a table of 4096 slots under `KEY`, for the limit "x" of 1/h: as only who knows the secret can tell. */
function regionOf(text: string): number {
  const hash = (key: Int32Array, value: string): Int32Array => {
    const message = new TextMessage();
    message.set(value);
    const out = new Int32Array(4);
    sipHash128(key, message.words, message.length, out);
    return out;
  };
  return (hash(hash(KEY, "x\n1/3600000/1"), text)[3] ?? 0) & (4096 / 64 - 1);
}

describe("the table", () => {
  it("refuses new keys when it is full, or lets them pass, and counts them; keys that are there go on", () => {
    const { limits, table } = bench(64);
    const strict = limits.limiter("strict", "deny");
    const kind = limits.limiter("kind", "allow");
    let room = 0;
    while (strict.take(`key ${room}`, perHour(2), 2, 1)) room++;
    expect(room).toBe(table.slots);
    expect([strict.remaining, strict.retryAfter]).toEqual([0, 1]);
    expect(kind.take("new", perHour(2), 2, 1)).toBe(true);
    expect(strict.take("key 0", perHour(2), 2, 1)).toBe(true);
    expect(strict.take("key 0", perHour(2), 2, 1)).toBe(false);
    expect(limits.counts.get("strict")).toEqual({ admitted: 65, limited: 1, full: 1 });
    expect(limits.counts.get("kind")).toEqual({ admitted: 0, limited: 0, full: 1 });
  });

  it("gives the place of a key whose time has passed to another, and only then", () => {
    const on = bench(64);
    const limiter = on.limits.limiter("x", "deny");
    for (let key = 0; key < 64; key++) limiter.take(`old ${key}`, perHour(1), 1, 1);
    on.now += 3599n * SECOND;
    expect(limiter.take("new", perHour(1), 1, 1)).toBe(false);
    on.now += SECOND;
    for (let key = 0; key < 64; key++) expect(limiter.take(`new ${key}`, perHour(1), 1, 1)).toBe(true);
    for (let key = 0; key < 64; key++) expect(limiter.take(`new ${key}`, perHour(1), 1, 1)).toBe(false);
    expect(limiter.take("old 3", perHour(1), 1, 1)).toBe(false);
  });

  it("spreads keys: half full, hardly one is without a place", () => {
    const { limits, table } = bench(65_536);
    const limiter = limits.limiter("x", "deny");
    let lost = 0;
    for (let key = 0; key < table.slots / 2; key++)
      if (!limiter.take(`10.0.${key >> 8}.${key & 255}`, perHour(1), 1, 1)) lost++;
    expect(lost).toBe(0);
  });

  it("hides where keys stand: who does not know its secret fills no region on purpose", () => {
    // 64 keys that all share a region under one secret are spread under another.
    const chosen: string[] = [];
    for (let index = 0; chosen.length < 80; index++) if (regionOf(`k${index}`) === 0) chosen.push(`k${index}`);
    const refused = (secret: Int32Array) => {
      const limiter = new Limits(new LimitTable(createTableMemory(4096, secret), 0), () => START).limiter("x", "deny");
      return chosen.filter((key) => !limiter.take(key, perHour(1), 1, 1)).length;
    };
    expect(refused(KEY)).toBe(16);
    expect(refused(Int32Array.of(5, 6, 7, 8))).toBe(0);
  });

  it("gives back what a dead thread held", () => {
    const memory = createTableMemory(64, KEY);
    const on = bench(64, memory);
    const limiter = on.limits.limiter("x", "deny");
    limiter.take("a", perHour(2), 2, 1);
    // As if thread 7 had died while it wrote a slot: its number in the lock, a slot claimed.
    new Int32Array(memory, 32, 1)[0] = 8;
    expect(limiter.take("a", perHour(2), 2, 1)).toBe(true);
    expect(limiter.take("b", perHour(2), 2, 1)).toBe(false);
    expect(on.limits.counts.get("x")?.full).toBe(1);
    on.table.release(7);
    expect(limiter.take("b", perHour(2), 2, 1)).toBe(true);
  });
});
