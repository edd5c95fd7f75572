/** Forwarding by a real client, against servers that behave and servers that do not. Long because it is one list of cases over the same few helpers. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { FakeExchange, type FakeRequest } from "../../test/fakes/exchange.ts";
import { onRequest, type RawServer, rawServer } from "../../test/fakes/raw-server.ts";
import type { ForwardOptions, ServiceConfiguration } from "../abi.ts";
import { Failure } from "../failure.ts";
import type { UpstreamService } from "./service.ts";
import { forwarding, serviceOf } from "./testing/service.ts";

const unhandled: unknown[] = [];
process.on("unhandledRejection", (error) => unhandled.push(error));

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});
afterAll(() => {
  expect(unhandled).toEqual([]);
});

async function raw(connection: (socket: Socket, index: number) => void): Promise<RawServer> {
  const server = await rawServer(connection);
  stops.unshift(() => server.stop());
  return server;
}

/** Answers every request with these bytes. */
function answering(bytes: string): Promise<RawServer> {
  return raw((socket) => onRequest(socket, () => socket.write(Buffer.from(bytes, "latin1"))));
}

async function http(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.unshift(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function service(endpoints: string | readonly string[], changes: Partial<ServiceConfiguration> = {}): UpstreamService {
  const made = serviceOf(endpoints, changes);
  stops.push(() => made.close());
  return made;
}

async function forward(
  to: UpstreamService,
  request: FakeRequest = {},
  options: Partial<ForwardOptions> = {},
): Promise<{ readonly exchange: FakeExchange; readonly failure: Failure | null }> {
  const exchange = new FakeExchange(request);
  const failure = await to.forward(exchange, forwarding(options));
  return { exchange, failure };
}

/** [kind, status, code] of what must be a failure. */
function told(failure: Failure | null): readonly unknown[] {
  return failure instanceof Failure ? [failure.kind, failure.status, failure.code] : [failure];
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

describe("the request", () => {
  /** What the upstream saw, as [start line, …fields], and the body. */
  async function seen(
    request: FakeRequest,
    options: Partial<ForwardOptions> = {},
    changes: Partial<ServiceConfiguration> & { readonly base?: string } = {},
  ): Promise<{ readonly lines: string[]; readonly body: string; readonly port: number }> {
    let text = "";
    const server = await raw((socket) => {
      onRequest(socket, (complete) => {
        text = complete;
        socket.write("HTTP/1.1 204 No Content\r\n\r\n");
      });
    });
    const { failure } = await forward(service(server.origin + (changes.base ?? ""), changes), request, options);
    expect(failure).toBeNull();
    const [head = "", body = ""] = text.split("\r\n\r\n");
    return { lines: head.split("\r\n"), body, port: server.port };
  }

  function fields(lines: readonly string[], name: string): string[] {
    return lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => line.split(": ")[1]!);
  }

  it("joins the endpoint's path and the target, whose bytes stay", async () => {
    const { lines } = await seen({}, { target: "/a%2Fb//c/?q=%20&&r" }, { base: "/base/" });
    expect(lines[0]).toBe("GET /base/a%2Fb//c/?q=%20&&r HTTP/1.1");
  });

  it("names the endpoint as Host, or the client's if that is wished", async () => {
    const plain = await seen({ host: "shop.example" });
    expect(fields(plain.lines, "host")).toEqual([`127.0.0.1:${plain.port}`]);
    const kept = await seen({ host: "shop.example" }, {}, { preserveHost: true });
    expect(fields(kept.lines, "host")).toEqual(["shop.example"]);
  });

  it("leaves out fields of the connection, and what Connection names (RFC 9110 §7.6.1)", async () => {
    const { lines } = await seen({
      headers: [
        ...["connection", "X-Hop, keep-alive", "x-hop", "1", "keep-alive", "timeout=5", "proxy-connection", "close"],
        ...["te", "gzip", "upgrade", "websocket", "transfer-encoding", "chunked", "expect", "100-continue"],
        ...["x-end", "2", "authorization", "Bearer t", "trailer", "digest"],
      ],
    });
    const names = lines.slice(1).map((line) => line.split(":")[0]!.toLowerCase());
    expect(names.sort()).toEqual(["authorization", "host", "traceparent", "via", "x-end"]);
  });

  it("does not let Connection name away what others rely on", async () => {
    const { lines } = await seen({
      headers: ["connection", "authorization, cookie", "authorization", "x", "cookie", "y"],
    });
    expect(fields(lines, "authorization")).toEqual(["x"]);
    expect(fields(lines, "cookie")).toEqual(["y"]);
  });

  it("passes TE: trailers on, and nothing else of TE", async () => {
    expect(fields((await seen({ headers: ["te", "gzip;q=0.5, trailers"] })).lines, "te")).toEqual(["trailers"]);
  });

  it("adds itself to Via (RFC 9110 §7.6.3)", async () => {
    expect(fields((await seen({ headers: ["via", "1.0 a", "via", "2 b"] })).lines, "via")).toEqual([
      "1.0 a, 2 b, 1.1 vgw",
    ]);
  });

  it("goes on with the trace, with a span of its own and the client's flags", async () => {
    const sampledOut = `00-${"a".repeat(32)}-${"b".repeat(16)}-00`;
    const { lines } = await seen({ headers: ["traceparent", sampledOut, "tracestate", "k=v"] });
    const [parent = ""] = fields(lines, "traceparent");
    const exchange = new FakeExchange();
    expect(parent).toMatch(new RegExp(`^00-${exchange.traceId}-[0-9a-f]{16}-00$`));
    expect(parent).not.toContain(exchange.spanId);
    expect(fields(lines, "tracestate")).toEqual(["k=v"]);
  });

  it("drops the state of a trace it did not take over (Trace Context §3.3)", async () => {
    const { lines } = await seen({ headers: ["traceparent", "00-nonsense", "tracestate", "k=v"] });
    expect(fields(lines, "tracestate")).toEqual([]);
    expect(fields(lines, "traceparent")[0]).toMatch(/-01$/);
  });

  it("keeps the framing whatever the program sets", async () => {
    const edits = [
      { name: "transfer-encoding", value: "chunked" },
      { name: "content-length", value: "99" },
      { name: "connection", value: "close" },
    ];
    const { lines, body } = await seen({ method: "POST", body: "hello" }, { edits });
    expect([body, fields(lines, "content-length"), fields(lines, "transfer-encoding")]).toEqual(["hello", ["5"], []]);
  });

  it("carries the program's edits, in order, after hygiene", async () => {
    const { lines } = await seen(
      { headers: ["x-a", "1", "x-b", "2", "x-a", "3"] },
      {
        edits: [
          { name: "x-a", value: "new" },
          { name: "x-b", value: null },
          { name: "host", value: "other.example" },
        ],
      },
    );
    expect(fields(lines, "x-a")).toEqual(["new"]);
    expect(fields(lines, "x-b")).toEqual([]);
    expect(fields(lines, "host")).toEqual(["other.example"]);
  });

  it("cannot be split by an edited value", async () => {
    const { lines } = await seen({}, { edits: [{ name: "x-a", value: "1\r\nx-smuggled: 2" }] });
    expect(lines.some((line) => line.startsWith("x-smuggled"))).toBe(false);
  });

  it("writes a value beyond Latin-1 as UTF-8", async () => {
    const { lines } = await seen({}, { edits: [{ name: "x-a", value: "€" }] });
    expect(fields(lines, "x-a")).toEqual([Buffer.from("€").toString("latin1")]);
  });

  it("takes the program's body in place of the client's", async () => {
    const { lines, body } = await seen(
      { method: "POST", body: "old", headers: ["content-type", "text/plain", "content-length", "3"] },
      { body: { data: "{}", mediaType: "application/json" } },
    );
    expect(body).toBe("{}");
    expect(fields(lines, "content-type")).toEqual(["application/json"]);
    expect(fields(lines, "content-length")).toEqual(["2"]);
  });

  it("has the client's body with its length", async () => {
    const { lines, body } = await seen({ method: "POST", body: "hello", headers: ["content-length", "5"] });
    expect([body, fields(lines, "content-length")]).toEqual(["hello", ["5"]]);
  });
});

describe("the answer", () => {
  it("passes status, fields and body, without those of the connection", async () => {
    const server = await answering(
      "HTTP/1.1 201 Created\r\nX-A: 1\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok",
    );
    const { exchange, failure } = await forward(service(server.origin));
    expect(failure).toBeNull();
    expect([exchange.status, exchange.text, exchange.outcome]).toEqual([201, "ok", "complete"]);
    expect(exchange.answerHeaders).toEqual(["x-a", "1", "set-cookie", "a", "set-cookie", "b"]);
    expect([exchange.service, exchange.upstream?.endpoint]).toEqual(["orders", `127.0.0.1:${server.port}`]);
  });

  for (const [what, method, bytes, status, length] of [
    ["HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", 200, 1234],
    ["204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, null],
    ["304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n", 304, 1234],
  ] as const) {
    it(`${what} keeps its length and has no body`, async () => {
      const server = await answering(bytes);
      const { exchange } = await forward(service(server.origin), { method });
      expect([exchange.status, exchange.answerLength, exchange.bytesSent]).toEqual([status, length, 0]);
      expect(exchange.outcome).toBe("complete");
    });
  }

  it("passes 1xx responses first", async () => {
    const server = await answering(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    );
    const { exchange } = await forward(service(server.origin));
    expect(exchange.informationals).toEqual([{ status: 103, headers: ["link", "</a>"] }]);
    expect(exchange.status).toBe(200);
  });

  it("passes trailers that may be trailers (RFC 9110 §6.5.1)", async () => {
    const server = await answering(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nDigest: d\r\nSet-Cookie: a=b\r\nAuthorization: x\r\n\r\n",
    );
    const { exchange } = await forward(service(server.origin));
    expect([exchange.text, exchange.answerLength, exchange.trailers]).toEqual(["ok", null, ["digest", "d"]]);
  });

  it("refuses a transfer coding it would have to hide from the client", async () => {
    const server = await answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    const { exchange, failure } = await forward(service(server.origin));
    expect(told(failure)).toEqual(["protocol", 502, "upstream-malformed"]);
    expect(exchange.status).toBe(0);
  });

  it("sends the head at once when the body takes its time", async () => {
    let go = (): void => {};
    const server = await raw((socket) => {
      onRequest(socket, () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
        go = () => socket.write("late");
      });
    });
    const exchange = new FakeExchange();
    const result = service(server.origin).forward(exchange, forwarding());
    while (exchange.status === 0) await pause(1);
    expect([exchange.answerLength, exchange.text]).toEqual([4, ""]);
    go();
    expect(await result).toBeNull();
    expect([exchange.text, exchange.outcome]).toEqual(["late", "complete"]);
  });

  it("is cut when the upstream breaks off within the body", async () => {
    const server = await raw((socket) => {
      onRequest(socket, () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
    });
    const { exchange, failure } = await forward(service(server.origin));
    expect([failure, exchange.status, exchange.text, exchange.outcome]).toEqual([null, 200, "abc", "cut"]);
  });

  it("is cut when the body stands still", async () => {
    const server = await answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    const { exchange, failure } = await forward(service(server.origin, { idle: 100 }));
    expect([failure, exchange.outcome]).toEqual([null, "cut"]);
    await server.closed(1);
  });

  for (const [how, bytes] of [
    ["whole", "Content-Length: 3\r\n\r\nbig"],
    ["in chunks", "Transfer-Encoding: chunked\r\n\r\n3\r\nbig\r\n0\r\n\r\n"],
  ] as const) {
    it(`before the end of the request, ${how}: is passed on, and the client's connection closes`, async () => {
      const server = await raw((socket) => {
        socket.once("data", () => socket.write(`HTTP/1.1 413 Content Too Large\r\n${bytes}`));
      });
      const exchange = new FakeExchange({ method: "POST", body: { length: 1_000_000 } });
      exchange.body.push("the beginning");
      const failure = await service(server.origin).forward(exchange, forwarding());
      expect([failure, exchange.status, exchange.text, exchange.closesAfter]).toEqual([null, 413, "big", true]);
      // The rest of the body comes all the same and goes nowhere.
      exchange.body.push("more");
      await server.closed(1);
    });
  }

  it("may flow while the request still does", async () => {
    const origin = await http((request, response) => request.pipe(response));
    const exchange = new FakeExchange({ method: "POST", body: { length: null } });
    const result = service(origin).forward(exchange, forwarding());
    exchange.body.push("ping");
    while (exchange.text !== "ping") await pause(1);
    exchange.body.push("pong");
    exchange.body.finish();
    expect(await result).toBeNull();
    expect([exchange.text, exchange.closesAfter]).toEqual(["pingpong", false]);
  });
});

describe("the program looks at the head", () => {
  const OK = "HTTP/1.1 500 Oops\r\nX-A: 1\r\nContent-Length: 6\r\n\r\nsecret";

  for (const [how, wrap] of [
    ["at once", (value: boolean) => value],
    ["later", (value: boolean) => pause(20).then(() => value)],
  ] as const) {
    it(`and lets it pass, ${how}`, async () => {
      const server = await answering(OK);
      const { exchange } = await forward(service(server.origin), {}, { answer: () => wrap(false) });
      expect([exchange.status, exchange.text]).toEqual([500, "secret"]);
    });

    it(`and answers itself, ${how}; the connection is kept`, async () => {
      const server = await answering(OK);
      const to = service(server.origin);
      const exchange = new FakeExchange();
      for (const each of [exchange, new FakeExchange()]) {
        const failure = await to.forward(
          each,
          forwarding({
            answer: ({ status, headers }) => {
              each.respond(status + 3, ["x-seen", headers[headers.indexOf("x-a") + 1]!], "own");
              return wrap(true);
            },
          }),
        );
        expect(failure).toBeNull();
        await pause(20);
      }
      expect([exchange.status, exchange.text, exchange.header("x-seen")]).toEqual([503, "own", "1"]);
      expect(server.sockets).toHaveLength(1);
    });

    it(`and fails, ${how}`, async () => {
      const server = await answering(OK);
      const { exchange, failure } = await forward(
        service(server.origin),
        {},
        {
          answer: () => {
            if (how === "at once") throw new Error("oops");
            return pause(20).then(() => Promise.reject(new Error("oops")));
          },
        },
      );
      expect(told(failure)).toEqual(["invalid", 500, "program-failed"]);
      expect(exchange.status).toBe(0);
    });
  }

  it("a long body that nobody wants ends its connection", async () => {
    const server = await answering(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(1000)}`);
    await forward(service(server.origin), {}, { answer: () => true });
    await server.closed(1);
  });
});

describe("failures", () => {
  it("no connection", async () => {
    const server = await rawServer(() => {});
    await server.stop();
    const to = service(server.origin);
    expect(told((await forward(to)).failure)).toEqual(["connect", 502, "upstream-unreachable"]);
    expect(to.endpoints[0]!.counters.failures.get("connect")).toBe(1);
    expect(to.endpoints[0]!.inFlight).toBe(0);
  });

  it("closed without an answer", async () => {
    const server = await raw((socket) => onRequest(socket, () => socket.end()));
    expect(told((await forward(service(server.origin))).failure)).toEqual(["protocol", 502, "upstream-closed"]);
  });

  it("not HTTP", async () => {
    const server = await answering("220 smtp.example ESMTP\r\n");
    expect(told((await forward(service(server.origin))).failure)).toEqual(["protocol", 502, "upstream-malformed"]);
  });

  it("no answer in the service's time, the forward's, or the route's", async () => {
    const server = await raw((socket) => socket.resume());
    const timeout = ["timeout", 504, "upstream-timeout"];
    expect(told((await forward(service(server.origin, { timeout: 50 }))).failure)).toEqual(timeout);
    expect(told((await forward(service(server.origin), {}, { timeout: 50 })).failure)).toEqual(timeout);
    const late = { deadline: performance.now() + 50 };
    expect(told((await forward(service(server.origin), {}, late)).failure)).toEqual([
      "timeout",
      504,
      "deadline-exceeded",
    ]);
    const past = { deadline: performance.now() - 1 };
    expect(told((await forward(service(server.origin), {}, past)).failure)).toEqual([
      "timeout",
      504,
      "deadline-exceeded",
    ]);
    await server.closed(3);
  });

  it("the route's deadline cuts an answer that has begun", async () => {
    const server = await raw((socket) => {
      onRequest(socket, () => {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const timer = setInterval(() => socket.write("1\r\nx\r\n"), 10);
        socket.on("close", () => clearInterval(timer));
      });
    });
    const { exchange, failure } = await forward(service(server.origin), {}, { deadline: performance.now() + 100 });
    expect([failure, exchange.outcome]).toEqual([null, "cut"]);
    await server.closed(1);
  });

  it("a client that uploads slowly is not the upstream's fault", async () => {
    const server = await raw((socket) => {
      onRequest(socket, () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    });
    const exchange = new FakeExchange({ method: "POST", body: { length: 100_000 } });
    const result = service(server.origin, { timeout: 60 }).forward(exchange, forwarding());
    exchange.body.push(Buffer.alloc(50_000));
    await pause(200);
    exchange.body.push(Buffer.alloc(50_000));
    exchange.body.finish();
    expect(await result).toBeNull();
    expect(exchange.status).toBe(200);
  });

  it("an upstream that does not read is", async () => {
    const server = await raw((socket) => socket.pause());
    const exchange = new FakeExchange({ method: "POST", body: { length: null } });
    const result = service(server.origin, { timeout: 100 }).forward(exchange, forwarding());
    let over = false;
    result.then(() => {
      over = true;
    });
    while (!over) {
      if (exchange.body.paused) await pause(1);
      else exchange.body.push(Buffer.alloc(64 * 1024));
    }
    expect(told(await result)).toEqual(["timeout", 504, "upstream-timeout"]);
    expect(exchange.closesAfter).toBe(true);
  });

  it("a body that is declared too long reaches no upstream", async () => {
    const server = await raw(() => {});
    const { failure } = await forward(service(server.origin), { method: "POST", body: "12345" }, { bodyLimit: 4 });
    expect(told(failure)).toEqual(["invalid", 413, "body-too-large"]);
    expect(server.sockets).toHaveLength(0);
  });

  it("a body that turns out too long ends the upstream's request", async () => {
    const server = await raw((socket) => socket.resume());
    const to = service(server.origin);
    const exchange = new FakeExchange({ method: "POST", body: { length: null } });
    const result = to.forward(exchange, forwarding({ bodyLimit: 4 }));
    exchange.body.push("123");
    await pause(20);
    exchange.body.push("45");
    expect(told(await result)).toEqual(["invalid", 413, "body-too-large"]);
    await server.closed(1);
    expect(to.endpoints[0]!.counters.failures.size).toBe(0);
  });

  it("a request that cannot be written", async () => {
    const server = await raw(() => {});
    expect(told((await forward(service(server.origin), {}, { target: "/a b" })).failure)).toEqual([
      "protocol",
      502,
      "upstream-unsendable",
    ]);
  });

  it("a service that has been closed", async () => {
    const server = await raw(() => {});
    const to = service(server.origin);
    await to.close();
    expect(told((await forward(to)).failure)).toEqual(["overload", 503, "upstream-overloaded"]);
  });
});

describe("the client leaves", () => {
  it("before: nothing is sent", async () => {
    const server = await raw(() => {});
    const exchange = new FakeExchange();
    exchange.leave();
    expect(await service(server.origin).forward(exchange, forwarding())).toBeNull();
    expect(server.sockets).toHaveLength(0);
  });

  for (const [when, bytes] of [
    ["before the head", ""],
    ["within the body", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc"],
  ] as const) {
    it(`${when}: the upstream's connection goes at once`, async () => {
      let arrived = false;
      const server = await raw((socket) => {
        onRequest(socket, () => {
          arrived = true;
          if (bytes !== "") socket.write(bytes);
        });
      });
      const to = service(server.origin);
      const exchange = new FakeExchange();
      const result = to.forward(exchange, forwarding());
      while (!arrived || (bytes !== "" && exchange.bytesSent === 0)) await pause(1);
      exchange.leave();
      expect(await result).toBeNull();
      await server.closed(1);
      expect([to.endpoints[0]!.inFlight, to.endpoints[0]!.counters.failures.size]).toEqual([0, 0]);
    });
  }

  it("while it uploads: the upstream's connection goes at once", async () => {
    let bytes = 0;
    const server = await raw((socket) => socket.on("data", (data) => (bytes += data.length)));
    const exchange = new FakeExchange({ method: "PUT", body: { length: 1_000_000 } });
    const result = service(server.origin).forward(exchange, forwarding());
    exchange.body.push("abc");
    while (bytes === 0) await pause(1);
    exchange.leave();
    expect(await result).toBeNull();
    await server.closed(1);
  });
});

describe("back-pressure", () => {
  const CHUNK = Buffer.alloc(64 * 1024, "x");
  const TOTAL = 24 * 1024 * 1024;

  it("a client that does not read stops the upstream", async () => {
    let written = 0;
    const origin = await http((_request, response) => {
      const more = (): void => {
        while (written < TOTAL) {
          written += CHUNK.length;
          if (!response.write(CHUNK)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    const exchange = new FakeExchange();
    exchange.slow = true;
    exchange.countOnly = true;
    const result = service(origin).forward(exchange, forwarding());
    for (let before = -1; before !== written || written === 0; ) {
      before = written;
      await pause(100);
    }
    expect(written).toBeLessThan(TOTAL);
    expect(exchange.bytesSent).toBeLessThan(1024 * 1024);
    // Idle, but for the client's sake: the upstream is not blamed.
    exchange.drain();
    expect(await result).toBeNull();
    expect(exchange.bytesSent).toBe(TOTAL);
  });

  it("an upstream that does not read stops the client", async () => {
    let received = 0;
    const server = await raw((socket) => {
      socket.pause();
      socket.once("resume", () => socket.on("data", (data) => (received += data.length)));
      setTimeout(() => socket.resume(), 400);
      const timer = setInterval(() => {
        if (received < TOTAL) return;
        clearInterval(timer);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      }, 10);
    });
    const exchange = new FakeExchange({ method: "PUT", body: { length: TOTAL } });
    const result = service(server.origin).forward(exchange, forwarding());
    let sent = 0;
    while (sent < TOTAL) {
      sent += CHUNK.length;
      if (!exchange.body.push(CHUNK)) {
        if (received === 0) expect(sent).toBeLessThan(TOTAL / 2);
        await exchange.body.whenReady();
      } else if (sent % (1024 * 1024) === 0) await pause(0);
    }
    exchange.body.finish();
    expect(await result).toBeNull();
    expect(exchange.body.pauses).toBeGreaterThan(0);
  });
});

describe("connections", () => {
  it("are limited; requests beyond wait in order, a bounded number of them", async () => {
    const answers: (() => void)[] = [];
    const order: string[] = [];
    const server = await raw((socket) => {
      onRequest(socket, (text) => {
        order.push(text.split(" ")[1]!);
        answers.push(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
      });
    });
    const to = service(server.origin, { connections: 2 });
    const results = ["/1", "/2", "/3", "/4"].map((target) => forward(to, {}, { target }));
    expect(told((await forward(to)).failure)).toEqual(["overload", 503, "upstream-overloaded"]);
    expect(to.waiting).toBe(2);
    for (let count = 0; count < 4; count++) {
      while (answers.length === 0) await pause(1);
      answers.shift()!();
    }
    expect((await Promise.all(results)).map(({ exchange }) => exchange.status)).toEqual([200, 200, 200, 200]);
    expect(order).toEqual(["/1", "/2", "/3", "/4"]);
    expect(server.sockets.length).toBeLessThanOrEqual(2);
  });

  it("a wait that takes too long is overload; one that the client gives up leaves the queue", async () => {
    const server = await raw((socket) => socket.resume());
    const to = service(server.origin, { connections: 1, timeout: 300 });
    const first = forward(to);
    const second = forward(to, {}, { timeout: 50 });
    const leaving = new FakeExchange();
    expect(told((await second).failure)).toEqual(["overload", 503, "upstream-overloaded"]);
    const third = to.forward(leaving, forwarding());
    expect(to.waiting).toBe(1);
    leaving.leave();
    expect(await third).toBeNull();
    expect(to.waiting).toBe(0);
    expect(told((await first).failure)).toEqual(["timeout", 504, "upstream-timeout"]);
  });

  it("go to the endpoint with the fewest requests", async () => {
    const counts = [0, 0, 0];
    const release: (() => void)[] = [];
    const servers = await Promise.all(
      counts.map((_, index) =>
        raw((socket) =>
          onRequest(socket, () => {
            counts[index]!++;
            release.push(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
          }),
        ),
      ),
    );
    const to = service(servers.map(({ origin }) => origin));
    const all = Array.from({ length: 9 }, () => forward(to));
    while (release.length < 9) await pause(1);
    expect(counts).toEqual([3, 3, 3]);
    for (const answer of release) answer();
    await Promise.all(all);
  });
});
