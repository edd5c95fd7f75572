import { describe, expect, it } from "vitest";
import type { Endpoint } from "./endpoint.ts";
import { Keeper } from "./keeper.ts";
import { createTableLayout, EJECTED, SharedTable, SLOW, UNHEALTHY } from "./shared-table.ts";
import { ownSurroundings } from "./surroundings.ts";
import { endpointsOf } from "./testing/endpoints.ts";

const EJECT = { requests: 5, within: 10_000, time: 10_000, longest: 30_000, slow: true };

class Pool {
  now = 1_000_000;
  readonly events: string[] = [];
  readonly endpoints: Endpoint[];
  /** The same endpoints as another thread has them. */
  readonly elsewhere: Endpoint[];
  readonly keeper: Keeper;

  constructor(count: number, slowStart = 0) {
    const layout = createTableLayout(2, 16);
    const of = (thread: number) => ({
      ...ownSurroundings(),
      now: () => this.now,
      table: new SharedTable(layout, thread),
    });
    const changes = { eject: EJECT, slowStart };
    const counts = Array(count).fill(0);
    this.endpoints = endpointsOf(counts, of(0), undefined, changes);
    this.elsewhere = endpointsOf(counts, of(1), undefined, changes);
    const configuration = {
      name: "s",
      endpoints: [],
      balance: "least_requests",
      timeout: 1,
      connectTimeout: 1,
      idle: 1,
      connections: 1,
      answerLimit: 1,
      preserveHost: false,
      ...changes,
    } as const;
    const note = (_: string, event: string): void => {
      this.events.push(event.replace("upstream.", ""));
    };
    this.keeper = new Keeper(configuration, this.endpoints, { ...of(0), note });
    this.keeper.tick();
  }

  /** So many requests for each endpoint in each thread, the first one's failing, and a second goes by. */
  second(requests: number, failing = true): void {
    for (const endpoints of [this.endpoints, this.elsewhere]) {
      endpoints.forEach((endpoint, index) => {
        for (let one = 0; one < requests; one++) endpoint.observe(index === 0 && failing ? "bad" : "good", 1);
      });
    }
    this.pass(1000);
  }

  /** As `second`, with answers after so many milliseconds from each endpoint; negative: failures. */
  answers(requests: number, ...milliseconds: number[]): void {
    for (const endpoints of [this.endpoints, this.elsewhere]) {
      endpoints.forEach((endpoint, index) => {
        const time = milliseconds[index]!;
        for (let one = 0; one < requests; one++) endpoint.observe(time < 0 ? "bad" : "good", Math.abs(time));
      });
    }
    this.pass(1000);
  }

  pass(milliseconds: number): void {
    for (let gone = 0; gone < milliseconds; gone += 1000) {
      this.now += 1000;
      this.keeper.tick();
    }
  }

  get shares(): number[] {
    return this.elsewhere.map(({ share }) => share);
  }
}

describe("the keeper", () => {
  it("ejects one that fails, by what all threads saw, for longer each time", () => {
    const pool = new Pool(2);
    pool.second(3);
    expect(pool.shares).toEqual([0, 1]);
    expect(pool.elsewhere[0]!.shared.reasons).toBe(EJECTED);
    const spans: number[] = [];
    for (let round = 0; round < 4; round++) {
      let span = 0;
      for (; pool.shares[0] === 0; span++) pool.pass(1000);
      spans.push(span);
      pool.second(3);
    }
    expect(spans).toEqual([10, 20, 30, 30]);
    expect(pool.endpoints[0]!.counters.ejections.failing).toBe(5);
    expect(pool.events.slice(0, 3)).toEqual(["ejected", "returned", "ejected"]);
  });

  it("forgives: after as long without another, the next ejection is short again", () => {
    const pool = new Pool(2);
    pool.second(3);
    pool.pass(10_000);
    pool.second(3);
    pool.pass(20_000);
    expect(pool.shares[0]).toBe(1);
    for (let round = 0; round < 40; round++) pool.second(3, false);
    pool.second(30);
    expect(pool.shares[0]).toBe(0);
    pool.pass(10_000);
    expect(pool.shares[0]).toBe(1);
  });

  it("ejects nobody for too few requests, nor for old ones", () => {
    const pool = new Pool(2);
    for (let round = 0; round < 3; round++) {
      pool.second(2);
      pool.pass(11_000);
    }
    expect(pool.shares).toEqual([1, 1]);
  });

  it("gives one that comes back its share little by little", () => {
    const pool = new Pool(2, 10_000);
    pool.second(3);
    pool.pass(10_000);
    const shares = Array.from({ length: 12 }, () => {
      const [share] = pool.shares;
      pool.pass(1000);
      return share;
    });
    expect(shares.map((share) => Math.round(share! * 10))).toEqual([1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]);
  });

  it("takes all from one that is unwell, and gives it back slowly", () => {
    const pool = new Pool(3, 10_000);
    pool.keeper.judge(1, false);
    pool.keeper.judge(1, false);
    expect(pool.shares).toEqual([1, 0, 1]);
    expect(pool.elsewhere[1]!.shared.reasons).toBe(UNHEALTHY);
    pool.keeper.judge(1, true);
    expect(pool.shares).toEqual([1, 0.1, 1]);
    expect(pool.events).toEqual(["unhealthy", "healthy"]);
  });
});

describe("slowness", () => {
  it("is left alone, by what all threads saw, and looked at again", () => {
    const pool = new Pool(3);
    pool.answers(3, 5, 200, 6);
    // Not sure yet.
    expect(pool.shares).toEqual([1, 1, 1]);
    pool.answers(3, 5, 200, 6);
    expect(pool.shares).toEqual([1, 0, 1]);
    expect(pool.elsewhere[1]!.shared.reasons).toBe(EJECTED | SLOW);
    expect(pool.endpoints[1]!.counters.ejections).toEqual({ failing: 0, slow: 1 });
    pool.pass(10_000);
    expect(pool.shares).toEqual([1, 1, 1]);
    // Once known, it takes less.
    pool.answers(3, 5, 200, 6);
    expect(pool.shares).toEqual([1, 0, 1]);
    pool.pass(20_000);
    for (let round = 0; round < 3; round++) pool.answers(5, 5, 5, 6);
    expect(pool.shares).toEqual([1, 1, 1]);
  });

  it("is one in three beside another that fails; nobody is left alone for what all do", () => {
    const pool = new Pool(3);
    for (let round = 0; round < 3; round++) pool.answers(5, 5, 200, -5);
    expect(pool.shares).toEqual([1, 0, 0]);
    const slow = new Pool(3);
    for (let round = 0; round < 5; round++) slow.answers(5, 200, 220, 180);
    slow.answers(5, 5, 8, 12);
    expect(slow.shares).toEqual([1, 1, 1]);
  });

  it("makes room for failing: three of ten are always asked", () => {
    const pool = new Pool(4);
    for (let round = 0; round < 3; round++) pool.answers(5, 5, 5, 200, 200);
    expect(pool.shares).toEqual([1, 1, 0, 0]);
    for (let round = 0; round < 3; round++) pool.answers(5, 5, -5, 200, 200);
    expect(pool.shares.filter((share) => share > 0).length).toBe(2);
    expect(pool.shares.slice(0, 2)).toEqual([1, 0]);
    const two = new Pool(2);
    for (let round = 0; round < 3; round++) two.answers(5, 5, 200);
    expect(two.shares).toEqual([1, 0]);
    for (let round = 0; round < 3; round++) two.answers(5, -5, 200);
    expect(two.shares).toEqual([0, 1]);
  });

  it("is what a hedge overtook, however soon it was given up", () => {
    const pool = new Pool(2);
    for (const endpoint of pool.endpoints) for (let one = 0; one < 12; one++) endpoint.observe("good", 5);
    for (let one = 0; one < 12; one++) pool.elsewhere[1]!.overtaken(9);
    pool.pass(1000);
    expect(pool.shares).toEqual([1, 0]);
  });
});
