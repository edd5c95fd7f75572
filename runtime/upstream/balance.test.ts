import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UpstreamCounterSet } from "../observe/upstream-counters.ts";
import { Balancer, FULL_SCAN_LIMIT, leastRequests, type Waiting } from "./balance.ts";
import { Endpoint } from "./endpoint.ts";
import { createUndiciClient } from "./undici/client.ts";

function endpointsWith(inFlight: readonly number[]): Endpoint[] {
  const counters = new UpstreamCounterSet();
  return inFlight.map((count, index) => {
    const configuration = {
      name: "s",
      endpoints: [],
      balance: "least_requests",
      timeout: 1000,
      connectTimeout: 1000,
      idle: 1000,
      connections: 1,
      answerLimit: 1000,
      preserveHost: false,
    } as const;
    const endpoint = new Endpoint(`http://10.0.0.${index % 256}:80`, configuration, counters, createUndiciClient);
    endpoint.inFlight = count;
    return endpoint;
  });
}

const few = fc.array(fc.nat(6), { minLength: 1, maxLength: FULL_SCAN_LIMIT });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("leastRequests", () => {
  it("of few endpoints takes one with the fewest, or none if all are full", () => {
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 8 }), random, (counts, limit, drawn) => {
        const chosen = leastRequests(endpointsWith(counts), limit, () => drawn);
        const fewest = Math.min(...counts);
        if (fewest >= limit) expect(chosen).toBeNull();
        else expect(chosen?.inFlight).toBe(fewest);
      }),
    );
  });

  it("spreads ties evenly", () => {
    const endpoints = endpointsWith([1, 0, 0, 2, 0]);
    const hits = endpoints.map(() => 0);
    // A generator of its own (Lehmer's), so that the test always sees the same numbers.
    let seed = 42;
    const drawn = (): number => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let round = 0; round < 3000; round++) hits[endpoints.indexOf(leastRequests(endpoints, 9, drawn)!)]!++;
    expect([hits[0], hits[3]]).toEqual([0, 0]);
    for (const index of [1, 2, 4]) expect(Math.abs(hits[index]! - 1000)).toBeLessThan(120);
  });

  it("of many endpoints takes the better of two distinct ones", () => {
    const counts = Array.from({ length: FULL_SCAN_LIMIT + 1 }, (_, index) => index);
    const endpoints = endpointsWith(counts);
    fc.assert(
      fc.property(random, random, (one, other) => {
        const draws = [one, other];
        const chosen = leastRequests(endpoints, 1000, () => draws.shift()!)!;
        const first = Math.floor(one * counts.length);
        const second = (first + 1 + Math.floor(other * (counts.length - 1))) % counts.length;
        expect(second).not.toBe(first);
        expect(chosen.inFlight).toBe(Math.min(first, second));
      }),
    );
  });

  it("of many endpoints finds the one with room even when two draws do not", () => {
    const endpoints = endpointsWith(Array.from({ length: FULL_SCAN_LIMIT + 1 }, (_, index) => (index === 40 ? 0 : 5)));
    expect(leastRequests(endpoints, 5, () => 0)).toBe(endpoints[40]);
  });
});

describe("Balancer", () => {
  class Waiter implements Waiting {
    endpoint: Endpoint | null = null;
    granted(endpoint: Endpoint): void {
      this.endpoint = endpoint;
    }
  }

  it("serves those that wait in order, and never has more in flight than allowed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.constantFrom("acquire", "release", "leave"), { maxLength: 60 }),
        async (count, limit, steps) => {
          const balancer = new Balancer(endpointsWith(Array(count).fill(0)), limit);
          let holding: Endpoint[] = [];
          let waiting: Waiter[] = [];
          for (const step of steps) {
            if (step === "acquire") {
              const waiter = new Waiter();
              const result = balancer.acquire(waiter);
              if (result === "waiting") waiting.push(waiter);
              else if (result !== null) holding.push(result);
              else expect(waiting.length).toBe(count * limit);
            } else if (step === "release" && holding.length > 0) {
              balancer.release(holding.shift()!);
            } else if (step === "leave" && waiting.length > 0) {
              balancer.leave(waiting.pop()!);
            }
            await Promise.resolve();
            const served = waiting.filter(({ endpoint }) => endpoint !== null);
            expect(waiting.slice(0, served.length)).toEqual(served);
            holding = [...holding, ...served.map(({ endpoint }) => endpoint!)];
            waiting = waiting.slice(served.length);
            expect(balancer.inFlight).toBe(holding.length);
            expect(balancer.waiting).toBe(waiting.length);
            for (const endpoint of balancer.endpoints) expect(endpoint.inFlight).toBeLessThanOrEqual(limit);
            if (waiting.length > 0) expect(holding.length).toBe(count * limit);
          }
        },
      ),
    );
  });
});
