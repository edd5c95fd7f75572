import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { FakeExchange } from "../../test/fakes/exchange.ts";
import { Failure } from "../failure.ts";
import { UpstreamCounterSet } from "../observe/upstream-counters.ts";
import { forwarding, serviceOf } from "./testing/service.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Upstream {
  readonly origin: string;
  status: number;
  requests: number;
  connections: number;
  readonly timeouts: (string | undefined)[];
}

async function upstream(): Promise<Upstream> {
  const server = createServer((request, response) => {
    made.requests++;
    made.timeouts.push(request.headers["x-request-timeout-ms"]?.toString());
    response.writeHead(made.status).end("x");
  });
  server.on("connection", () => made.connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const made: Upstream = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    status: 200,
    requests: 0,
    connections: 0,
    timeouts: [],
  };
  return made;
}

describe("a breaker before a service", () => {
  it("refuses at once while it is open, lets one probe through, and closes when it succeeds", async () => {
    const up = await upstream();
    const moment = { now: 0 };
    const counters = new UpstreamCounterSet();
    const breaker = { failures: 0.5, of: 4, within: 10_000, probe: 5_000 };
    const notes: string[] = [];
    const note = (_: string, event: string): void => {
      notes.push(event);
    };
    const one = serviceOf(up.origin, { breaker }, { now: () => moment.now, note }, counters);
    stops.unshift(() => one.close());
    const ask = async (): Promise<string | number> => {
      const exchange = new FakeExchange({});
      const failure = await one.forward(exchange, forwarding());
      return failure instanceof Failure ? `${failure.kind} ${failure.status} ${failure.code}` : exchange.status;
    };
    const refused = "overload 503 upstream-open";
    up.status = 500;
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([500, 500, 500, 500]);
    expect([await ask(), await ask(), one.breakerOpen, up.requests]).toEqual([refused, refused, true, 4]);
    moment.now = 5_000;
    expect([await ask(), await ask(), up.requests]).toEqual([500, refused, 5]);
    moment.now = 10_000;
    up.status = 200;
    expect([await Promise.all([ask(), ask()]), await ask(), one.breakerOpen]).toEqual([[200, refused], 200, false]);
    expect(notes).toEqual(["upstream.open", "upstream.closed"]);
  });

  it("lets the next one try where a probe's client leaves", async () => {
    const up = await upstream();
    const moment = { now: 0 };
    const breaker = { failures: 0.5, of: 1, within: 10_000, probe: 5_000 };
    const one = serviceOf(up.origin, { breaker }, { now: () => moment.now });
    stops.unshift(() => one.close());
    up.status = 500;
    await one.forward(new FakeExchange({}), forwarding());
    moment.now = 5_000;
    up.status = 200;
    const leaving = new FakeExchange({});
    const over = one.forward(leaving, forwarding());
    leaving.leave();
    await over;
    await one.forward(new FakeExchange({}), forwarding());
    expect(one.breakerOpen).toBe(false);
  });
});

describe("connections with an age", () => {
  it("are made anew when they are too old, and counted", async () => {
    const up = await upstream();
    const moment = { now: 0 };
    const one = serviceOf(up.origin, { maxAge: 60_000 }, { now: () => moment.now });
    stops.unshift(() => one.close());
    const ask = () => one.forward(new FakeExchange({}), forwarding());
    for (const now of [0, 1000, 59_999]) {
      moment.now = now;
      await ask();
    }
    expect(up.connections).toBe(1);
    moment.now = 60_000;
    await ask();
    await ask();
    expect(up.connections).toBe(2);
    expect(one.endpoints[0]!.opened).toBe(2);
  });
});

describe("a deadline that is passed on", () => {
  it("is the timeout, or what is left of the deadline; a client's own word is replaced", async () => {
    const up = await upstream();
    const one = serviceOf(up.origin, { passDeadline: true, timeout: 4000 });
    stops.unshift(() => one.close());
    const headers = ["x-request-timeout-ms", "1"];
    await one.forward(new FakeExchange({ headers }), forwarding());
    await one.forward(new FakeExchange({}), forwarding({ deadline: performance.now() + 1000 }));
    const [first, second] = up.timeouts.map(Number);
    expect(first).toBe(4000);
    expect(second).toBeLessThanOrEqual(1000);
    expect(second).toBeGreaterThan(0);
  });
});
