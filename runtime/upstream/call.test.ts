import { afterEach, describe, expect, it } from "vitest";
import { FakeExchange } from "../../test/fakes/exchange.ts";
import { onRequest, type RawServer, rawServer } from "../../test/fakes/raw-server.ts";
import type { Answer, CallRequest, ServiceConfiguration } from "../abi.ts";
import { Failure } from "../failure.ts";
import { Signal } from "../route/call.ts";
import type { UpstreamService } from "./service.ts";
import { serviceOf } from "./testing/service.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** Remembers the requests, answers each with these bytes ("" never). */
async function answering(bytes: string): Promise<RawServer & { readonly seen: string[] }> {
  const seen: string[] = [];
  const server = await rawServer((socket) => {
    onRequest(socket, (text) => {
      seen.push(text);
      if (bytes !== "") socket.write(bytes);
    });
  });
  stops.unshift(() => server.stop());
  return { ...server, seen };
}

function service(server: RawServer, changes: Partial<ServiceConfiguration> = {}): UpstreamService {
  const made = serviceOf(`${server.origin}/api`, changes);
  stops.push(() => made.close());
  return made;
}

function request(changes: Partial<CallRequest> = {}): CallRequest {
  return {
    method: "GET",
    target: "/customers/1?a=b",
    headers: [],
    body: null,
    timeout: null,
    deadline: null,
    absentOn404: false,
    signal: null,
    ...changes,
  };
}

function told(result: Answer | Failure): readonly unknown[] {
  return result instanceof Failure
    ? [result.kind, result.status, result.code]
    : [result.status, Buffer.from(result.body).toString()];
}

function responding(status: number, body = "", fields = ""): string {
  return `HTTP/1.1 ${status} X\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}

it("sends what it was given, asks for no coding, goes on with the trace", async () => {
  const server = await answering(responding(200, "{}", "X-A: 1\r\n"));
  const exchange = new FakeExchange({ headers: ["cookie", "the client's"] });
  const result = await service(server).call(
    exchange,
    request({ method: "POST", headers: ["x-b", "2", "accept-encoding", "br"], body: "hello" }),
  );
  expect(result instanceof Failure ? result : result.headers).toEqual(["x-a", "1"]);
  expect(told(result)).toEqual([200, "{}"]);
  const [text = ""] = server.seen;
  expect(text).toMatch(/^POST \/api\/customers\/1\?a=b HTTP\/1.1\r\n/);
  expect(text).toMatch(/accept-encoding: identity\r\n/);
  expect(text.match(/accept-encoding/g)).toHaveLength(1);
  expect(text).toMatch(new RegExp(`traceparent: 00-${exchange.traceId}-`));
  expect(text).not.toMatch(/cookie|via/);
  expect(text).toMatch(/x-b: 2\r\n/);
  expect(text).toMatch(/\r\n\r\nhello$/);
});

describe("statuses", () => {
  for (const [status, absentOn404, expected] of [
    [200, false, [200, "x"]],
    [299, false, [299, "x"]],
    [302, false, [302, "x"]],
    [400, false, ["status", 400, "upstream-status"]],
    [404, false, ["status", 404, "upstream-status"]],
    [404, true, [404, "x"]],
    [410, true, ["status", 410, "upstream-status"]],
    [503, false, ["status", 503, "upstream-status"]],
  ] as const) {
    it(`${status}${absentOn404 ? ", where 404 is absence" : ""}`, async () => {
      const server = await answering(responding(status, "x", "Location: /elsewhere\r\n"));
      expect(told(await service(server).call(new FakeExchange(), request({ absentOn404 })))).toEqual(expected);
      expect(server.seen).toHaveLength(1);
    });
  }
});

describe("bounds", () => {
  const tooLarge = ["protocol", 502, "upstream-answer-too-large"];

  it("a declared length beyond the limit", async () => {
    const server = await answering("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n");
    expect(told(await service(server, { answerLimit: 10 }).call(new FakeExchange(), request()))).toEqual(tooLarge);
    await server.closed(1);
  });

  it("chunks beyond the limit", async () => {
    const server = await answering(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nghijkl\r\n",
    );
    expect(told(await service(server, { answerLimit: 10 }).call(new FakeExchange(), request()))).toEqual(tooLarge);
    await server.closed(1);
  });

  it("exactly the limit", async () => {
    const server = await answering(responding(200, "0123456789"));
    const result = await service(server, { answerLimit: 10 }).call(new FakeExchange(), request());
    expect(told(result)).toEqual([200, "0123456789"]);
  });
});

describe("failures", () => {
  it("no connection", async () => {
    const server = await rawServer(() => {});
    await server.stop();
    expect(told(await service(server).call(new FakeExchange(), request()))).toEqual([
      "connect",
      502,
      "upstream-unreachable",
    ]);
  });

  it("no answer in time", async () => {
    const server = await answering("");
    expect(told(await service(server).call(new FakeExchange(), request({ timeout: 400 })))).toEqual([
      "timeout",
      504,
      "upstream-timeout",
    ]);
    const late = request({ deadline: performance.now() + 400 });
    expect(told(await service(server).call(new FakeExchange(), late))).toEqual(["timeout", 504, "deadline-exceeded"]);
    await server.closed(2);
  });

  it("an answer that breaks off", async () => {
    const server = await rawServer((socket) => {
      onRequest(socket, () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"));
    });
    stops.unshift(() => server.stop());
    expect(told(await service(server).call(new FakeExchange(), request()))).toEqual([
      "protocol",
      502,
      "upstream-closed",
    ]);
  });
});

describe("calls that nobody waits for", () => {
  it("end with their signal", async () => {
    const server = await answering("");
    const signal = new Signal();
    const result = service(server).call(new FakeExchange(), request({ signal }));
    while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    signal.abort();
    expect(told(await result)).toEqual(["refused", 499, "call-aborted"]);
    await server.closed(1);
    signal.abort();
  });

  it("end all together when the client leaves", async () => {
    const server = await answering("");
    const exchange = new FakeExchange();
    const to = service(server);
    const results = [1, 2, 3].map(() => to.call(exchange, request()));
    while (server.seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    exchange.leave();
    for (const result of await Promise.all(results)) expect(told(result)).toEqual(["refused", 499, "client-left"]);
    await server.closed(3);
    expect(told(await to.call(exchange, request()))).toEqual(["refused", 499, "client-left"]);
  });
});
