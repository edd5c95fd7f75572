/** Fake upstreams on bare sockets: they record each request as it arrived and do what the case says. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Behaviour, SeenCall } from "./case.ts";
import { framingOf, readBody, readHead, writeMessage } from "./wire.ts";

/**
 * The first behaviour that fits a request; without one the upstream answers 599, which no case expects. `used`: those that were taken
 * in this case.
 */
export function behaviourFor(
  behaviours: readonly Behaviour[],
  method: string,
  target: string,
  used: Set<Behaviour>,
): Behaviour {
  const found = behaviours.find((each) => {
    if (each.once && used.has(each)) return false;
    if (each.method !== null && each.method !== method) return false;
    if (each.target === null) return true;
    return each.target.endsWith("*") ? target.startsWith(each.target.slice(0, -1)) : each.target === target;
  });
  if (found !== undefined) {
    used.add(found);
    return found;
  }
  return { method: null, target: null, once: false, kind: "answer", status: 599, headers: [], body: new Uint8Array() };
}

/** Nothing listens there. The port of a server that was closed would do only until the next server is given it, be it the gateway itself. */
const REFUSING_ORIGIN = "http://127.0.0.1:1";

export interface FakeUpstream {
  readonly origin: string;
  /** Another case begins. */
  begin(): void;
  stop(): Promise<void>;
}

export async function startUpstream(
  service: string,
  behaviours: readonly Behaviour[],
  record: (call: SeenCall, closed: Promise<void>) => void,
): Promise<FakeUpstream> {
  const sockets = new Set<Socket>();
  const used = new Set<Behaviour>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const closed = new Promise<void>((resolve) => {
      socket.on("close", () => {
        sockets.delete(socket);
        resolve();
      });
    });
    socket.on("error", () => socket.destroy());
    let data: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      data = Buffer.concat([data, chunk]);
      for (let left = serve(data, socket, closed); left !== null; left = serve(data, socket, closed)) data = left;
    });
  });
  /** What is left after one request; null where none is complete. */
  const serve = (data: Buffer, socket: Socket, closed: Promise<void>): Buffer | null => {
    const head = readHead(data);
    if (head === null) return null;
    const read = readBody(data, head.length, framingOf(head.headers, "none"), head.headers);
    if (read === null) return null;
    const [method = "", target = ""] = head.start.split(" ");
    const headers = head.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
    record({ service, method, target, headers, body: new Uint8Array(read.body) }, closed);
    behave(behaviourFor(behaviours, method, target, used), method, socket);
    return data.subarray(read.end);
  };
  if (behaviours.some((each) => each.kind === "refuse")) {
    return { origin: REFUSING_ORIGIN, begin: () => used.clear(), stop: async () => {} };
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = addressOf(server);
  return { origin: `http://127.0.0.1:${port}`, begin: () => used.clear(), stop: () => close(server, sockets) };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the fake upstream has no port");
  return address;
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

function behave(behaviour: Behaviour, method: string, socket: Socket): void {
  const { kind, status, headers, body } = behaviour;
  if (kind === "hang") return;
  if (kind === "close" || kind === "refuse") {
    socket.destroy();
    return;
  }
  const bodiless = status === 101 || status === 204 || status === 304;
  const whole = writeMessage(
    `HTTP/1.1 ${status} Fake`,
    headers,
    method === "HEAD" ? new Uint8Array() : body,
    !bodiless && method !== "HEAD",
  );
  if (kind === "answer") socket.write(whole);
  // All but the last byte of the body, or of the chunked framing.
  else socket.write(whole.subarray(0, whole.length - 1), () => socket.end());
}
