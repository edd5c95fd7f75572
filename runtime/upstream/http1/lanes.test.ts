/** What only pipelining can get wrong: order, what a lost connection does to those behind, and answers that nobody wants any more. */
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { UpstreamClient, UpstreamRequest } from "../client.ts";
import { Recorder } from "../testing/recorder.ts";
import { createHttp1Client } from "./index.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Upstream {
  readonly origin: string;
  /** The targets that each connection was asked for, in order. */
  readonly asked: string[][];
  /** Reads that brought requests. */
  reads: number;
}

/** `answer` is called for each request; what it gives is written at once. */
async function upstream(answer: (target: string, socket: Socket, connection: number) => string): Promise<Upstream> {
  const sockets = new Set<Socket>();
  const seen: { asked: string[][]; reads: number } = { asked: [], reads: 0 };
  const server = createServer((socket) => {
    const connection = seen.asked.push([]) - 1;
    sockets.add(socket);
    let text = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      seen.reads++;
      text += data.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
        const target = text.split(" ")[1] ?? "";
        text = text.slice(end + 4);
        seen.asked[connection]!.push(target);
        const written = answer(target, socket, connection);
        if (written !== "" && !socket.destroyed) socket.write(written);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return Object.assign(seen, { origin: `http://127.0.0.1:${address.port}` });
}

function clientOf(origin: string, pipelining = 1): UpstreamClient {
  const client = createHttp1Client({ origin, connections: 64, connectTimeout: 2000, keepAlive: 5000, pipelining });
  closers.push(() => client.close());
  return client;
}

function get(target: string, changes: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return { method: "GET", target, headers: "x-a: b\r\n", host: "up.example", body: null, idle: 5000, ...changes };
}

function ok(text: string, fields = ""): string {
  return `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${text.length}\r\n\r\n${text}`;
}

async function texts(recorders: readonly Recorder[]): Promise<string[]> {
  return Promise.all(recorders.map(async (one) => ((await one.over) === "complete" ? one.text : await one.over)));
}

const TARGETS = Array.from({ length: 20 }, (_, index) => `/${index}`);

describe("requests on a shared connection", () => {
  it("leave together, and each gets its own answer", async () => {
    const up = await upstream((target) => ok(target));
    const client = clientOf(up.origin);
    expect(await texts(TARGETS.map((target) => new Recorder(client, get(target))))).toEqual(TARGETS);
    expect(up.asked).toEqual([TARGETS]);
    expect(up.reads).toBeLessThan(4);
    expect(client.connections).toBe(1);
  });

  it("are answered in order whatever the answers look like, cut at every byte", async () => {
    const answers = new Map([
      ["/length", ok("one")],
      ["/chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\nX-T: 1\r\n\r\n"],
      ["/early", `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok("three")}`],
      ["/none", "HTTP/1.1 204 No Content\r\n\r\n"],
      ["/last", ok("five")],
    ]);
    let all = "";
    const up = await upstream((target, socket) => {
      all += answers.get(target) ?? "";
      if (target !== "/last") return "";
      const bytes = [...all];
      const next = (): void => {
        const byte = bytes.shift();
        if (byte !== undefined) socket.write(byte, "latin1", () => setImmediate(next));
      };
      next();
      return "";
    });
    const client = clientOf(up.origin);
    const recorders = [...answers.keys()].map((target) => new Recorder(client, get(target)));
    expect(await texts(recorders)).toEqual(["one", "two", "three", "", "five"]);
    expect(recorders[1]?.trailers).toEqual(["x-t", "1"]);
    expect(recorders[2]?.informationals.map(({ status }) => status)).toEqual([103]);
  });

  it("take the connection with the fewest, and a new one first", async () => {
    const up = await upstream((target) => ok(target));
    const client = clientOf(up.origin, 4);
    await texts(TARGETS.map((target) => new Recorder(client, get(target))));
    expect(up.asked.map((targets) => targets.length)).toEqual([5, 5, 5, 5]);
  });

  it.each([
    ["POST", null],
    ["DELETE", null],
    ["GET", "body"],
  ] as const)("%s with the body %s goes alone", async (method, body) => {
    const up = await upstream((target) => (target === "/slow" ? "" : ok(target)));
    const client = clientOf(up.origin);
    const slow = new Recorder(client, get("/slow"));
    expect(await texts([new Recorder(client, get("/alone", { method, body }))])).toEqual(["/alone"]);
    slow.attempt.abort();
    expect(up.asked).toHaveLength(2);
  });

  it("a slow reader holds back those behind it, and nothing is lost", async () => {
    const up = await upstream((target) => ok(target.repeat(target === "/0" ? 200_000 : 1)));
    const client = clientOf(up.origin);
    const [first, ...others] = TARGETS.map((target) => new Recorder(client, get(target)));
    if (first === undefined) throw new Error("no request");
    first.pauseAfter = 1000;
    await first.until(() => first.paused);
    expect(others.every((one) => one.status === 0)).toBe(true);
    first.pauseAfter = Number.POSITIVE_INFINITY;
    first.resume();
    expect(await texts(others)).toEqual(TARGETS.slice(1));
    expect(first.bytes).toBe(400_000);
  });
});

describe("a shared connection that ends", () => {
  it.each([
    ["says so", "Connection: close\r\n"],
    ["just does", ""],
  ])("and %s: those behind are made again, alone", async (_name, fields) => {
    const up = await upstream((target, socket, connection) => {
      if (connection > 0) return ok(target);
      if (target === "/3") socket.end(ok(target, fields));
      return up.asked[connection]!.length < 4 ? ok(target) : "";
    });
    const client = clientOf(up.origin);
    expect(await texts(TARGETS.map((target) => new Recorder(client, get(target))))).toEqual(TARGETS);
    expect(up.asked.slice(1).every((targets) => targets.length >= 1)).toBe(true);
    // It has shown that it does not take them so: the next ones go alone.
    const before = up.asked.length;
    expect(await texts(["/a", "/b"].map((target) => new Recorder(client, get(target))))).toEqual(["/a", "/b"]);
    expect(up.asked.length).toBeLessThanOrEqual(before + 2);
    expect(client.connections).toBeGreaterThan(0);
  });

  it("within an answer: that one fails, the others are made again", async () => {
    const up = await upstream((target, socket, connection) => {
      if (connection > 0) return ok(target);
      if (target === "/0") return ok(target);
      if (target === "/1") socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
      return "";
    });
    const client = clientOf(up.origin);
    const result = await texts(TARGETS.map((target) => new Recorder(client, get(target))));
    expect(result).toEqual(["/0", "closed", ...TARGETS.slice(2)]);
  });

  it("with what is not HTTP: the first fails, the others are made again", async () => {
    const up = await upstream((target, _socket, connection) =>
      connection > 0 ? ok(target) : target === "/0" ? "garbage\r\n\r\n" : "",
    );
    const client = clientOf(up.origin);
    const result = await texts(TARGETS.map((target) => new Recorder(client, get(target))));
    expect(result).toEqual(["malformed", ...TARGETS.slice(1)]);
  });

  it("that was never there: all fail, nothing was sent", async () => {
    const client = clientOf("http://127.0.0.1:1");
    expect(await texts(["/a", "/b"].map((target) => new Recorder(client, get(target))))).toEqual([
      "connect",
      "connect",
    ]);
  });

  it("is ended by an answer too many", async () => {
    const up = await upstream((target, _socket, connection) =>
      connection === 0 ? ok(target) + ok("forged") : ok(target),
    );
    const client = clientOf(up.origin);
    expect(await texts([new Recorder(client, get("/a"))])).toEqual(["/a"]);
    expect(await texts([new Recorder(client, get("/b"))])).toEqual(["/b"]);
    expect(up.asked).toEqual([["/a"], ["/b"]]);
  });
});

describe("an answer that takes its time", () => {
  it("does not keep the others waiting: they are made again, and it goes on", async () => {
    let stream: Socket | null = null;
    const up = await upstream((target, socket, connection) => {
      if (connection > 0) return ok(target);
      stream ??= socket;
      return target === "/0" ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n" : "";
    });
    const client = clientOf(up.origin);
    const [first, ...others] = TARGETS.map((target) => new Recorder(client, get(target, { idle: 60_000 })));
    expect(await texts(others)).toEqual(TARGETS.slice(1));
    // Whoever comes meanwhile is not put behind it.
    expect(await texts([new Recorder(client, get("/late"))])).toEqual(["/late"]);
    stream!.write(`1\r\nb\r\n0\r\n\r\n${ok("/1")}`);
    expect(await first?.over).toBe("complete");
    expect(first?.text).toBe("ab");
  });

  it("a switch of protocols has a connection of its own", async () => {
    const up = await upstream((target) => (target === "/slow" ? "" : ok(target)));
    const client = clientOf(up.origin);
    const slow = new Recorder(client, get("/slow"));
    const upgrade = new Recorder(client, get("/ws", { upgrade: true }));
    expect(await texts([upgrade])).toEqual(["/ws"]);
    expect(up.asked).toEqual([["/slow"], ["/ws"]]);
    slow.attempt.abort();
  });
});

describe("requests that are given up", () => {
  it("leave the others alone: the answer is thrown away", async () => {
    const release: (() => void)[] = [];
    const up = await upstream((target, socket) => {
      if (target === "/19") for (const each of TARGETS) socket.write(ok(each));
      if (target === "/19") for (const go of release) go();
      return "";
    });
    const client = clientOf(up.origin);
    const recorders = TARGETS.map((target) => new Recorder(client, get(target)));
    for (const index of [0, 5, 19]) recorders[index]?.attempt.abort();
    const kept = recorders.filter((_, index) => ![0, 5, 19].includes(index));
    expect(await texts(kept)).toEqual(TARGETS.filter((_, index) => ![0, 5, 19].includes(index)));
    expect(up.asked).toHaveLength(1);
  });

  it("end the connection when nothing else is on it", async () => {
    const up = await upstream(() => "");
    const client = clientOf(up.origin);
    const one = new Recorder(client, get("/"));
    await expect.poll(() => up.asked.flat()).toEqual(["/"]);
    one.attempt.abort();
    await expect.poll(() => client.connections).toBe(0);
  });

  it("do not keep the others waiting for an answer that never comes", async () => {
    const up = await upstream((target, _socket, connection) => (connection > 0 ? ok(target) : ""));
    const client = clientOf(up.origin);
    const [first, ...others] = ["/a", "/b", "/c"].map((target) => new Recorder(client, get(target, { idle: 100 })));
    await expect.poll(() => up.asked.flat().length).toBe(3);
    first?.attempt.abort();
    expect(await texts(others)).toEqual(["/b", "/c"]);
  });

  it("end the connection if the unwanted answer is long", async () => {
    const up = await upstream((target, _socket, connection) =>
      connection > 0 ? ok(target) : target === "/0" ? ok("x".repeat(300_000)) : "",
    );
    const client = clientOf(up.origin);
    const [first, ...others] = TARGETS.map((target) => new Recorder(client, get(target)));
    first?.attempt.abort();
    expect(await texts(others)).toEqual(TARGETS.slice(1));
  });

  it("go on giving up where they were made again", async () => {
    const up = await upstream((target, socket, connection) => {
      if (connection === 0 && target === "/0") socket.end(ok(target, "Connection: close\r\n"));
      return "";
    });
    const client = clientOf(up.origin);
    const [first, second] = ["/0", "/1"].map((target) => new Recorder(client, get(target)));
    expect(await first?.over).toBe("complete");
    await expect.poll(() => up.asked.length).toBe(2);
    second?.attempt.abort();
    await expect.poll(() => client.connections).toBe(0);
  });
});

it("closing lets what is under way end", async () => {
  const sockets: Socket[] = [];
  const up = await upstream((_target, socket) => {
    sockets.push(socket);
    return "";
  });
  const client = clientOf(up.origin);
  const one = new Recorder(client, get("/"));
  await expect.poll(() => sockets.length).toBe(1);
  const closed = client.close();
  sockets[0]?.write(ok("late"));
  expect(await one.over).toBe("complete");
  await closed;
  expect(client.connections).toBe(0);
});
