import { createServer, type ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Collector } from "../../../test/fakes/collector.ts";
import { type ExportLimits, SpanExporter } from "./exporter.ts";
import { SpanText } from "./span-text.ts";

const TRACE = "a".repeat(32);
let next = 0;

function span(name: string): string {
  const spanId = (++next).toString(16).padStart(16, "0");
  return new SpanText({ traceId: TRACE, spanId, parentId: "", remoteParent: false }, "server", name, 1, 2).toString();
}

let collector: Collector;
const notes: (string | null)[] = [];
const open: SpanExporter[] = [];

function exporter(limits: Partial<ExportLimits> = {}, url = `${collector.origin}/v1/traces`): SpanExporter {
  const one = new SpanExporter({
    url,
    headers: { "x-key": "secret" },
    resource: { "service.name": 'a "shop"' },
    version: "1",
    random: () => 0,
    note: (problem) => notes.push(problem),
    limits: { collect: 5, firstPause: 10, longestPause: 20, ...limits },
  });
  open.push(one);
  return one;
}

beforeEach(async () => {
  collector = await Collector.start();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close(50);
  await collector.stop();
  notes.length = 0;
});

/** Until a counter says so: nobody is told when an answer has been read. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("what a collector takes", () => {
  test("spans of some time are one request, over one connection", async () => {
    const one = exporter();
    one.add(span("a"));
    one.add(span("b"));
    await until(() => one.sent === 2);
    one.add(span("c"));
    await until(() => one.sent === 3);
    expect(collector.batches.map(({ spans }) => spans.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
    expect(collector.batches[0]).toMatchObject({
      headers: { "content-type": "application/json", "x-key": "secret" },
      resource: { "service.name": 'a "shop"' },
    });
  });

  test("no batch is larger than it may be, and all of them arrive", async () => {
    const one = exporter({ batch: 10, collect: 10_000 });
    for (let index = 0; index < 35; index++) one.add(span(String(index)));
    await until(() => one.sent >= 30);
    await one.close(5_000);
    expect(collector.batches.map(({ spans }) => spans.length)).toEqual([10, 10, 10, 5]);
    expect(collector.spans.map(({ name }) => Number(name))).toEqual([...Array(35).keys()]);
    expect(one).toMatchObject({ sent: 35, dropped: 0, refused: 0 });
  });

  test("spans that it does not want are counted, and not sent again", async () => {
    const one = exporter();
    collector.answer = (response) => {
      response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}');
      return true;
    };
    one.add(span("a"));
    one.add(span("b"));
    await until(() => one.sent + one.refused === 2);
    expect(one).toMatchObject({ sent: 1, refused: 1, dropped: 0 });
    expect(collector.posts).toBe(1);
  });
});

describe("what it does not take", () => {
  test.each([400, 401, 404, 413, 500, 302])("%i is final", async (status) => {
    const one = exporter();
    collector.answer = (response) => {
      response.writeHead(status, { location: "/elsewhere" }).end();
      return false;
    };
    one.add(span("a"));
    await until(() => one.refused === 1);
    expect(collector.posts).toBe(1);
    expect(notes).toEqual([`the answer has the status ${status}`]);
  });

  test.each([429, 502, 503, 504])("%i is tried again, and told once", async (status) => {
    const one = exporter();
    const usual = collector.answer;
    collector.answer = (response) => {
      if (collector.posts === 3) collector.answer = usual;
      response.writeHead(status).end();
      return false;
    };
    one.add(span("a"));
    await until(() => one.sent === 1);
    expect(collector.posts).toBe(4);
    expect(notes).toEqual([`the answer has the status ${status}`, null]);
  });

  test("a connection that is lost is tried again", async () => {
    const one = exporter();
    const usual = collector.answer;
    collector.answer = (response) => {
      collector.answer = usual;
      response.socket?.destroy();
      return false;
    };
    one.add(span("a"));
    await until(() => one.sent === 1);
    expect(collector.posts).toBe(2);
  });

  test("what cannot be sent for too long is dropped, and Retry-After beyond that waits for nothing", async () => {
    const one = exporter({ tried: 1000 });
    collector.answer = (response) => {
      response.writeHead(503, { "retry-after": "3600" }).end();
      return false;
    };
    one.add(span("a"));
    await until(() => one.dropped === 1);
    expect(collector.posts).toBe(1);
  });

  test("the queue is bounded while a collector hangs", async () => {
    const held: ServerResponse[] = [];
    collector.answer = (response) => {
      held.push(response);
      return false;
    };
    const size = span("x").length;
    const one = exporter({ queue: size * 20, batch: 5 });
    for (let index = 0; index < 1000; index++) one.add(span("x"));
    expect(one.dropped).toBeGreaterThanOrEqual(979);
    await collector.until(() => held.length > 0);
    await one.close(20);
    expect(one.sent).toBe(0);
    expect(one.dropped).toBe(1000);
  });

  test("an answer without an end is given up in time", async () => {
    const server = createServer((_, response) => {
      response.writeHead(503);
      response.write("…");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const one = exporter({ timeout: 30, tried: 40 }, `http://127.0.0.1:${port}/`);
    one.add(span("a"));
    await until(() => one.dropped === 1);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("after it was closed nothing is taken", async () => {
    const one = exporter();
    await one.close(1000);
    one.add(span("late"));
    await one.close(1000);
    expect(one).toMatchObject({ sent: 0, dropped: 1 });
    expect(collector.posts).toBe(0);
  });

  test("a pause between two attempts does not hold a stop up", async () => {
    const one = exporter({ firstPause: 60_000, longestPause: 60_000 });
    const usual = collector.answer;
    collector.answer = (response) => {
      collector.answer = usual;
      response.writeHead(503).end();
      return false;
    };
    one.add(span("a"));
    await until(() => notes.length === 1);
    await one.close(30_000);
    expect(one.sent).toBe(1);
  });
});
