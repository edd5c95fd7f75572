/**
 * WebSockets through a running gateway, from source to socket, on both transports: handshakes, messages, closing, silence, back-pressure,
 * stopping, swaps. Long because each of these is said for both ends.
 */
import { WebSocket as UndiciWebSocket } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { fastCapabilities, STRICT } from "../../runtime/http/capabilities.ts";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { type Started, startProgram, type TransportName } from "./gateway.ts";
import {
  ACCEPT,
  closed,
  listening,
  message,
  type Peer,
  RawWebSocket,
  type Upstream,
  wsClient,
  wsUpstream,
} from "./peers.ts";
import { createServer } from "node:http";

const ends: (() => unknown)[] = [];
const close = (end: () => unknown): void => void ends.push(end);
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const program = (settings = "idle: 60s", route = ""): string => `vgw 1
gateway edge {}
service chat { url: "http://127.0.0.1:1" }
route GET "/chat" open { ${route}
  set response.header("x-edge") = "1"
  forward chat { websocket: { ${settings} } }
}
`;

const { native } = loadNative();
const transports: readonly TransportName[] = native === null ? ["strict"] : ["strict", "fast"];

describe.each(transports)("%s", (transport) => {
  const can = transport === "strict" ? STRICT : fastCapabilities(native?.version ?? "");

  async function started(source = program()): Promise<{ readonly gateway: Started; readonly upstream: Upstream }> {
    const upstream = await wsUpstream(close);
    return { gateway: await startProgram(source, transport, { chat: [upstream.origin] }, close), upstream };
  }

  /** Both ends of one WebSocket through the gateway. */
  async function pair(
    source?: string,
  ): Promise<{ readonly gateway: Started; readonly upstream: Upstream; readonly client: Peer; readonly server: Peer }> {
    const { gateway, upstream } = await started(source);
    const client = await wsClient(gateway.port, close);
    return { gateway, upstream, client, server: await upstream.next() };
  }

  test("messages of any kind and size arrive as they were sent, and are counted", async () => {
    const { gateway, client, server } = await pair(program("message: 2MB"));
    const large = "x".repeat(1_500_000);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      for (const data of ["", "text", "zwölf Boxkämpfer €", large]) {
        const arrived = message(to);
        from.send(data);
        const got = await arrived;
        expect(Buffer.from(got.data, "latin1").toString() === data).toBe(true);
        expect(got.isBinary).toBe(false);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const arrived = message(to);
      from.send(Buffer.from([0, 255, 128]), { binary: true });
      expect(await arrived).toEqual({ data: "\0\xff\x80", isBinary: true });
    }
    expect(await gateway.metric("vgw_websocket_messages_total", 'from="client"')).toBe(5);
    expect(await gateway.metric("vgw_websocket_messages_total", 'from="service"')).toBe(5);
    expect(await gateway.metric("vgw_websockets_open")).toBe(1);
    const [thread] = (await gateway.gateway.status()).threads;
    expect(thread).toMatchObject({ webSockets: 1, inFlight: 1 });
    client.close(1000, "done");
    const line = await gateway.logged(({ message: text }) => text === "request");
    const bytes = Buffer.byteLength(`textzwölf Boxkämpfer €${large}`) + 3;
    expect(line).toMatchObject({ status: 101, close_code: 1000, closed_by: "client", messages_in: 5, messages_out: 5 });
    expect(line).toMatchObject({ bytes_in: bytes, bytes_out: bytes, service: "chat" });
    expect(line).not.toHaveProperty("aborted");
    await expect.poll(() => gateway.metric("vgw_websockets_open")).toBe(0);
    expect(await gateway.metric("vgw_websockets_opened_total")).toBe(1);
    await expect.poll(() => gateway.metric("vgw_upstream_requests_in_flight")).toBe(0);
  });

  test("a message in fragments, with a ping in between", async () => {
    const { client, server } = await pair();
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      const arrived = message(to);
      const pong = new Promise<string>((resolve) => from.on("pong", (data) => resolve(data.toString())));
      from.send("one ", { fin: false });
      from.ping("alive?");
      from.send("two ", { fin: false });
      from.send("three", { fin: true });
      expect((await arrived).data).toBe("one two three");
      expect(await pong).toBe("alive?");
    }
  });

  test("the subprotocol is the service's choice, no extension is negotiated, changes to the header apply", async () => {
    const upstream = await wsUpstream(close, { handleProtocols: () => "chat.v2", perMessageDeflate: true });
    const gateway = await startProgram(program(), transport, { chat: [upstream.origin] }, close);
    const client = await wsClient(gateway.port, close, "/chat", ["chat.v1", "chat.v2"]);
    expect(client.protocol).toBe("chat.v2");
    expect(client.extensions).toBe("");
    const raw = await RawWebSocket.open(gateway.port, close, "/chat", ["sec-websocket-protocol: chat.v2"]);
    expect(raw.head.toLowerCase()).toContain("\r\nx-edge: 1");
    const [request] = upstream.requests;
    expect(request?.headers["sec-websocket-extensions"]).toBeUndefined();
    expect(request?.headers["sec-websocket-protocol"]).toBe("chat.v1,chat.v2");
    expect(request?.headers).toMatchObject({
      upgrade: "websocket",
      connection: "Upgrade",
      "x-forwarded-for": "127.0.0.1",
    });
  });

  test("Node's own client", async () => {
    const { gateway, upstream } = await started();
    const client = new UndiciWebSocket(`ws://127.0.0.1:${gateway.port}/chat`);
    close(() => client.close());
    await new Promise<void>((resolve) => client.addEventListener("open", () => resolve()));
    const server = await upstream.next();
    const echoed = new Promise((resolve) => client.addEventListener("message", ({ data }) => resolve(data)));
    server.on("message", (data) => server.send(data.toString()));
    client.send("there and back");
    expect(await echoed).toBe("there and back");
    const gone = closed(server);
    client.close(4000, "enough");
    expect(await gone).toBe("4000 enough");
  });

  test.each([1000, 1001, 1011, 1012, 1014, 3000, 4999, 1005])(
    "code %i goes from either end to the other",
    async (code) => {
      const toClient = await pair();
      const seen = closed(toClient.client);
      if (code === 1005) toClient.server.close();
      else toClient.server.close(code, "why");
      expect(await seen).toBe(code === 1005 ? "1005" : `${code} why`);
      const toServer = await pair();
      const told = closed(toServer.server);
      if (code === 1005) toServer.client.close();
      else toServer.client.close(code, "why");
      const taken = can.webSockets || code <= 1011 || code >= 4000;
      expect(await told).toBe(code === 1005 ? "1005" : taken ? `${code} why` : "1001");
    },
  );

  test("who is lost is told to the other side: 1001 to the service, 1011 to the client", async () => {
    const first = await pair();
    const told = closed(first.server);
    first.client.terminate();
    expect(await told).toBe("1001");
    expect(await first.gateway.logged(({ message: text }) => text === "request")).toMatchObject({
      close_code: 1006,
      closed_by: "client",
    });
    const second = await pair();
    const seen = closed(second.client);
    second.server.terminate();
    expect(await seen).toBe("1011");
  });

  test("a silent peer is pinged, and given up; one that answers stays", async () => {
    const { gateway, upstream } = await started(program("idle: 1s"));
    const alive = await wsClient(gateway.port, close);
    const beside = await upstream.next();
    const silent = await RawWebSocket.open(gateway.port, close);
    const told = closed(await upstream.next());
    expect((await silent.frame())?.first).toBe(0x89);
    expect(await told).toBe("1001");
    // The first one's peers have answered at least as many pings.
    const arrived = message(beside);
    alive.send("still here");
    expect((await arrived).data).toBe("still here");
  });

  /** Resolves when the count has not changed for a while; more time never makes a bounded count larger. */
  async function settled(count: () => Promise<number>): Promise<number> {
    let before = -1;
    for (let same = 0; same < 4; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const now = await count();
      same = now === before ? same + 1 : 0;
      before = now;
    }
    return before;
  }

  const MANY = 120;

  test("a client that does not read holds the service back", async () => {
    const { gateway, client, server } = await pair();
    client.pause();
    const sent = Buffer.alloc(1_000_000);
    for (let index = 0; index < MANY; index++) server.send(sent);
    const passed = await settled(() => gateway.metric("vgw_websocket_messages_total", 'from="service"'));
    expect(passed).toBeLessThan(MANY / 2);
    let received = 0;
    const all = new Promise<void>((resolve) =>
      client.on("message", (data) => {
        expect(data.length).toBe(1_000_000);
        if (++received === MANY) resolve();
      }),
    );
    client.resume();
    await all;
  });

  test("a service that does not read holds the client back, or the client is told to try later", async () => {
    const { gateway, client, server } = await pair();
    server.pause();
    const seen = closed(client);
    const sent = Buffer.alloc(1_000_000);
    for (let index = 0; index < MANY; index++) client.send(sent);
    if (!can.webSockets) {
      expect(await seen).toBe("1013");
      expect(await gateway.metric("vgw_websocket_messages_total", 'from="client"')).toBeLessThan(MANY / 2);
      return;
    }
    expect(await settled(() => gateway.metric("vgw_websocket_messages_total", 'from="client"'))).toBeLessThan(MANY / 2);
    let received = 0;
    const all = new Promise<void>((resolve) =>
      server.on("message", () => {
        if (++received === MANY) resolve();
      }),
    );
    server.resume();
    await all;
  });

  test("a message above the limit: its sender is told 1009, the other side that it is over", async () => {
    const first = await pair(program("message: 1KB"));
    const [told, seen] = [closed(first.server), closed(first.client)];
    first.client.send(Buffer.alloc(1001));
    expect(await seen).toBe("1009");
    expect(await told).toBe("1001");
    const second = await pair(program("message: 1KB"));
    const both = [closed(second.server), closed(second.client)];
    second.server.send(Buffer.alloc(1001));
    expect(await Promise.all(both)).toEqual(["1009", "1011"]);
    const third = await pair(program("message: 1KB"));
    const arrived = message(third.server);
    third.client.send(Buffer.alloc(1000));
    expect((await arrived).data.length).toBe(1000);
  });

  test("stopping tells both ends to go, and is over when they have gone", async () => {
    const { gateway, client, server } = await pair();
    const both = [closed(client), closed(server)];
    const stopped = gateway.gateway.close(10_000);
    expect(await Promise.all(both)).toEqual(["1001", "1001"]);
    await stopped;
  });

  test("a swap leaves open WebSockets alone; their generation goes when they do", async () => {
    const { gateway, upstream, client, server } = await pair();
    await gateway.swap(program("idle: 60s", 'require request.header("x-new") == "1"'));
    const arrived = message(server);
    client.send("after the swap");
    expect((await arrived).data).toBe("after the swap");
    expect((await gateway.gateway.status()).generations.draining).toEqual([{ id: 1, inFlight: 1 }]);
    await expect(wsClient(gateway.port, close)).rejects.toThrow("403");
    await wsClient(gateway.port, close, "/chat", [], { "x-new": "1" });
    await upstream.next();
    client.close(1000);
    await gateway.logged(({ event, generation }) => event === "generation.discarded" && generation === 1);
  });

  test("a program that had none gets WebSockets by a swap", async () => {
    const upstream = await wsUpstream(close);
    const plain = program().replace(/forward.*/, "forward chat");
    const gateway = await startProgram(plain, transport, { chat: [upstream.origin] }, close);
    await expect(wsClient(gateway.port, close)).rejects.toThrow("200");
    await gateway.swap(program());
    const client = await wsClient(gateway.port, close);
    const arrived = message(await upstream.next());
    client.send("now");
    expect((await arrived).data).toBe("now");
    const larger = gateway.swap(program("message: 3MB"));
    if (transport === "strict") await larger;
    else await expect(larger).rejects.toMatchObject({ code: "swap-restart" });
  });

  test("the route's deadline and the service's timeout end with the handshake", async () => {
    const source = program().replace("open {", "open { deadline: 300ms").replace(':1" }', ':1", timeout: 200ms }');
    const { client, server } = await pair(source);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const arrived = message(server);
    client.send("late");
    expect((await arrived).data).toBe("late");
  });

  test("a service that does not answer the handshake: 504; a client that leaves before ends it", async () => {
    let left: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    const server = createServer();
    server.on("upgrade", (_request, socket) => socket.on("end", left).resume());
    const origin = await listening(server, close);
    const source = program().replace(':1" }', ':1", timeout: 300ms }');
    const gateway = await startProgram(source, transport, { chat: [origin] }, close);
    await expect(wsClient(gateway.port, close)).rejects.toThrow("504");
    await gone;
  });

  /** A service on a bare socket that agrees, and writes these bytes in the same write. */
  async function rough(after: Buffer, end = false): Promise<{ readonly gateway: Started; heard(): Promise<Buffer> }> {
    let heard = Buffer.alloc(0);
    let over: () => void = () => {};
    const closing = new Promise<void>((resolve) => {
      over = resolve;
    });
    const server = createServer();
    server.on("upgrade", (_request, socket) => {
      socket.on("data", (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]);
      });
      socket.on("end", () => {
        over();
        socket.end();
      });
      const head = `HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${ACCEPT}\r\n\r\n`;
      socket.write(Buffer.concat([Buffer.from(head), after]));
      if (end) socket.end();
    });
    const origin = await listening(server, close);
    const gateway = await startProgram(program(), transport, { chat: [origin] }, close);
    return {
      gateway,
      heard: async () => {
        await closing;
        return heard;
      },
    };
  }

  test("what a service sends right behind its answer is not lost", async () => {
    const { gateway } = await rough(Buffer.from([0x81, 2, 0x68, 0x69]));
    const client = await RawWebSocket.open(gateway.port, close);
    expect(await client.frame()).toEqual({ first: 0x81, payload: Buffer.from("hi") });
  });

  test.each([
    ["masks its frames", [0x81, 0x81, 1, 2, 3, 4, 0x60], 1002],
    ["sends text that is not UTF-8", [0x81, 1, 0xff], 1007],
    ["sends an unknown opcode", [0x83, 0], 1002],
    ["closes with a code that is none", [0x88, 2, 3, 0xee], 1002],
    ["compresses what it must not", [0xc1, 1, 0], 1002],
  ] as const)("a service that %s is told why; the client hears 1011", async (_what, bytes, code) => {
    const { gateway, heard } = await rough(Buffer.from(bytes));
    const client = await RawWebSocket.open(gateway.port, close);
    const frame = await client.frame();
    expect([frame?.first, frame?.payload.readUInt16BE(0)]).toEqual([0x88, 1011]);
    const told = await heard();
    const mask = told.subarray(2, 6);
    expect([told[0], told[1], (told[6]! ^ mask[0]!) * 256 + (told[7]! ^ mask[1]!)]).toEqual([0x88, 0x82, code]);
  });

  test("a service that ends its half of the connection is lost", async () => {
    const { gateway } = await rough(Buffer.from([0x81, 1, 0x61]), true);
    const client = await RawWebSocket.open(gateway.port, close);
    expect((await client.frame())?.payload.toString()).toBe("a");
    expect((await client.frame())?.payload.readUInt16BE(0)).toBe(1011);
  });

  test("many at once, all of them gone afterwards", async () => {
    const { gateway, upstream } = await started(program().replace(':1" }', ':1", connections: 200 }'));
    const clients = await Promise.all(Array.from({ length: 200 }, () => wsClient(gateway.port, close)));
    const servers = await Promise.all(clients.map(() => upstream.next()));
    for (const server of servers) {
      server.on("message", (data) => (data.toString() === "close" ? server.close(1000) : server.send(data.toString())));
    }
    const echoes = clients.map((client, index) => {
      const arrived = message(client);
      client.send(`number ${index}`);
      return arrived;
    });
    expect((await Promise.all(echoes)).map(({ data }) => data)).toEqual(clients.map((_, index) => `number ${index}`));
    expect(await gateway.metric("vgw_websockets_open")).toBe(200);
    clients.forEach((client, index) => {
      if (index % 3 === 0) client.terminate();
      else if (index % 3 === 1) client.close(1000);
      else client.send("close");
    });
    await expect.poll(() => gateway.metric("vgw_websockets_open")).toBe(0);
    await expect.poll(() => gateway.metric("vgw_upstream_requests_in_flight")).toBe(0);
    await expect.poll(async () => (await gateway.gateway.status()).threads[0]?.inFlight).toBe(0);
  });
});
