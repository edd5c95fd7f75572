import { describe, expect, it } from "vitest";
import { FakeExchange } from "../../test/fakes/exchange.ts";
import { metricsText } from "./exposition.ts";
import { DURATION_BUCKETS, Histogram } from "./histogram.ts";
import {
  Concurrency,
  createPermitMemory,
  createTableMemory,
  LimitTable,
  Limits,
  newTableKey,
  PermitTable,
} from "../limit/index.ts";
import type { ModelNote } from "../http/exchange.ts";
import { NO_USAGE } from "../model/canonical/usage.ts";
import { Accounts, OpenCall } from "../model/money/accounts.ts";
import { BudgetTable, createBudgetMemory } from "../model/money/budget-table.ts";
import { FREE } from "../model/money/price.ts";
import { createObserver, type Observer } from "./index.ts";
import { METRICS, type MetricDefinition } from "./metrics.ts";
import { ModelCounterSet } from "./model-counters.ts";
import { UpstreamCounterSet } from "./upstream-counters.ts";

function observerOf(upstreams = new UpstreamCounterSet()): Observer {
  const limits = new Limits(new LimitTable(createTableMemory(64, newTableKey()), 0));
  const limiter = limits.limiter("policy guests", "deny");
  for (let call = 0; call < 3; call++) limiter.take("a", { count: 2, per: 86_400_000 }, 2, 1);
  const concurrency = new Concurrency(new PermitTable(createPermitMemory(64, 1, newTableKey()), 0));
  const places = concurrency.limiter("policy guests", "deny");
  for (let call = 0; call < 3; call++) places.enter(new FakeExchange(), "a", 2);
  const models = new ModelCounterSet();
  const note: ModelNote = {
    model: "m",
    usage: { ...NO_USAGE, input: 3, cacheRead: 17, output: 5, reasoning: 60 },
    outcome: "answered",
    continuations: 1,
    fallbacks: 1,
    firstToken: 12,
    by: "cheapest",
  };
  const operation = { operation: "chat", provider: "openai", upstream: "gpt-4.1" };
  models.count(note, operation, 700);
  models.count({ ...note, usage: null, outcome: "rate", firstToken: null }, operation, 90_000);
  models.skipped("m", "context");
  models.key("m", "KEY", "asked");
  const observer = createObserver({
    accessLog: false,
    lines: { write: () => {}, dropped: 3 },
    upstreams,
    limits,
    concurrency,
    models,
    accounts: accountsOf(),
    tracing: { values: () => [{ value: 1, labels: { result: "sent" } }] },
  });
  observer.serving("edge", "abcdefabcdefabcdef");
  return observer;
}

/** One call of a budget, settled. */
function accountsOf(): Accounts {
  const table = new BudgetTable(createBudgetMemory(64, 1, newTableKey()), 0);
  const accounts = new Accounts({ table, journal: null, now: Date.now, alert: () => {} });
  const limit = { unit: "money", currency: "USD", limit: 10n, period: 86_400_000, alerts: [10] } as const;
  const charges = [{ budget: accounts.budget({ name: "m", ...limit }), key: "" }];
  const names = { route: "", model: "m", upstream: "m", caller: "" };
  const call = accounts.open({ charges, price: FREE, worst: 1n, worstTokens: 1, ...names });
  if (call instanceof OpenCall) call.settle({ kind: "unknown" });
  return accounts;
}

function answered(method: string, route: string, status: number, body: string): FakeExchange {
  const exchange = new FakeExchange({ method, body: "12345" });
  exchange.route = route;
  if (status > 0) exchange.respond(status, [], body);
  return exchange;
}

/** Value of a series, such as `name{a="b"}`; undefined: not there. */
function seriesValue(text: string, series: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

it("adds up over threads", async () => {
  const threads = [observerOf(), observerOf()];
  for (const observer of threads) {
    observer.done(answered("GET", "GET /a", 200, "abc"), "x");
    observer.done(answered("GET", "GET /a", 204, ""), "x");
    observer.done(answered("BREW", "GET /a", 500, ""), "x");
    observer.done(answered("GET", 'tricky "route"\\\n', 0, ""), "x");
    observer.refused("host-malformed", 400, "192.0.2.1");
  }
  const text = await metricsText(await Promise.all(threads.map((observer) => observer.metrics(7))));
  expect(seriesValue(text, 'vgw_requests_total{route="GET /a",method="GET",status="2xx"}')).toBe(4);
  expect(seriesValue(text, 'vgw_requests_total{route="GET /a",method="other",status="5xx"}')).toBe(2);
  expect(seriesValue(text, 'vgw_requests_total{route="tricky \\"route\\"\\\\\\n",method="GET",status="aborted"}')).toBe(
    2,
  );
  expect(seriesValue(text, 'vgw_request_body_bytes_total{route="GET /a"}')).toBe(30);
  expect(seriesValue(text, 'vgw_response_body_bytes_total{route="GET /a"}')).toBe(6);
  expect(seriesValue(text, 'vgw_request_duration_seconds_count{route="GET /a"}')).toBe(6);
  expect(seriesValue(text, 'vgw_request_duration_seconds_bucket{le="+Inf",route="GET /a"}')).toBe(6);
  expect(seriesValue(text, "vgw_requests_in_flight")).toBe(14);
  expect(seriesValue(text, 'vgw_requests_refused_total{code="host-malformed"}')).toBe(2);
  expect(seriesValue(text, "vgw_log_lines_dropped_total")).toBe(6);
  // Said by every thread, meant once.
  expect(seriesValue(text, 'vgw_generation_info{gateway="edge",generation="abcdefabcdef"}')).toBe(1);
  expect(seriesValue(text, "process_resident_memory_bytes")).toBeLessThan(process.memoryUsage().rss * 1.5);
});

it("tells upstreams, and keeps counting when a service is replaced", async () => {
  const upstreams = new UpstreamCounterSet();
  const observer = observerOf(upstreams);
  const counters = upstreams.of("orders", "10.0.0.1:80");
  const live = (opened: number) => ({
    name: "orders",
    waiting: 2,
    breakerOpen: true,
    endpoints: [{ inFlight: 3, share: 0.5, counters: upstreams.of("orders", "10.0.0.1:80"), connections: 4, opened }],
  });
  const old = live(5);
  upstreams.opened(old);
  counters.statuses[2]! += 10;
  counters.failed("timeout");
  counters.duration.observe(0.02);
  upstreams.rejected("orders");
  upstreams.refused("orders");
  upstreams.retried("orders");
  upstreams.retried("orders");
  upstreams.retryRefused("orders");
  counters.ejected("failing");
  counters.checksFailed += 3;
  upstreams.closed(old);
  upstreams.opened(live(1));
  upstreams.of("orders", "10.0.0.1:80").statuses[2]! += 1;
  const text = await metricsText([await observer.metrics(0)]);
  const labels = 'service="orders",endpoint="10.0.0.1:80"';
  expect(seriesValue(text, `vgw_upstream_requests_total{${labels},status="2xx"}`)).toBe(11);
  expect(seriesValue(text, `vgw_upstream_failures_total{${labels},kind="timeout"}`)).toBe(1);
  expect(seriesValue(text, `vgw_upstream_connections_opened_total{${labels}}`)).toBe(6);
  expect(seriesValue(text, `vgw_upstream_connections{${labels}}`)).toBe(4);
  expect(seriesValue(text, `vgw_upstream_requests_in_flight{${labels}}`)).toBe(3);
  expect(seriesValue(text, 'vgw_upstream_requests_waiting{service="orders"}')).toBe(2);
  expect(seriesValue(text, 'vgw_upstream_requests_rejected_total{service="orders"}')).toBe(1);
  expect(seriesValue(text, 'vgw_upstream_breaker_open{service="orders"}')).toBe(1);
  expect(seriesValue(text, 'vgw_upstream_breaker_refused_total{service="orders"}')).toBe(1);
  expect(seriesValue(text, 'vgw_upstream_retries_total{service="orders"}')).toBe(2);
  expect(seriesValue(text, 'vgw_upstream_retries_refused_total{service="orders"}')).toBe(1);
  expect(seriesValue(text, `vgw_upstream_endpoint_share{${labels}}`)).toBe(0.5);
  expect(seriesValue(text, `vgw_upstream_ejections_total{${labels},reason="failing"}`)).toBe(1);
  expect(seriesValue(text, `vgw_upstream_health_checks_total{${labels},result="failed"}`)).toBe(3);
  expect(seriesValue(text, `vgw_upstream_duration_seconds_bucket{le="0.01",${labels}}`)).toBe(0);
  expect(seriesValue(text, `vgw_upstream_duration_seconds_bucket{le="0.025",${labels}}`)).toBe(1);
});

it("limits tell how they decided, by where they stand", async () => {
  const text = await metricsText([await observerOf().metrics(0), await observerOf().metrics(0)]);
  const decisions = (result: string): number | undefined =>
    seriesValue(text, `vgw_limit_decisions_total{limit="policy guests",result="${result}"}`);
  expect([decisions("admitted"), decisions("limited"), decisions("full")]).toEqual([4, 2, 0]);
});

it("concurrency limits tell how they decided, and who is inside", async () => {
  const text = await metricsText([await observerOf().metrics(0), await observerOf().metrics(0)]);
  const decisions = (result: string): number | undefined =>
    seriesValue(text, `vgw_concurrency_decisions_total{limit="policy guests",result="${result}"}`);
  expect(["admitted", "refused", "expired", "left", "full"].map(decisions)).toEqual([4, 2, 0, 0, 0]);
  const gauges = ["in_use", "queued"].map((name) => `vgw_concurrency_${name}{limit="policy guests"}`);
  expect(gauges.map((name) => seriesValue(text, name))).toEqual([4, 0]);
});

it("models tell how long they took and what they used, in the names and bounds of OpenTelemetry", async () => {
  const text = await metricsText([await observerOf().metrics(0)]);
  const labels = 'model="m",gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="gpt-4.1"';
  const duration = (le: string, error: string): number | undefined =>
    seriesValue(text, `gen_ai_client_operation_duration_seconds_bucket{le="${le}",${labels},error_type="${error}"}`);
  expect([duration("0.64", ""), duration("1.28", ""), duration("81.92", "rate"), duration("+Inf", "rate")]).toEqual([
    0, 1, 0, 1,
  ]);
  const tokens = (le: string, type: string): number | undefined =>
    seriesValue(text, `gen_ai_client_token_usage_bucket{le="${le}",${labels},gen_ai_token_type="${type}"}`);
  // All that went in is 20 tokens, all that came out 65.
  expect([tokens("16", "input"), tokens("64", "input"), tokens("64", "output"), tokens("256", "output")]).toEqual([
    0, 1, 0, 1,
  ]);
  const first = `gen_ai_client_operation_time_to_first_chunk_seconds_sum{${labels}}`;
  expect(seriesValue(text, first)).toBe(0.012);
});

describe("the table", () => {
  const definitions: readonly MetricDefinition[] = Object.values(METRICS);

  it("is what a scrape holds: every metric, with its type, its help and no other labels", async () => {
    const upstreams = new UpstreamCounterSet();
    const counters = upstreams.of("s", "e");
    counters.statuses[2]! += 1;
    counters.failed("connect");
    upstreams.rejected("s");
    upstreams.refused("s");
    upstreams.retried("s");
    upstreams.retryRefused("s");
    counters.ejected("failing");
    counters.ejected("slow");
    upstreams.hedged("s");
    upstreams.hedgeWon("s");
    upstreams.hedgeRefused("s");
    counters.checksPassed++;
    upstreams.webSockets("s").opened++;
    upstreams.opened({
      name: "s",
      waiting: 0,
      breakerOpen: false,
      endpoints: [{ inFlight: 0, share: 1, counters, connections: 0, opened: 0 }],
    });
    const observer = observerOf(upstreams);
    observer.done(answered("GET", "r", 200, ""), "x");
    observer.refused("host-malformed", 400, "192.0.2.1");
    const samples = await observer.metrics(0);
    // Swaps, and who answers, are noted once for all threads, by the gateway.
    const ofGateway: readonly MetricDefinition[] = [METRICS.generationSwaps, METRICS.threadAnswers];
    const ofThreads = definitions.filter((definition) => !ofGateway.includes(definition));
    expect(samples.map(({ name }) => name).sort()).toEqual(ofThreads.map(({ name }) => name).sort());
    for (const { name, type, help, values } of samples) {
      const definition = definitions.find((each) => each.name === name)!;
      expect([type, help]).toEqual([definition.type, definition.help]);
      expect(values.length).toBeGreaterThan(0);
      for (const value of values) {
        const labels = Object.keys(value.labels).filter((label) => label !== "le");
        expect([name, ...labels]).toEqual([name, ...definition.labels]);
      }
    }
  });

  it("follows the conventions for names", () => {
    for (const { name, type, help } of definitions) {
      expect(name).toMatch(/^(vgw|process|gen_ai)_[a-z]+(_[a-z]+)*$/);
      expect(name.endsWith("_total")).toBe(type === "counter");
      // The conventions' name for a number of tokens has no unit.
      if (type === "histogram") expect(name).toMatch(/_seconds$|^gen_ai_client_token_usage$/);
      expect(help).not.toMatch(/\.$/);
    }
  });
});

it("a histogram puts a value under the first bound that is not below it", () => {
  const histogram = new Histogram();
  for (const value of [0, 0.001, 0.0011, 30, 31]) histogram.observe(value);
  expect([...histogram.counts]).toEqual([2, 1, ...Array(DURATION_BUCKETS.length - 3).fill(0), 1, 1]);
  expect(histogram.sum).toBeCloseTo(61.0021);
});
