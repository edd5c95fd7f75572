import { describe, expect, it } from "vitest";
import { FakeExchange, type FakeRequest } from "../../test/fakes/exchange.ts";
import { onRequest, type RawServer, rawServer } from "../../test/fakes/raw-server.ts";
import type { ForwardOptions, ServiceConfiguration } from "../abi.ts";
import { isIdempotent } from "../http/method.ts";
import { Failure } from "../failure.ts";
import { UpstreamCounterSet } from "../observe/upstream-counters.ts";
import { retryAfter, RetryBudget, RetryPolicy } from "./retry.ts";
import { createTableLayout, SharedTable } from "./shared-table.ts";
import { ownSurroundings } from "./surroundings.ts";
import { forwarding, serviceOf } from "./testing/service.ts";

const RETRY = { times: 2, on: ["connect", "closed", "timeout", 503], budget: 0.2, wait: { from: 0, to: 0 } };
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const AWAY = "HTTP/1.1 503 Away\r\nContent-Length: 4\r\n\r\naway";

describe("the budget", () => {
  const budgets = (threads: number) => {
    const layout = createTableLayout(threads, 4);
    const moment = { now: 0 };
    const all = Array.from({ length: threads }, (_, thread) => {
      const table = new SharedTable(layout, thread);
      return new RetryBudget(table.acquire("b"), 0.2, { ...ownSurroundings(), now: () => moment.now, table });
    });
    return { all, moment };
  };

  it("pays one retry for five requests, over all threads", () => {
    const { all, moment } = budgets(2);
    let requests = 0;
    let retries = 0;
    for (; requests < 2000; requests++) {
      moment.now += 3;
      const budget = all[requests % 2]!;
      budget.deposit();
      for (let attempt = 0; attempt < 3; attempt++) if (budget.withdraw()) retries++;
    }
    expect(retries).toBeLessThanOrEqual(requests * 0.2);
    expect(retries).toBeGreaterThan(requests * 0.19);
  });

  it("always allows a few, and forgets after ten seconds", () => {
    const { all, moment } = budgets(1);
    const [budget] = all;
    const drawn = (): number => Array.from({ length: 50 }, () => budget!.withdraw()).filter(Boolean).length;
    budget!.deposit();
    expect(drawn()).toBe(10);
    moment.now = 5_000;
    expect(drawn()).toBe(0);
    moment.now = 30_000;
    expect(drawn()).toBe(10);
  });
});

describe("the wait", () => {
  const policy = (random: number): RetryPolicy => {
    const surroundings = ownSurroundings();
    const budget = new RetryBudget(surroundings.table.acquire("b"), 0.2, surroundings);
    return new RetryPolicy({ ...RETRY, wait: { from: 20, to: 100 } }, budget, () => random);
  };

  it("doubles up to the longest, half of it by chance", () => {
    expect([1, 2, 3, 4, 5].map((number) => policy(0).wait(number, 0))).toEqual([10, 20, 40, 50, 50]);
    expect([1, 2, 3, 4, 5].map((number) => policy(1).wait(number, 0))).toEqual([20, 40, 80, 100, 100]);
  });

  it("is what Retry-After asks for, up to the longest", () => {
    expect([policy(0).wait(1, 90), policy(0).wait(1, 5), policy(0).wait(1, 101)]).toEqual([90, 10, null]);
  });

  it.each([
    ["120", 120_000],
    ["0", 0],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 7_000],
    ["Sun, 06 Nov 1994 08:49:00 GMT", 0],
    ["-1", 0],
    ["soon", 0],
    ["1.5", 0],
    ["1994-11-06", 0],
  ])("Retry-After: %s", (value, wait) => {
    expect(retryAfter(["x", "y", "retry-after", value], Date.UTC(1994, 10, 6, 8, 49, 30))).toBe(wait);
  });
});

describe("a service that retries", () => {
  type Behaviour = "ok" | "away" | "close" | "hang" | "cut";

  /** One upstream per list; each does what its list says, then the last of it for ever. */
  class Rig {
    readonly servers: RawServer[] = [];
    readonly seen: { readonly endpoint: number; readonly text: string }[] = [];
    readonly counters = new UpstreamCounterSet();
    service = serviceOf("http://127.0.0.1:1");

    async start(lists: readonly (readonly Behaviour[])[], changes: Partial<ServiceConfiguration>): Promise<void> {
      for (const [endpoint, list] of lists.entries()) {
        let count = 0;
        const server = await rawServer((socket) => {
          onRequest(socket, (text) => {
            this.seen.push({ endpoint, text });
            const behaviour = list[Math.min(count++, list.length - 1)]!;
            if (behaviour === "close") socket.destroy();
            else if (behaviour === "cut") socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            else if (behaviour !== "hang") socket.write(behaviour === "ok" ? OK : AWAY);
          });
        });
        this.servers.push(server);
      }
      const origins = this.servers.map(({ port }) => `http://127.0.0.1:${port}`);
      this.service = serviceOf(origins, { retry: RETRY, ...changes }, {}, this.counters);
    }

    async stop(): Promise<void> {
      await this.service.close();
      await Promise.all(this.servers.map((server) => server.stop()));
    }

    async forward(request: FakeRequest = {}, options: Partial<ForwardOptions> = {}): Promise<readonly unknown[]> {
      const exchange = new FakeExchange(request);
      const failure = await this.service.forward(exchange, forwarding(options));
      const told = failure instanceof Failure ? failure.code : exchange.status;
      return [told, this.seen.length, exchange.upstream?.attempts ?? 0];
    }

    retries(name: string): number {
      const found = this.counters.samples().find((sample) => sample.name === `vgw_upstream_${name}_total`);
      return found?.values[0]?.value ?? 0;
    }
  }

  async function rig<T>(
    lists: readonly (readonly Behaviour[])[],
    work: (rig: Rig) => Promise<T>,
    changes: Partial<ServiceConfiguration> = {},
  ): Promise<T> {
    const made = new Rig();
    await made.start(lists, changes);
    try {
      return await work(made);
    } finally {
      await made.stop();
    }
  }

  it.each([["away"], ["close"]] as const)("asks again after %s, says so, and counts it", (first) =>
    rig([[first, "ok"]], async (one) => {
      expect(await one.forward()).toEqual([200, 2, 2]);
      expect(one.seen[0]!.text).not.toContain("vgw-attempt");
      expect(one.seen[1]!.text).toContain("\r\nvgw-attempt: 2\r\n");
      expect(one.retries("retries")).toBe(1);
    }),
  );

  it("asks another endpoint", () =>
    rig([["away"], ["away"]], async (one) => {
      await one.forward();
      expect(one.seen[1]!.endpoint).not.toBe(one.seen[0]!.endpoint);
      expect(one.seen[2]!.endpoint).not.toBe(one.seen[1]!.endpoint);
    }));

  it("asks again after a timeout, within the deadline", () =>
    rig([["hang", "ok"]], async (one) => expect(await one.forward({}, { timeout: 60 })).toEqual([200, 2, 2])));

  it("does not wait beyond the deadline", () =>
    rig(
      [["away"]],
      async (one) => expect(await one.forward({}, { deadline: performance.now() + 500 })).toEqual([503, 1, 1]),
      { retry: { ...RETRY, wait: { from: 60_000, to: 60_000 } } },
    ));

  it.each([
    ["POST", 503, 1],
    ["PATCH", 503, 1],
    ["PUT", 200, 2],
    ["DELETE", 200, 2],
    ["HEAD", 200, 2],
  ])("%s", (method, status, requests) => {
    expect(isIdempotent(method)).toBe(requests === 2);
    return rig([["away", "ok"]], async (one) => {
      expect((await one.forward({ method })).slice(0, 2)).toEqual([status, requests]);
    });
  });

  it("asks again with any method where no connection came about", () =>
    rig([["ok"]], async (one) => {
      const gone = await rawServer(() => {});
      await gone.stop();
      const origins = [`http://127.0.0.1:${gone.port}`, `http://127.0.0.1:${one.servers[0]!.port}`];
      await one.service.close();
      one.service = serviceOf(origins, { retry: RETRY, balance: "round_robin" }, { random: () => 0.5 });
      for (let round = 0; round < 4; round++) expect((await one.forward({ method: "POST" }))[0]).toBe(200);
    }));

  it("does not repeat an answer of which something came", () =>
    rig([["cut", "ok"]], async (one) => expect((await one.forward()).slice(1)).toEqual([1, 1])));

  it("does not repeat what a hop before repeats", () =>
    rig([["away", "ok"]], async (one) => {
      expect(await one.forward({ headers: ["vgw-attempt", "2"] })).toEqual([503, 1, 1]);
    }));

  it("makes one call again, and gives the last failure when all are used up", () =>
    rig([["away", "close", "away", "away"]], async (one) => {
      const request = {
        method: "GET",
        target: "/",
        headers: [],
        body: null,
        timeout: null,
        deadline: null,
        absentOn404: false,
        signal: null,
      };
      const result = await one.service.call(new FakeExchange({}), request);
      expect(result instanceof Failure && [result.kind, result.status]).toEqual(["status", 503]);
      expect(one.seen.length).toBe(3);
    }));

  it("stops waiting when the client leaves", () =>
    rig(
      [["away"]],
      async (one) => {
        const exchange = new FakeExchange({});
        const over = one.service.forward(exchange, forwarding());
        while (one.retries("retries") === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        exchange.leave();
        await over;
        expect(one.seen.length).toBe(1);
      },
      { retry: { ...RETRY, wait: { from: 60_000, to: 60_000 } } },
    ));

  it("with every endpoint failing makes less than 1.2 attempts for each request", () =>
    rig([["away"], ["close"]], async (one) => {
      for (let round = 0; round < 400; round++) await one.forward();
      expect(one.seen.length).toBeLessThanOrEqual(480);
      expect(one.seen.length).toBeGreaterThan(440);
      expect(one.retries("retries_refused")).toBeGreaterThan(0);
    }));
});
