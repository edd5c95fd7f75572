import { afterEach, describe, expect, it } from "vitest";
import { FakeExchange, type FakeRequest } from "../../test/fakes/exchange.ts";
import { onRequest, type RawServer, rawServer } from "../../test/fakes/raw-server.ts";
import type { ForwardOptions, ServiceConfiguration } from "../abi.ts";
import { Failure } from "../failure.ts";
import { UpstreamCounterSet } from "../observe/upstream-counters.ts";
import { Quantile } from "./quantile.ts";
import { forwarding, serviceOf } from "./testing/service.ts";

/** What an endpoint does with a request; "hang": never answers; a number: answers so late. */
type Behaviour = "ok" | "away" | "hang" | "close" | number;

const HEDGE = { after: 20, most: 1, budget: 1, methods: "safe" } as const;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Rig {
  readonly service: ReturnType<typeof serviceOf>;
  readonly servers: readonly RawServer[];
  readonly seen: { readonly endpoint: number; readonly text: string }[];
  forward(request?: FakeRequest, options?: Partial<ForwardOptions>): Promise<string | number>;
  count(name: string): number;
}

/** Requests go to the endpoints in turn, beginning with the first. */
async function rig(
  behaviours: readonly Behaviour[],
  changes: Partial<ServiceConfiguration> = {},
  hedge: Partial<NonNullable<ServiceConfiguration["hedge"]>> = {},
): Promise<Rig> {
  const seen: Rig["seen"] = [];
  const servers: RawServer[] = [];
  for (const [endpoint, behaviour] of behaviours.entries()) {
    servers.push(
      await rawServer((socket) => {
        onRequest(socket, (text) => {
          seen.push({ endpoint, text });
          const body = `from ${endpoint}`;
          const answer = (status: string): void => {
            socket.write(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
          };
          if (behaviour === "ok") answer("200 OK");
          else if (behaviour === "away") answer("503 Away");
          else if (behaviour === "close") socket.destroy();
          else if (behaviour !== "hang") setTimeout(answer, behaviour, "200 OK");
        });
      }),
    );
  }
  const counters = new UpstreamCounterSet();
  const origins = servers.map(({ origin }) => origin);
  const settings = { hedge: { ...HEDGE, ...hedge }, balance: "round_robin", ...changes } as const;
  const service = serviceOf(origins, settings, { random: () => 0 }, counters);
  stops.push(() => service.close(), ...servers.map((server) => () => server.stop()));
  return {
    service,
    servers,
    seen,
    forward: async (request = {}, options = {}) => {
      const exchange = new FakeExchange(request);
      const failure = await service.forward(exchange, forwarding(options));
      return failure instanceof Failure ? failure.code : exchange.status;
    },
    count: (name) => {
      const found = counters.samples().find((sample) => sample.name === `vgw_upstream_${name}_total`);
      return found?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
    },
  };
}

async function reached(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a hedge", () => {
  it("asks another endpoint when the first takes its time; the loser is closed, and is no failure", async () => {
    const one = await rig(["hang", "ok"]);
    const exchange = new FakeExchange({ path: "/x" });
    expect(await one.service.forward(exchange, forwarding({ target: "/x" }))).toBeNull();
    expect([exchange.status, exchange.text, one.seen.map(({ endpoint }) => endpoint)]).toEqual([200, "from 1", [0, 1]]);
    expect(exchange.upstream).toMatchObject({ endpoint: `127.0.0.1:${one.servers[1]!.port}`, attempts: 2 });
    await one.servers[0]!.closed(1);
    expect(one.seen[0]!.text).not.toContain("vgw-attempt");
    expect(one.seen[1]!.text).toContain(`\r\nhost: 127.0.0.1:${one.servers[1]!.port}\r\n`);
    expect(one.seen[1]!.text).toContain("\r\nvgw-attempt: 2\r\n");
    expect([one.count("hedges"), one.count("hedges_won"), one.count("failures")]).toEqual([1, 1, 0]);
    expect(one.service.endpoints.map(({ inFlight, shared }) => [inFlight, shared.bad])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("is not made for an answer that comes before", async () => {
    const one = await rig(["ok", "ok"], {}, { after: 5_000 });
    for (let round = 0; round < 4; round++) expect(await one.forward()).toBe(200);
    expect([one.seen.length, one.count("hedges")]).toEqual([4, 0]);
  });

  it("loses to the first where that is quicker after all", async () => {
    const one = await rig([150, "hang"]);
    expect(await one.forward()).toBe(200);
    expect(one.seen.map(({ endpoint }) => endpoint)).toEqual([0, 1]);
    await one.servers[1]!.closed(1);
    expect([one.count("hedges"), one.count("hedges_won")]).toEqual([1, 0]);
    expect(one.service.endpoints.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it.each([["away"], ["close"]] as const)("does not let an error win while another may answer: %s", async (error) => {
    const one = await rig([150, error]);
    expect(await one.forward()).toBe(200);
    expect(one.service.endpoints.map(({ shared }) => [shared.total, shared.bad])).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  it("goes on where the first fails meanwhile", async () => {
    const one = await rig(["hang", 150]);
    const over = one.forward();
    await reached(() => one.seen.length === 2);
    for (const socket of one.servers[0]!.sockets) socket.destroy();
    expect(await over).toBe(200);
    expect(one.service.endpoints.map(({ inFlight, shared }) => [inFlight, shared.bad])).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });

  it("passes on the last error where all fail", async () => {
    const one = await rig(["hang", "away"]);
    const over = one.forward();
    await reached(() => one.seen.length === 2);
    await one.servers[1]!.closed(1);
    for (const socket of one.servers[0]!.sockets) socket.destroy();
    expect(await over).toBe("upstream-closed");
    expect(one.service.endpoints.map(({ inFlight, shared }) => [inFlight, shared.bad])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it("goes to as many endpoints as it says, one after the other", async () => {
    const one = await rig(["hang", "hang", "hang", "ok"], {}, { most: 3 });
    expect(await one.forward()).toBe(200);
    expect(one.seen.map(({ endpoint }) => endpoint)).toEqual([0, 1, 2, 3]);
    const two = await rig(["hang", "hang", "ok"], { timeout: 800 }, { most: 1 });
    expect(await two.forward()).toBe("upstream-timeout");
    expect(two.seen.length).toBe(2);
    expect(two.service.endpoints.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
  });

  it.each([
    ["GET", null, 2],
    ["HEAD", null, 2],
    ["GET", "body", 2],
    ["PUT", "body", 1],
    ["POST", "body", 1],
  ])("%s with %s", async (method, body, requests) => {
    const one = await rig(["hang", "hang"], requests === 1 ? { timeout: 150 } : {});
    const exchange = new FakeExchange({ method, ...(body === null ? {} : { body }) });
    const over = one.service.forward(exchange, forwarding());
    if (requests === 2) {
      await reached(() => one.seen.length === 2);
      exchange.leave();
    }
    await over;
    expect(one.count("hedges")).toBe(requests - 1);
    if (body !== null) for (const { text } of one.seen) expect(text.endsWith(`\r\n\r\n${body}`)).toBe(true);
  });

  it("is made for what may be repeated where the program says so, never for a body that streams, nor for another's hedge", async () => {
    const one = await rig(["hang", "ok"], {}, { methods: "idempotent" });
    expect(await one.forward({ method: "PUT", body: "x" })).toBe(200);
    const two = await rig(["hang", "hang"], { timeout: 150 }, { methods: "idempotent" });
    const exchange = new FakeExchange({ method: "PUT", body: { length: null } });
    const over = two.service.forward(exchange, forwarding());
    exchange.body.push("x");
    exchange.body.finish();
    await over;
    await two.forward({ headers: ["vgw-attempt", "2"] });
    expect([one.count("hedges"), two.count("hedges")]).toEqual([1, 0]);
  });

  it("keeps within its budget, and within that of retries", async () => {
    const retry = { times: 1, on: ["connect"], budget: 0, wait: { from: 0, to: 0 } };
    for (const [changes, hedge] of [
      [{}, { budget: 0 }],
      [{ retry }, {}],
    ] as const) {
      const one = await rig(["hang", "hang"], { timeout: 60, connections: 64, ...changes }, { after: 1, ...hedge });
      await Promise.all(Array.from({ length: 40 }, () => one.forward()));
      // Ten are always allowed.
      expect([one.count("hedges"), one.count("hedges_refused")]).toEqual([10, 30]);
    }
  });

  it("together with retries makes less than 1.2 attempts for each request where every endpoint hangs", async () => {
    const retry = { times: 2, on: ["timeout"], budget: 0.2, wait: { from: 0, to: 0 } };
    const one = await rig(
      ["hang", "hang"],
      { retry, timeout: 40, connections: 64 },
      { after: 5, most: 3, budget: 0.1 },
    );
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 40 }, () => one.forward()));
    expect(one.count("hedges") + one.count("retries")).toBeLessThanOrEqual(80);
    expect(one.seen.length).toBeLessThanOrEqual(480);
    // Which of both gets how much of what they share is a matter of time.
    expect(one.count("hedges") + one.count("retries")).toBeGreaterThan(0);
    expect(one.service.endpoints.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it("is not made while the breaker is open, nor where no other endpoint has room", async () => {
    const breaker = { failures: 0.5, of: 1, within: 10_000, probe: 0 };
    const probing = await rig(["away", "hang"], { breaker, timeout: 500 });
    expect(await probing.forward()).toBe(503);
    expect(await probing.forward()).toBe("upstream-timeout");
    expect(probing.seen.length).toBe(2);
    const full = await rig(["hang", "hang"], { connections: 1, timeout: 500 });
    await Promise.all([full.forward(), full.forward()]);
    expect(full.seen.length).toBe(2);
  });

  it("uses another connection where there is but one endpoint", async () => {
    const one = await rig(["hang"]);
    const exchange = new FakeExchange({});
    const over = one.service.forward(exchange, forwarding());
    await reached(() => one.servers[0]!.sockets.length === 2);
    exchange.leave();
    await over;
  });

  it("ends with the client, on both sides", async () => {
    const one = await rig(["hang", "hang"]);
    const exchange = new FakeExchange({});
    const over = one.service.forward(exchange, forwarding());
    await reached(() => one.seen.length === 2);
    exchange.leave();
    await over;
    await Promise.all(one.servers.map((server) => server.closed(1)));
    expect(one.service.endpoints.map(({ inFlight, shared }) => [inFlight, shared.bad])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("is made for calls of a program too", async () => {
    const one = await rig(["hang", "ok"]);
    const result = await one.service.call(new FakeExchange({}), {
      method: "GET",
      target: "/",
      headers: [],
      body: null,
      timeout: null,
      deadline: null,
      absentOn404: false,
      signal: null,
    });
    expect(result instanceof Failure ? result.code : Buffer.from(result.body).toString()).toBe("from 1");
    expect(one.seen[1]!.text).toContain("\r\nvgw-attempt: 2\r\n");
  });

  it("after p95: begins when enough is known", async () => {
    const one = await rig(["ok", "ok", "hang"], { timeout: 300 }, { after: "p95" });
    const statuses = [];
    for (let round = 0; round < 12; round++) statuses.push(await one.forward());
    expect([statuses.includes("upstream-timeout"), one.count("hedges")]).toEqual([true, 0]);
    while (one.count("hedges") === 0) await one.forward();
    for (let round = 0; round < 9; round++) expect(await one.forward()).toBe(200);
  });
});

describe("a quantile", () => {
  it("is within a bucket of the true one, and follows what changes", () => {
    const quantile = new Quantile(0.95);
    for (let sample = 0; sample < 49; sample++) quantile.observe(1);
    expect(quantile.value).toBeNull();
    const feed = (scale: number): void => {
      for (let sample = 0; sample < 5000; sample++) quantile.observe(((sample * 7919) % 1000) * scale);
    };
    feed(0.1);
    expect(quantile.value).toBeGreaterThanOrEqual(95);
    expect(quantile.value).toBeLessThan(95 * 1.1 * 1.1);
    feed(2);
    expect(quantile.value).toBeGreaterThan(1900 * 0.95);
    feed(0.01);
    expect(quantile.value).toBeLessThan(15);
  });

  it("takes anything", () => {
    const quantile = new Quantile(0.5);
    for (const value of [0, -1, 1e12, Number.MIN_VALUE]) for (let at = 0; at < 60; at++) quantile.observe(value);
    expect(quantile.value).toBeGreaterThan(0);
  });
});
