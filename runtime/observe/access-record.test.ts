import { describe, expect, it } from "vitest";
import { FakeExchange, type FakeRequest } from "../../test/fakes/exchange.ts";
import { accessRecord, queryNames, timestamp } from "./access-record.ts";
import { createObserver } from "./index.ts";
import { stepRecord } from "./step-record.ts";

const NOW = Date.UTC(2026, 2, 1, 3, 4, 5, 6);

function record(request: FakeRequest, change: (exchange: FakeExchange) => void = () => {}): { [key: string]: unknown } {
  const exchange = new FakeExchange(request);
  change(exchange);
  const line = accessRecord(exchange, ',"gateway":"edge","generation":"abc"', NOW, 12.34567);
  expect(line.endsWith("}\n")).toBe(true);
  expect(line.indexOf("\n")).toBe(line.length - 1);
  return JSON.parse(line);
}

describe("the record of a request", () => {
  it("has these fields, and no others", () => {
    const whole = record({ method: "POST", path: "/orders/7", body: "hello", host: "shop.example" }, (exchange) => {
      exchange.route = "POST /orders/{id}";
      exchange.service = "orders";
      exchange.upstream = { endpoint: "10.0.0.11:8080", milliseconds: 3.21987, attempts: 1 };
      exchange.respond(200, [], "answer");
    });
    expect(whole).toEqual({
      time: "2026-03-01T03:04:05.006Z",
      level: "info",
      message: "request",
      gateway: "edge",
      generation: "abc",
      method: "POST",
      host: "shop.example",
      path: "/orders/7",
      status: 200,
      bytes_in: 5,
      bytes_out: 6,
      duration_ms: 12.346,
      service: "orders",
      endpoint: "10.0.0.11:8080",
      upstream_ms: 3.22,
      route: "POST /orders/{id}",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      span_id: "b7ad6b7169203331",
      client: "192.0.2.7",
    });
  });

  it("tells the reason, and that the client left", () => {
    expect(
      record({}, (exchange) => {
        exchange.reason = "deadline-exceeded";
        exchange.respond(504, [], null);
      }),
    ).toMatchObject({ level: "error", status: 504, reason: "deadline-exceeded" });
    expect(record({}, (exchange) => exchange.leave())).toMatchObject({ status: 0, aborted: true });
    expect(record({}, (exchange) => exchange.respond(404, [], null))).toMatchObject({ level: "warn" });
  });

  it("holds no secret that travels in a query, a header or a body", () => {
    const secret = "s3cr3t-value";
    const text = JSON.stringify(
      record({
        method: "POST",
        query: `token=${secret}&page=2&${secret}&=${secret}&page=3`,
        headers: ["authorization", `Bearer ${secret}`, "cookie", `sid=${secret}`],
        body: secret,
      }),
    );
    expect(text).not.toContain(secret);
    expect(JSON.parse(text).query_names).toEqual(["token", "page"]);
  });

  for (const hostile of ['a"b', "a\\b", "a\u2028b", "a\u0000b", 'x","level":"error', "\ud800", "é€😀"]) {
    it(`stays one line of JSON with ${JSON.stringify(hostile)}`, () => {
      const exchange = { path: `/${hostile}`, method: hostile, host: hostile };
      const read = record(exchange, (made) => {
        made.route = hostile;
        made.reason = hostile;
      });
      expect(read).toMatchObject({ path: `/${hostile}`, method: hostile, route: hostile, level: "info" });
    });
  }

  it("is bounded", () => {
    const query = Array.from({ length: 5000 }, (_, index) => `${"n".repeat(200)}${index}=1`).join("&");
    expect(JSON.stringify(record({ path: `/${"a".repeat(50_000)}`, query })).length).toBeLessThan(6000);
    expect(queryNames(query).length).toBeLessThanOrEqual(16);
  });
});

describe("timestamp", () => {
  for (const now of [0, 7, 999, 1000, 1001, NOW, NOW + 1, NOW - 1, 1_767_225_599_999, 1_767_225_600_000, 12.5]) {
    it(`${now} is what Date makes of it`, () => {
      expect(timestamp(now)).toBe(new Date(now).toISOString());
    });
  }
});

describe("a log step", () => {
  it("is a record of its own, tied by the trace", () => {
    const exchange = new FakeExchange();
    exchange.route = "r";
    expect(JSON.parse(stepRecord(exchange, "warn", { a: [1, "x", null] }, ',"gateway":"edge"', NOW))).toEqual({
      time: "2026-03-01T03:04:05.006Z",
      level: "warn",
      message: "log",
      fields: { a: [1, "x", null] },
      gateway: "edge",
      route: "r",
      trace_id: exchange.traceId,
      span_id: exchange.spanId,
    });
    expect(JSON.parse(stepRecord(exchange, "info", 'say "hi"\n', "", NOW))).toMatchObject({ message: 'say "hi"\n' });
    expect(JSON.parse(stepRecord(exchange, "info", undefined, "", NOW))).toMatchObject({ fields: null });
  });

  it("is bounded", () => {
    const long = { text: "x".repeat(1_000_000) };
    for (const value of [long, long.text]) {
      const line = stepRecord(new FakeExchange(), "info", value, "", NOW);
      expect(line.length).toBeLessThan(20_000);
      JSON.parse(line);
    }
  });
});

describe("the observer", () => {
  it("names the generation that a request began on", () => {
    const lines: string[] = [];
    const observer = createObserver({ accessLog: true, lines: { write: (line) => lines.push(line) } });
    observer.serving("edge", "1".repeat(64));
    observer.done(new FakeExchange(), "1".repeat(64));
    observer.serving("edge", "2".repeat(64));
    observer.done(new FakeExchange(), "1".repeat(64));
    observer.done(new FakeExchange(), "2".repeat(64));
    expect(lines.map((line) => JSON.parse(line).generation)).toEqual(["1".repeat(12), "1".repeat(12), "2".repeat(12)]);
  });

  it("writes no access log where it is switched off, but log steps all the same", () => {
    const lines: string[] = [];
    const observer = createObserver({ accessLog: false, lines: { write: (line) => lines.push(line) } });
    observer.done(new FakeExchange(), "1");
    observer.refused("host-malformed", 400, "192.0.2.1");
    observer.log(new FakeExchange(), "info", "hello");
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(["hello"]);
  });
});
