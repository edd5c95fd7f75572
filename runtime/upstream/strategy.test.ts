import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Endpoint } from "./endpoint.ts";
import { FULL_SCAN_LIMIT } from "./least.ts";
import { LeastRequests } from "./least-requests.ts";
import { PENALTY, PeakEwma } from "./peak-ewma.ts";
import { Rendezvous } from "./rendezvous.ts";
import { RoundRobin } from "./round-robin.ts";
import { createTableLayout, SharedTable } from "./shared-table.ts";
import type { Strategy } from "./strategy.ts";
import { endpointsOf, seeded } from "./testing/endpoints.ts";

const few = fc.array(fc.nat(6), { minLength: 1, maxLength: FULL_SCAN_LIMIT });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** How many of so many attempts each endpoint got, each begun and none ended. */
function spread(strategy: Strategy, endpoints: readonly Endpoint[], count: number, begin: boolean): number[] {
  const hits = endpoints.map(() => 0);
  for (let round = 0; round < count; round++) {
    const endpoint = strategy.choose(endpoints, 1e6, null)!;
    if (begin) endpoint.enter();
    hits[endpoints.indexOf(endpoint)]!++;
  }
  return hits;
}

describe("least requests", () => {
  it("of few endpoints takes one with the fewest, or none if all are full", () => {
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 8 }), random, (counts, limit, drawn) => {
        const chosen = new LeastRequests(() => drawn).choose(endpointsOf(counts), limit);
        const fewest = Math.min(...counts);
        if (fewest >= limit) expect(chosen).toBeNull();
        else expect(chosen?.inFlight).toBe(fewest);
      }),
    );
  });

  it("spreads ties evenly", () => {
    const hits = spread(new LeastRequests(seeded(42)), endpointsOf([1, 0, 0, 2, 0]), 3000, false);
    expect([hits[0], hits[3]]).toEqual([0, 0]);
    for (const index of [1, 2, 4]) expect(Math.abs(hits[index]! - 1000)).toBeLessThan(120);
  });

  it("gives each as much as its weight", () => {
    expect(spread(new LeastRequests(seeded(1)), endpointsOf([0, 0, 0], {}, [3, 1, 1]), 500, true)).toEqual([
      300, 100, 100,
    ]);
  });

  it("of many endpoints takes the better of two distinct ones", () => {
    const counts = Array.from({ length: FULL_SCAN_LIMIT + 1 }, (_, index) => index);
    const endpoints = endpointsOf(counts);
    fc.assert(
      fc.property(random, random, (one, other) => {
        const draws = [one, other];
        const chosen = new LeastRequests(() => draws.shift()!).choose(endpoints, 1000)!;
        const first = Math.floor(one * counts.length);
        const second = (first + 1 + Math.floor(other * (counts.length - 1))) % counts.length;
        expect(second).not.toBe(first);
        expect(chosen.inFlight).toBe(Math.min(first, second));
      }),
    );
  });

  it("of many endpoints finds the one with room even when two draws do not", () => {
    const endpoints = endpointsOf(Array.from({ length: FULL_SCAN_LIMIT + 1 }, (_, index) => (index === 40 ? 0 : 5)));
    expect(new LeastRequests(() => 0).choose(endpoints, 5)).toBe(endpoints[40]);
  });

  it("counts what other threads have under way, and no more what an ended one had", () => {
    const layout = createTableLayout(2, 16);
    const here = endpointsOf([0, 0], { table: new SharedTable(layout, 0) });
    const there = endpointsOf([2, 0], { table: new SharedTable(layout, 1) });
    const strategy = new LeastRequests(seeded(7));
    here[1]!.enter();
    expect(strategy.choose(here, 9)).toBe(here[1]);
    expect(strategy.choose(there, 9)).toBe(there[1]);
    new SharedTable(layout).clearThread(1);
    expect(strategy.choose(here, 9)).toBe(here[0]);
  });
});

describe("round robin", () => {
  it("goes round", () => {
    const endpoints = endpointsOf([5, 0, 3]);
    const strategy = new RoundRobin(seeded(3));
    const order = Array.from({ length: 9 }, () => endpoints.indexOf(strategy.choose(endpoints, 9)!));
    expect(new Set(order.slice(0, 3)).size).toBe(3);
    expect(order.slice(3)).toEqual([...order.slice(0, 3), ...order.slice(0, 3)]);
  });

  it("gives each as much as its weight, and spreads it over the round", () => {
    const endpoints = endpointsOf([0, 0], {}, [3, 1]);
    const strategy = new RoundRobin(seeded(3));
    const order = Array.from({ length: 400 }, () => endpoints.indexOf(strategy.choose(endpoints, 9)!)).join("");
    expect([...order].filter((one) => one === "1").length).toBe(100);
    expect(order).not.toContain("11");
    expect(order).not.toContain("0000");
  });

  it("leaves out who is full", () => {
    const endpoints = endpointsOf([2, 0]);
    const strategy = new RoundRobin(seeded(3));
    for (let round = 0; round < 5; round++) expect(strategy.choose(endpoints, 2)).toBe(endpoints[1]);
    expect(strategy.choose(endpointsOf([2, 2]), 2)).toBeNull();
  });
});

describe("hash", () => {
  const strategy = new Rendezvous(new LeastRequests(seeded(1)));
  const keys = Array.from({ length: 4000 }, (_, index) => `tenant-${index}`);
  const placed = (endpoints: readonly Endpoint[]): string[] =>
    keys.map((key) => strategy.choose(endpoints, 9, key)!.authority);

  it("is the same in every thread and spreads keys by weight", () => {
    const endpoints = endpointsOf([0, 0, 0], {}, [2, 1, 1]);
    const places = placed(endpoints);
    expect(placed(endpointsOf([0, 0, 0], {}, [2, 1, 1]))).toEqual(places);
    const shares = endpoints.map(({ authority }) => places.filter((one) => one === authority).length / keys.length);
    for (const [index, share] of [0.5, 0.25, 0.25].entries())
      expect(Math.abs(shares[index]! - share)).toBeLessThan(0.03);
  });

  it("moves only the keys of an endpoint that goes, and those evenly", () => {
    const endpoints = endpointsOf([0, 0, 0, 0]);
    const before = placed(endpoints);
    const after = placed(endpoints.slice(1));
    const moved = keys.filter((_, index) => before[index] !== after[index]);
    expect(moved.length).toBe(before.filter((one) => one === endpoints[0]!.authority).length);
    const heirs = endpoints.slice(1).map(({ authority }) => {
      return keys.filter((_, index) => before[index] !== after[index] && after[index] === authority).length;
    });
    for (const heir of heirs) expect(Math.abs(heir / moved.length - 1 / 3)).toBeLessThan(0.06);
  });

  it("goes to the second where the first is full, and anywhere without a key", () => {
    const endpoints = endpointsOf([0, 0, 0]);
    const first = strategy.choose(endpoints, 1, "a")!;
    first.enter();
    const second = strategy.choose(endpoints, 1, "a")!;
    expect(second).not.toBe(first);
    expect(
      strategy.choose(
        endpoints.filter((one) => one !== first),
        1,
        "a",
      ),
    ).toBe(second);
    expect(strategy.choose(endpoints, 1, null)).not.toBe(first);
  });
});

describe("latency", () => {
  const at = (moment: { now: number }): { endpoints: Endpoint[]; strategy: PeakEwma } => {
    const now = (): number => moment.now;
    return { endpoints: endpointsOf([0, 0], { now }), strategy: new PeakEwma(now, seeded(5)) };
  };

  it("prefers the faster, by how many it has under way", () => {
    const { endpoints, strategy } = at({ now: 0 });
    endpoints[0]!.observe("good", 10);
    endpoints[1]!.observe("good", 50);
    expect(spread(strategy, endpoints, 60, true)).toEqual([50, 10]);
  });

  it("a slow answer counts at once, and is forgotten", () => {
    const moment = { now: 0 };
    const { endpoints, strategy } = at(moment);
    endpoints[0]!.observe("good", 10);
    endpoints[1]!.observe("good", 20);
    endpoints[0]!.observe("good", 400);
    expect(strategy.choose(endpoints, 9)).toBe(endpoints[1]);
    moment.now = 60_000;
    endpoints[1]!.observe("good", 20);
    expect(strategy.choose(endpoints, 9)).toBe(endpoints[0]);
  });

  it("a fast error does not look fast", () => {
    const { endpoints, strategy } = at({ now: 0 });
    endpoints[0]!.observe("refused", 1);
    endpoints[1]!.observe("good", PENALTY / 2);
    expect(strategy.choose(endpoints, 9)).toBe(endpoints[1]);
  });
});
