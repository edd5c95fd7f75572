/** Traces from a program's text to a collector's socket: the spans of requests, retries, models and streams; who is recorded; collectors that are slow, away, or want less. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startGateway } from "../../runtime/host/index.ts";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { Collector, type ReceivedSpan } from "../fakes/collector.ts";
import {
  chatAnswer,
  chatStream,
  json,
  type ModelServer,
  messagesAnswer,
  startModelServer,
  stream,
} from "../fakes/model-server.ts";
import { type GatewayHere, codeOf, recordsIn } from "./in-process.ts";

interface Places {
  readonly orders: string;
  readonly main: string;
  readonly other: string;
}

const program = ({ orders, main, other }: Places, sample: string): string => `vgw 1
gateway edge {
  listen: http("127.0.0.1:0")
  admin: http("127.0.0.1:0")
  traces: otlp(env("COLLECTOR", url), sample: ${sample}, headers: { authorization: secret("OTLP_TOKEN"), "X-Tenant": "shop" })
}
service orders { url: "${orders}", retry: { times: 2, on: [503], wait: 1ms..2ms } }
model large { provider: openai("gpt-4.1"), key: secret("KEY"), url: "${main}/v1", price: { in: $2/Mtok, out: $8/Mtok }, max_output: 100tok, budget: $5/day }
model small { provider: anthropic("claude-haiku"), key: secret("KEY"), url: "${other}", price: { in: $1/Mtok, out: $5/Mtok }, max_output: 100tok, budget: $5/day }
model assistant = choose(large) { fallback: small }
model keyed { provider: openai("keyed"), key: [secret("KEY"), secret("KEY_B")], url: "${main}/v1", max_output: 100tok }
model next { provider: openai("next"), key: secret("KEY"), url: "${other}/v1", max_output: 100tok }
model shadowed = choose(keyed) { shadow: { model: next, share: 100% } }
model vectors { provider: openai("text-embedding-3-small"), key: secret("KEY"), url: "${main}/v1" }
route GET "/orders/{id: uuid}" open { forward orders }
route GET "/called" open {
  let answer = orders.get("/called") as string else "none"
  reply 200 answer
}
route GET "/plain" open { reply 200 "plain" }
service people { url: "${orders}", clearance: pii }
type Person { email: string @pii }
route GET "/people/{email: string @pii}" open { forward people }
route POST "/called-people" open {
  read person: Person
  let answer = people.get("/by-mail/{person.email}") as string else "none"
  reply 200 "{answer.length}"
}
route GET "/broken" open { deny 503 "away" }
route POST "/chat/completions" open { forward assistant as openai.chat }
route POST "/shadowed" open { forward shadowed as openai.chat }
route POST "/embeddings" open { forward vectors as openai.embeddings }
`;

const ID = "6f1c1b1e-7a43-4b0e-9b43-6a1c2f8e0d11";
const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

interface Backend {
  readonly origin: string;
  readonly seen: IncomingMessage[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly server: Server;
}

async function startBackend(): Promise<Backend> {
  const server = createServer((request, response) => {
    backend.seen.push(request);
    backend.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const backend: Backend = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    answer: (_, response) => response.end("ok"),
    server,
  };
  return backend;
}

let number = 0;

describe.each(transports)("over the %s transport", (transport) => {
  let orders: Backend;
  let main: ModelServer;
  let other: ModelServer;
  let collector: Collector;
  const files = mkdtempSync(join(tmpdir(), "vgw-traces-"));
  type Running = GatewayHere;
  const running: Running[] = [];
  const codes = new Map<string, string>();
  let logs: { readonly [field: string]: unknown }[] = [];

  const start = async (sample: string, to: string): Promise<Running> => {
    const code =
      codes.get(sample) ??
      (await codeOf(program({ orders: orders.origin, main: main.origin, other: other.origin }, sample)));
    codes.set(sample, code);
    const gateway = await startGateway({
      source: { code },
      environment: { KEY: "sk-test", KEY_B: "sk-other", OTLP_TOKEN: "Bearer otlp-secret", COLLECTOR: to },
      overrides: { listen: [{ address: "127.0.0.1", port: 0, transport }], threads: 1 },
      requireFast: transport === "fast",
      files: join(files, String(number++)),
      write: (lines) => logs.push(...recordsIn(lines)),
    });
    running.push(gateway);
    return gateway;
  };

  beforeAll(async () => {
    orders = await startBackend();
    main = await startModelServer();
    other = await startModelServer();
    collector = await Collector.start();
  });
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close(0);
    collector.batches.length = 0;
    orders.seen.length = 0;
    logs = [];
  });
  afterAll(async () => {
    await collector.stop();
    await main.stop();
    await other.stop();
    orders.server.closeAllConnections();
    orders.server.close();
    rmSync(files, { recursive: true, force: true });
  });

  let traces = 0;
  const newTrace = (): string => (++traces).toString(16).padStart(32, "a");
  const PARENT = "00f067aa0ba902b7";
  const get = (gateway: Running, path: string, headers: { [name: string]: string } = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}${path}`, { headers });
  const chat = (
    gateway: Running,
    trace: string,
    body: object,
    path = "/chat/completions",
    signal: AbortSignal | null = null,
  ): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}${path}`, {
      signal,
      method: "POST",
      headers: { "content-type": "application/json", traceparent: `00-${trace}-${PARENT}-01` },
      body: JSON.stringify({ model: "any", messages: [{ role: "user", content: "a secret prompt" }], ...body }),
    });
  const named = (spans: readonly ReceivedSpan[], name: string): readonly ReceivedSpan[] =>
    spans.filter((span) => span.name === name);
  const metric = async (gateway: Running, name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/metrics`)).text();
    const line = text.split("\n").find((one) => one.startsWith(`${name} `));
    return Number(line?.split(" ").at(-1) ?? 0);
  };
  const parentSent = (request: IncomingMessage): string => String(request.headers.traceparent).split("-")[2] ?? "";

  test("what is labelled in a path stands in no log and no span", async () => {
    const gateway = await start("100%", collector.origin);
    orders.answer = (_, response) => response.end("somebody");
    expect((await get(gateway, "/people/ada@shop.example")).status).toBe(200);
    expect(orders.seen[0]?.url).toBe("/people/ada@shop.example");
    const called = await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}/called-people`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "ada@shop.example" }),
    });
    expect([called.status, orders.seen[1]?.url]).toEqual([200, "/by-mail/ada%40shop.example"]);
    await gateway.close(1000);
    const spans = collector.batches.flatMap(({ spans: all }) => all);
    expect(spans).toHaveLength(4);
    expect(JSON.stringify(spans)).not.toContain("ada");
    expect(named(spans, "GET /people/{email}")[0]?.attributes["url.path"]).toBe("/people/{email}");
    expect(JSON.stringify(logs)).not.toContain("ada");
    expect(logs.some(({ path }) => path === "/people/{email}")).toBe(true);
  });

  test("a forwarded request that was retried: three spans, joined to the caller's and the service's", async () => {
    const gateway = await start("100%", collector.origin);
    orders.answer = (_, response) => {
      response.statusCode = orders.seen.length === 1 ? 503 : 200;
      response.end("order");
    };
    const trace = newTrace();
    const answer = await get(gateway, `/orders/${ID}?token=hidden`, { traceparent: `00-${trace}-${PARENT}-01` });
    expect(await answer.text()).toBe("order");
    const spans = await collector.trace(trace, 3);
    expect(spans).toHaveLength(3);
    const [server] = named(spans, "GET /orders/{id}");
    expect(server).toMatchObject({
      kind: 2,
      parentSpanId: PARENT,
      flags: 0x301,
      attributes: {
        "http.request.method": "GET",
        "http.route": "/orders/{id}",
        "url.path": `/orders/${ID}`,
        "url.scheme": "http",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": gateway.listeners[0]?.port,
        "client.address": "127.0.0.1",
        "network.protocol.version": "1.1",
        "http.response.body.size": 5,
      },
    });
    expect(server?.status).toBeUndefined();
    const attempts = named(spans, "GET");
    const port = Number(new URL(orders.origin).port);
    expect(attempts.map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({
        "http.response.status_code": 503,
        "error.type": "503",
        "vgw.service": "orders",
        "server.port": port,
        "url.full": `${orders.origin}/orders/${ID}`,
      }),
      expect.objectContaining({ "http.response.status_code": 200, "http.request.resend_count": 1 }),
    ]);
    expect(attempts[0]?.status).toEqual({ code: 2 });
    for (const [index, attempt] of attempts.entries()) {
      expect(attempt).toMatchObject({ kind: 3, parentSpanId: server?.spanId });
      expect(attempt.spanId).toBe(parentSent(orders.seen[index]!));
      expect(BigInt(attempt.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(server!.startTimeUnixNano));
      expect(BigInt(attempt.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(attempt.startTimeUnixNano));
    }
    expect(Math.abs(Number(BigInt(server!.endTimeUnixNano) / 1_000_000n) - Date.now())).toBeLessThan(60_000);
    const [batch] = collector.batches;
    expect(batch?.path).toBe("/v1/traces");
    expect(batch?.headers).toMatchObject({
      "content-type": "application/json",
      authorization: "Bearer otlp-secret",
      "x-tenant": "shop",
    });
    expect(batch?.resource).toMatchObject({ "service.name": "edge", "telemetry.sdk.language": "nodejs" });
    expect(batch?.text).not.toContain("hidden");
    expect(JSON.stringify(logs)).not.toContain("otlp-secret");
    expect(logs.find(({ message }) => message === "request")).toMatchObject({
      trace_id: trace,
      span_id: server?.spanId,
    });
  });

  test("calls of a program, answers of its own, and errors", async () => {
    const gateway = await start("100%", collector.origin);
    orders.answer = (_, response) => response.end("ok");
    const traceOf = (trace: string): { traceparent: string } => ({ traceparent: `00-${trace}-${PARENT}-01` });
    const [called, broken, lost] = [newTrace(), newTrace(), newTrace()];
    await get(gateway, "/called", traceOf(called));
    await get(gateway, "/broken", traceOf(broken));
    await get(gateway, "/nowhere", traceOf(lost));
    const spans = await collector.trace(called, 2);
    expect(named(spans, "GET")[0]).toMatchObject({ parentSpanId: named(spans, "GET /called")[0]?.spanId });
    expect(named(spans, "GET")[0]?.spanId).toBe(parentSent(orders.seen[0]!));
    const [failed] = await collector.trace(broken, 1);
    expect(failed).toMatchObject({ name: "GET /broken", status: { code: 2 } });
    expect(failed?.attributes["error.type"]).toBe(failed?.attributes["vgw.reason"] ?? "503");
    const [missing] = await collector.trace(lost, 1);
    // An error of the client is none of this server's.
    expect(missing).toMatchObject({ name: "GET", attributes: { "http.response.status_code": 404 } });
    expect(missing?.status).toBeUndefined();
  });

  test("a model that fails and the one that stands in: a span each, with tokens, cost and why", async () => {
    const gateway = await start("100%", collector.origin);
    main.answer = (_, response) => json(response, 500, { error: { message: "broken" } });
    other.answer = (_, response) => json(response, 200, messagesAnswer("A secret answer."));
    const trace = newTrace();
    expect((await chat(gateway, trace, { max_tokens: 50, temperature: 0.5 })).status).toBe(200);
    const spans = await collector.trace(trace, 3);
    const [server] = named(spans, "POST /chat/completions");
    const [failed] = named(spans, "chat gpt-4.1");
    const [answered] = named(spans, "chat claude-haiku");
    expect(failed).toMatchObject({
      kind: 3,
      parentSpanId: server?.spanId,
      status: { code: 2 },
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4.1",
        "gen_ai.request.max_tokens": 50,
        "gen_ai.request.temperature": 0.5,
        "http.response.status_code": 500,
        "error.type": "upstream",
        "vgw.model": "large",
        "vgw.model.outcome": "upstream",
        "vgw.model.cost": 0,
      },
    });
    expect(answered).toMatchObject({
      parentSpanId: server?.spanId,
      attributes: {
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-haiku",
        "vgw.model": "small",
        "vgw.model.chosen_by": "fallback",
        "vgw.model.fallbacks": 1,
        "vgw.model.outcome": "answered",
        "vgw.model.cost.currency": "USD",
        "vgw.model.cost.exact": true,
        "server.port": Number(new URL(other.origin).port),
      },
    });
    const { attributes } = answered!;
    expect(attributes["gen_ai.response.finish_reasons"]).toEqual(["end_turn"]);
    expect(attributes["gen_ai.usage.input_tokens"]).toBeGreaterThan(0);
    expect(attributes["gen_ai.usage.output_tokens"]).toBeGreaterThan(0);
    expect(attributes["vgw.model.cost"]).toBeGreaterThan(0);
    expect(attributes["gen_ai.response.model"]).not.toBe("");
    expect(String(other.asked.at(-1)?.headers.traceparent)).toBe(`00-${trace}-${answered?.spanId}-01`);
    expect(collector.batches.map(({ text }) => text).join("")).not.toMatch(/a secret (prompt|answer)/i);
  });

  test("a stream: when its first content came, and what the provider told at its end", async () => {
    const gateway = await start("100%", collector.origin);
    main.answer = (_, response) => {
      stream(response);
      response.end(chatStream("A secret answer."));
    };
    const trace = newTrace();
    await (await chat(gateway, trace, { stream: true, stream_options: { include_usage: true } })).text();
    const [span] = named(await collector.trace(trace, 2), "chat gpt-4.1");
    expect(span?.status).toBeUndefined();
    expect(span?.attributes).toMatchObject({
      "gen_ai.request.stream": true,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.model": "gpt-4.1-mini-2025-04-14",
      "gen_ai.response.id": "chatcmpl-1",
      "gen_ai.usage.input_tokens": 12,
    });
    expect(span?.attributes["gen_ai.response.time_to_first_chunk"]).toBeGreaterThan(0);
    main.answer = (_, response) => json(response, 200, chatAnswer("A secret answer."));
    const second = newTrace();
    await (await chat(gateway, second, {})).text();
    const [whole] = named(await collector.trace(second, 2), "chat gpt-4.1");
    expect(whole?.attributes).toMatchObject({
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.usage.output_tokens": 5,
      "gen_ai.usage.cache_read.input_tokens": 4,
      "gen_ai.usage.reasoning.output_tokens": 2,
    });
    expect(collector.batches.map(({ text }) => text).join("")).not.toMatch(/a secret (prompt|answer)/i);
  });

  test("a key that is refused has a span of its own, and a copy for a shadow", async () => {
    const gateway = await start("100%", collector.origin);
    main.answer = (asked, response) => {
      if (main.asked.filter(({ body }) => body.model === "keyed").length === 1)
        return json(response, 429, { error: { message: "slower", type: "requests", code: "rate_limit_exceeded" } });
      json(response, 200, { ...chatAnswer("One."), model: asked.body.model });
    };
    other.answer = (_, response) => json(response, 200, chatAnswer("Two."));
    main.asked.length = 0;
    const trace = newTrace();
    expect((await chat(gateway, trace, {}, "/shadowed")).status).toBe(200);
    const spans = await collector.trace(trace, 4);
    const [server] = named(spans, "POST /shadowed");
    const tried = named(spans, "chat keyed");
    expect(tried.map(({ attributes }) => [attributes["vgw.model.outcome"], attributes["vgw.model.key"]])).toEqual([
      ["rate", main.asked[0]?.headers.authorization === "Bearer sk-test" ? "KEY" : "KEY_B"],
      ["answered", main.asked[0]?.headers.authorization === "Bearer sk-test" ? "KEY_B" : "KEY"],
    ]);
    const [shadow] = named(spans, "chat next");
    expect(shadow).toMatchObject({ parentSpanId: server?.spanId, attributes: { "vgw.model.chosen_by": "shadow" } });
    for (const [index, span] of tried.entries())
      expect(String(main.asked[index]?.headers.traceparent)).toBe(`00-${trace}-${span.spanId}-01`);
    expect(collector.batches.map(({ text }) => text).join("")).not.toContain("sk-");
  });

  test("what is asked of a model beside an answer has its own name", async () => {
    const gateway = await start("100%", collector.origin);
    main.answer = (_, response) =>
      json(response, 200, {
        object: "list",
        model: "text-embedding-3-small",
        data: [{ object: "embedding", index: 0, embedding: [0.5] }],
        usage: { prompt_tokens: 6, total_tokens: 6 },
      });
    main.asked.length = 0;
    const trace = newTrace();
    expect((await chat(gateway, trace, { input: "a secret text" }, "/embeddings")).status).toBe(200);
    const spans = await collector.trace(trace, 2);
    const [span] = named(spans, "embeddings text-embedding-3-small");
    expect(span).toMatchObject({
      parentSpanId: named(spans, "POST /embeddings")[0]?.spanId,
      attributes: {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": "openai",
        "gen_ai.usage.input_tokens": 6,
        "http.response.status_code": 200,
      },
    });
    expect(String(main.asked[0]?.headers.traceparent)).toBe(`00-${trace}-${span?.spanId}-01`);
    expect(collector.batches.map(({ text }) => text).join("")).not.toContain("a secret text");
  });

  test("a client that leaves: what was asked for it is told as left, and as no error", async () => {
    const gateway = await start("100%", collector.origin);
    const leaving = new AbortController();
    main.answer = () => leaving.abort();
    const trace = newTrace();
    await expect(chat(gateway, trace, {}, "/chat/completions", leaving.signal)).rejects.toThrow();
    const spans = await collector.trace(trace, 2);
    const [span] = named(spans, "chat gpt-4.1");
    expect(span?.attributes["vgw.model.outcome"]).toBe("left");
    expect(span?.status).toBeUndefined();
    const [server] = named(spans, "POST /chat/completions");
    expect(server?.attributes).toMatchObject({ "vgw.aborted": true });
    expect(server?.attributes).not.toHaveProperty("http.response.status_code");
  });

  test("the caller decides; of traces that begin here a part is recorded, and services are told", async () => {
    const gateway = await start("0%", collector.origin);
    orders.answer = (_, response) => response.end("ok");
    const [recorded, left] = [newTrace(), newTrace()];
    await get(gateway, "/called", { traceparent: `00-${left}-${PARENT}-00` });
    await get(gateway, "/called");
    await get(gateway, `/orders/${ID}`);
    await get(gateway, "/called", { traceparent: `00-${recorded}-${PARENT}-01` });
    const flags = orders.seen.map(({ headers }) => String(headers.traceparent).slice(-2));
    expect(flags).toEqual(["00", "00", "00", "01"]);
    await collector.trace(recorded, 2);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([recorded]));
    expect(await metric(gateway, 'vgw_trace_spans_total{result="sent"}')).toBe(2);
  });

  test("what is recorded when the gateway stops is sent first", async () => {
    const gateway = await start("100%", `${collector.origin}/v1/traces/`);
    await get(gateway, "/plain");
    await gateway.close(5_000);
    expect(collector.spans.map(({ name }) => name)).toEqual(["GET /plain"]);
    expect(collector.spans[0]?.parentSpanId).toBeUndefined();
    expect(collector.batches[0]?.path).toBe("/v1/traces");
  });

  test("no request waits for a collector that hangs, and a stop does not either", async () => {
    const hanging = await Collector.start();
    const held: ServerResponse[] = [];
    hanging.answer = (response) => {
      held.push(response);
      return false;
    };
    const gateway = await start("100%", hanging.origin);
    for (let request = 0; request < 20; request++) expect((await get(gateway, "/plain")).status).toBe(200);
    await hanging.until(() => held.length > 0);
    expect((await get(gateway, "/plain")).status).toBe(200);
    expect((await gateway.close(300)).cut).toBe(0);
    await hanging.stop();
    expect(JSON.stringify(logs)).toContain("traces.away");
  });

  test("a collector that is not there loses spans and nothing else", async () => {
    const gateway = await start("100%", "http://127.0.0.1:1");
    expect((await get(gateway, "/plain")).status).toBe(200);
    const away = (): unknown => logs.find((line) => JSON.stringify(line).includes("traces.away"));
    while (away() === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await get(gateway, "/plain")).status).toBe(200);
    expect(JSON.stringify(away())).toContain("ECONNREFUSED");
    await gateway.close(300);
  });

  test("a collector that asks for patience is sent the same spans again", async () => {
    const gateway = await start("100%", collector.origin);
    const usual = collector.answer;
    const before = collector.posts;
    collector.answer = (response) => {
      collector.answer = usual;
      response.writeHead(503, { "retry-after": "0" }).end();
      return false;
    };
    const trace = newTrace();
    await get(gateway, "/plain", { traceparent: `00-${trace}-${PARENT}-01` });
    await collector.trace(trace, 1);
    expect(collector.posts).toBe(before + 2);
    expect(collector.spans.filter(({ traceId }) => traceId === trace)).toHaveLength(1);
  });
});
