/** The other ends of WebSockets under test: `ws` as client and server, and a client on a bare socket that can do everything wrong. */
import { createHash } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { createServer } from "node:http";
import type { Server as SecureServer } from "node:https";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** What is used of `ws` (it comes with the package of the fast transport), which has no types of its own. */
export interface Peer {
  send(data: string | Uint8Array, options?: { readonly fin?: boolean; readonly binary?: boolean }): void;
  ping(data?: string): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: "close", listener: (code: number, reason: Buffer) => void): void;
  on(event: "ping" | "pong", listener: (data: Buffer) => void): void;
  on(event: "open", listener: () => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "unexpected-response", listener: (request: unknown, response: IncomingMessage) => void): void;
}
interface WsModule {
  WebSocket: new (url: string, protocols?: readonly string[], options?: object) => Peer;
  WebSocketServer: new (options: object) => WsServer;
}
interface WsServer {
  on(event: "connection", listener: (peer: Peer, request: IncomingMessage) => void): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (peer: Peer) => void): void;
}
const ws: WsModule = createRequire(import.meta.url)("ws");

export type CloseWith = (end: () => unknown) => void;

export interface Upstream {
  readonly origin: string;
  readonly server: Server;
  /** Handshakes that came, in order. */
  readonly requests: readonly IncomingMessage[];
  /** The server's end of the next WebSocket that opens. */
  next(): Promise<Peer>;
}

/** A server of `ws` that speaks to whoever comes; `options` as of its WebSocketServer. */
export async function wsUpstream(close: CloseWith, options: object = {}): Promise<Upstream> {
  const requests: IncomingMessage[] = [];
  const ready: Peer[] = [];
  const waiting: ((peer: Peer) => void)[] = [];
  const server = createServer((_request, response) => response.end("plain"));
  const sockets = new ws.WebSocketServer({ noServer: true, ...options });
  server.on("upgrade", (request, socket, head) => {
    requests.push(request);
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.on("error", () => {});
      const taken = waiting.shift();
      if (taken === undefined) ready.push(peer);
      else taken(peer);
    });
  });
  const origin = await listening(server, close);
  const next = (): Promise<Peer> => {
    const peer = ready.shift();
    return peer === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(peer);
  };
  return { origin, server, requests, next };
}

export async function listening(server: Server, close: CloseWith): Promise<string> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

/** A client of `ws`, open; rejects with the status where the handshake is refused. */
export function wsClient(
  port: number,
  close: CloseWith,
  path = "/chat",
  protocols: readonly string[] = [],
  headers: object = {},
): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const peer = new ws.WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
    close(() => peer.terminate());
    peer.on("open", () => resolve(peer));
    peer.on("unexpected-response", (_request, response) => reject(new Error(String(response.statusCode))));
    peer.on("error", reject);
  });
}

/** The same over TLS, for whom the server's certificate is one of `authority`'s for `name`. */
export function secureClient(
  port: number,
  close: CloseWith,
  { name, authority }: { readonly name: string; readonly authority: string },
): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const options = { ca: authority, servername: name, headers: { host: name } };
    const peer = new ws.WebSocket(`wss://127.0.0.1:${port}/chat`, [], options);
    close(() => peer.terminate());
    peer.on("open", () => resolve(peer));
    peer.on("error", reject);
  });
}

/** Whoever opens a WebSocket to the server gets each message back. */
export function echoWebSockets(server: Server | SecureServer): void {
  const sockets = new ws.WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.on("error", () => {});
      peer.on("message", (data, binary) => peer.send(data, { binary }));
    });
  });
}

export function message(peer: Peer): Promise<{ readonly data: string; readonly isBinary: boolean }> {
  return new Promise((resolve) =>
    peer.on("message", (data, isBinary) => resolve({ data: data.toString("latin1"), isBinary })),
  );
}

/** The code and the reason with which it closed. */
export function closed(peer: Peer): Promise<string> {
  return new Promise((resolve) => peer.on("close", (code, reason) => resolve(`${code} ${reason}`.trim())));
}

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT = createHash("sha1").update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** A frame as a client sends it, under a mask of four different bytes. */
export function clientFrame(first: number, payload: Uint8Array, masked = true, length = payload.length): Buffer {
  const head = length < 126 ? Buffer.from([first, length]) : Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else if (head.length === 10) {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!masked) return Buffer.concat([head, payload]);
  head[1]! |= 0x80;
  const key = [1, 2, 3, 4];
  return Buffer.concat([head, Buffer.from(key), Buffer.from(payload).map((byte, index) => byte ^ key[index % 4]!)]);
}

/** A client on a bare socket, its handshake answered. */
export class RawWebSocket {
  readonly socket: Socket;
  /** The answer's head. */
  head = "";
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    const wake = (): void => {
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
    socket.on("data", (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#ended = true;
      wake();
    });
  }

  static async open(
    port: number,
    close: CloseWith,
    path = "/chat",
    lines: readonly string[] = [],
  ): Promise<RawWebSocket> {
    const client = new RawWebSocket(connect(port, "127.0.0.1"));
    close(() => client.socket.destroy());
    const fields = [
      "upgrade: websocket",
      "connection: Upgrade",
      "sec-websocket-version: 13",
      `sec-websocket-key: ${KEY}`,
    ];
    client.socket.write(`GET ${path} HTTP/1.1\r\n${["host: edge", ...fields, ...lines].join("\r\n")}\r\n\r\n`);
    for (;;) {
      const end = client.#bytes.indexOf("\r\n\r\n");
      if (end !== -1) {
        client.head = client.#bytes.toString("latin1", 0, end);
        client.#bytes = client.#bytes.subarray(end + 4);
        return client;
      }
      if (client.#ended) throw new Error("closed without an answer");
      await client.#more();
    }
  }

  /** The next frame from the gateway; null: the connection has ended. */
  async frame(): Promise<{ readonly first: number; readonly payload: Buffer } | null> {
    for (;;) {
      const bytes = this.#bytes;
      const [first = 0, second = 0] = bytes;
      const offset = second < 126 ? 2 : second === 126 ? 4 : 10;
      if (bytes.length >= offset) {
        const length =
          second < 126 ? second : second === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
        if (bytes.length >= offset + length) {
          this.#bytes = bytes.subarray(offset + length);
          return { first, payload: bytes.subarray(offset, offset + length) };
        }
      }
      if (this.#ended) return null;
      await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
