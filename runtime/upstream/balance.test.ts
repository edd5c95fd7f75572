import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Balancer, type Waiting } from "./balance.ts";
import type { Endpoint } from "./endpoint.ts";
import { LeastRequests } from "./least-requests.ts";
import { SharedTable } from "./shared-table.ts";
import { endpointsOf } from "./testing/endpoints.ts";

describe("Balancer", () => {
  class Waiter implements Waiting {
    endpoint: Endpoint | null = null;
    readonly key = null;
    readonly avoid: Endpoint | null;
    constructor(avoid: Endpoint | null = null) {
      this.avoid = avoid;
    }
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
          const table = new SharedTable();
          const endpoints = endpointsOf(Array(count).fill(0), { table });
          const balancer = new Balancer(endpoints, limit, new LeastRequests(Math.random), table);
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

  describe("of endpoints whose share is reduced", () => {
    const pool = (count: number): { table: SharedTable; endpoints: Endpoint[]; balancer: Balancer } => {
      const table = new SharedTable();
      const endpoints = endpointsOf(Array(count).fill(0), { table });
      return { table, endpoints, balancer: new Balancer(endpoints, 100, new LeastRequests(Math.random), table) };
    };
    const hits = (balancer: Balancer, count: number, avoid: Endpoint | null = null): number[] => {
      const got = balancer.endpoints.map(() => 0);
      for (let round = 0; round < count; round++) {
        const endpoint = balancer.acquire(new Waiter(avoid)) as Endpoint;
        got[balancer.endpoints.indexOf(endpoint)]!++;
      }
      return got;
    };

    it("asks none that has no share, and all again when it is given back", () => {
      const { endpoints, balancer } = pool(3);
      endpoints[1]!.shared.reduce(1000, 1);
      expect(hits(balancer, 10)).toEqual([5, 0, 5]);
      endpoints[1]!.shared.reduce(0, 0);
      expect(hits(balancer, 5)).toEqual([0, 5, 0]);
    });

    it("gives one that recovers as much as its share", () => {
      const { endpoints, balancer } = pool(2);
      endpoints[1]!.shared.reduce(750, 0);
      expect(hits(balancer, 50)).toEqual([40, 10]);
    });

    it.each([
      [1, 1, 1],
      [2, 1, 1],
      [3, 2, 1],
      [4, 3, 4],
      [10, 7, 3],
      [10, 8, 10],
      [2, 2, 2],
    ])("of %i endpoints with %i without share asks %i", (count, without, asked) => {
      const { endpoints, balancer } = pool(count);
      for (const endpoint of endpoints.slice(0, without)) endpoint.shared.reduce(1000, 1);
      expect(balancer.usable.length).toBe(asked);
      expect(hits(balancer, count * 4).filter((got) => got > 0).length).toBe(asked);
    });

    it("avoids the endpoint that failed before, unless there is no other", () => {
      const { endpoints, balancer } = pool(2);
      expect(hits(balancer, 6, endpoints[0]!)).toEqual([0, 6]);
      endpoints[1]!.shared.reduce(1000, 1);
      expect(hits(balancer, 3, endpoints[0]!)).toEqual([3, 0]);
    });
  });
});
