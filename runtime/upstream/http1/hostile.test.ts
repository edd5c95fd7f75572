/** The client against servers that send anything, in any pieces, and end in any way: outcomes by the reference, nothing left behind. */
import type { Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { onRequest, type RawServer, rawServer } from "../../../test/fakes/raw-server.ts";
import type { UpstreamClient, UpstreamRequest } from "../client.ts";
import { Recorder } from "../testing/recorder.ts";
import { createHttp1Client } from "./index.ts";
import { type Generated, generate, randomFrom, split } from "./testing/generate.ts";
import { readWhole } from "./testing/reference.ts";

const AT_ONCE = 16;
const stops: (() => Promise<void>)[] = [];
const uncaught: unknown[] = [];
process.on("uncaughtException", (error) => uncaught.push(error));

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  expect(uncaught).toEqual([]);
});

interface Script extends Generated {
  readonly pieces: readonly string[];
  readonly ending: "end" | "reset" | "stay";
}

function scriptOf(seed: number): Script {
  const random = randomFrom(seed);
  const generated = generate(random);
  const pieces = split(generated.bytes, random);
  const choice = random();
  return { ...generated, pieces, ending: choice < 0.6 ? "end" : choice < 0.8 ? "reset" : "stay" };
}

async function play(socket: Socket, { pieces, ending }: Script): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    await new Promise((resolve) => socket.write(Buffer.from(piece, "latin1"), resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (ending === "end") socket.end();
  if (ending !== "reset") return;
  // A reset overtakes what was sent.
  await pause(30);
  socket.resetAndDestroy();
}

interface Hostile extends RawServer {
  /** The script of each seed that was asked for; resolves when it has been played. */
  readonly played: ReadonlyMap<number, Promise<void>>;
  /** Nothing more will come: the time limit that stands one level up. */
  silence(seed: number): Promise<"silence">;
  client(connections: number): UpstreamClient;
}

async function serve(): Promise<Hostile> {
  const played = new Map<number, Promise<void>>();
  const clients: UpstreamClient[] = [];
  const server = await rawServer((socket) => {
    onRequest(socket, (request) => {
      const seed = Number(/^[A-Z]+ \/(\d+) /.exec(request)?.[1]);
      if (seed > 0) played.set(seed, play(socket, scriptOf(seed)));
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsound");
    });
  });
  stops.push(async () => {
    for (const client of clients) {
      await client.close();
      expect(client.connections).toBe(0);
    }
    await server.closed(server.sockets.length);
    await server.stop();
  });
  return {
    ...server,
    played,
    async silence(seed) {
      while (!played.has(seed)) await pause(50);
      await played.get(seed);
      await pause(1000);
      return "silence";
    },
    client(connections) {
      const { origin } = server;
      const client = createHttp1Client({ origin, connections, connectTimeout: 5000, keepAlive: 5000 });
      clients.push(client);
      return client;
    },
  };
}

function request(target: string, method = "GET"): UpstreamRequest {
  return { method, target, headers: ["x-a", "1"], host: "upstream.example", body: null, idle: 500 };
}

/** `each` for 1 to `count`, `AT_ONCE` at a time. */
async function inTurns(count: number, each: (index: number, worker: number) => Promise<void>): Promise<void> {
  let next = 1;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, worker) => {
      while (next <= count) await each(next++, worker);
    }),
  );
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

it("every outcome is the reference's, and the next request is not touched by it", { timeout: 60_000 }, async () => {
  const server = await serve();
  // One for each worker: what a server sends behind a response can reach whoever uses its connection next.
  const clients = Array.from({ length: AT_ONCE }, () => server.client(1));
  await inTurns(600, async (seed, worker) => {
    const client = clients[worker]!;
    const script = scriptOf(seed);
    const whole = readWhole(script.bytes, script.method);
    const recorder = new Recorder(client, request(`/${seed}`, script.method));
    const over = await Promise.race([recorder.over, server.silence(seed)]);
    recorder.attempt.abort();
    const about = `seed ${seed}, ${script.ending}: ${JSON.stringify(script.bytes)}`;
    const allowed: string[] = [whole.how];
    if (whole.how === "within-line") allowed.push("closed", "malformed");
    // The end of the connection is the end of the body only if it is orderly.
    if (whole.how === "complete" && !whole.reusable && script.ending !== "end") allowed.push("closed");
    if (script.ending === "stay") allowed.push("silence", "stalled");
    expect(allowed, about).toContain(over);
    if (over === "complete") {
      expect([recorder.status, recorder.text, recorder.trailers], about).toEqual([
        whole.status,
        whole.body,
        whole.trailers,
      ]);
    }
    await server.played.get(seed);
    await pause(5);
    const sound = new Recorder(client, request("/sound"));
    expect([await sound.over, sound.text], about).toEqual(["complete", "sound"]);
  });
});

it("aborts at any moment leave nothing behind", { timeout: 60_000 }, async () => {
  const server = await serve();
  const client = server.client(AT_ONCE);
  await inTurns(1500, async (index) => {
    const random = randomFrom(index);
    const recorder = new Recorder(client, request(random() < 0.5 ? "/sound" : `/${index}`));
    const moment = random();
    if (moment < 0.2) recorder.attempt.abort();
    else if (moment < 0.4) queueMicrotask(() => recorder.attempt.abort());
    else {
      await (moment < 0.7 ? new Promise((resolve) => setImmediate(resolve)) : pause(3 * moment));
      recorder.attempt.abort();
    }
  });
  const sound = new Recorder(server.client(1), request("/sound"));
  expect([await sound.over, sound.text]).toEqual(["complete", "sound"]);
  await client.close();
  await server.closed(server.sockets.length);
});

it("serves many requests over few connections, and keeps no listener for them", { timeout: 60_000 }, async () => {
  const server = await serve();
  const client = server.client(AT_ONCE);
  await inTurns(5000, async () => {
    const recorder = new Recorder(client, request("/sound"));
    expect(await recorder.over).toBe("complete");
  });
  expect(client.opened).toBeLessThanOrEqual(AT_ONCE);
  expect(server.sockets).toHaveLength(client.opened);
});
