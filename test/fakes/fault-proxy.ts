/**
 * A TCP middle-man that harms what passes: it cuts it up, delays, stalls, inserts, swallows, closes one half or resets. Between a client and the
 * gateway, or between the gateway and an upstream; what happens to a connection is planned when its first bytes come.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What is done to one direction of a connection. Offsets count the bytes that came in. */
export interface Disturbance {
  /** "bytes": each byte of the first hundred or so by itself; "pieces": in pieces of `size`; "gather": what comes within some milliseconds at once. */
  readonly pieces?: "whole" | "bytes" | "pieces" | "gather";
  readonly size?: number;
  /** Milliseconds before each write. */
  readonly latency?: number;
  readonly insert?: { readonly at: number; readonly bytes: Buffer };
  /** Nothing passes for some milliseconds, from this byte on. */
  readonly stall?: { readonly at: number; readonly milliseconds: number };
  /** Nothing passes from this byte on: "swallow" keeps the connection, "half" ends this direction, "reset" both at once. */
  readonly stop?: { readonly at: number; readonly how: "swallow" | "half" | "reset" };
}

export interface Plan {
  readonly toTarget: Disturbance;
  readonly toClient: Disturbance;
}

export interface FaultProxy {
  readonly port: number;
  readonly open: number;
  stop(): Promise<void>;
}

export interface FaultProxyOptions {
  readonly target: number;
  /** `port`: the connecting side's. */
  plan(port: number, first: Buffer): Plan;
}

/** Only so many bytes of a stream travel alone: the rest would show nothing more, and cost a packet each. */
const ALONE = 150;
const GATHER_MILLISECONDS = 5;

export async function faultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const watch = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    watch(client);
    const target = connect({ port: options.target, host: "127.0.0.1", allowHalfOpen: true });
    watch(target);
    // An end without a byte passes too.
    const begin = (first: Buffer): void => {
      const plan = options.plan(client.remotePort ?? 0, first);
      new Direction(client, target, plan.toTarget).take(first);
      new Direction(target, client, plan.toClient);
    };
    client.once("data", begin);
    client.once("end", () => target.end());
    target.on("close", (failed) => {
      if (failed) reset(client);
      else client.destroySoon();
      giveUp(client);
    });
    client.on("close", (failed) => {
      if (failed) reset(target);
      else target.destroy();
      giveUp(target);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return sockets.size;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Milliseconds in which a socket whose other one is closed may still get rid of what was written. */
const PATIENCE = 5000;

/** Both `destroySoon` and `resetAndDestroy` wait until everything is written, which is never where nobody reads. */
function giveUp(socket: Socket): void {
  if (socket.closed) return;
  const timer = setTimeout(() => socket.destroy(), PATIENCE);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}

function reset(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}

/** One direction. Bytes wait in order behind a stall or a latency; the source is paused meanwhile, so that not many do. */
class Direction {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #disturbance: Disturbance;
  #seen = 0;
  #stopped = false;
  #queue: Promise<void> = Promise.resolve();

  constructor(from: Socket, to: Socket, disturbance: Disturbance) {
    this.#from = from;
    this.#to = to;
    this.#disturbance = disturbance;
    from.on("data", (data: Buffer) => this.take(data));
    from.on("end", () => {
      this.#queue = this.#queue.then(() => void (this.#stopped || to.end()));
    });
  }

  take(data: Buffer): void {
    this.#from.pause();
    this.#queue = this.#queue.then(() => this.#pass(data)).then(() => void this.#from.resume());
  }

  async #pass(data: Buffer): Promise<void> {
    if (this.#stopped) return;
    const { insert, stall, stop, pieces } = this.#disturbance;
    const start = this.#seen;
    this.#seen += data.length;
    const marks = [insert?.at, stall?.at, stop?.at].filter((at) => at !== undefined && at >= start && at < this.#seen);
    let from = start;
    for (const at of [...marks, this.#seen].sort((a, b) => a! - b!)) {
      if (at! > from) await this.#write(data.subarray(from - start, at! - start));
      from = at!;
      if (at === this.#seen) break;
      if (at === insert?.at) await this.#send(insert!.bytes);
      if (at === stall?.at) await pause(stall!.milliseconds);
      if (at === stop?.at) {
        this.#stop(stop!.how);
        return;
      }
    }
    if (pieces === "gather") await pause(GATHER_MILLISECONDS);
  }

  #stop(how: "swallow" | "half" | "reset"): void {
    this.#stopped = true;
    if (how === "half") this.#to.end();
    if (how !== "reset") return;
    reset(this.#to);
    reset(this.#from);
  }

  async #write(data: Buffer): Promise<void> {
    const { pieces = "whole", size = 1 } = this.#disturbance;
    const step = pieces === "bytes" ? 1 : pieces === "pieces" ? size : data.length;
    let at = 0;
    while (at < data.length && (step > 1 || this.#seen - data.length + at < ALONE)) {
      await this.#send(data.subarray(at, at + step));
      at += step;
    }
    if (at < data.length) await this.#send(data.subarray(at));
  }

  async #send(data: Buffer): Promise<void> {
    const { latency = 0 } = this.#disturbance;
    if (latency > 0) await pause(latency);
    if (this.#to.destroyed || this.#to.writableEnded) return;
    await new Promise<void>((resolve) => {
      this.#to.once("close", resolve);
      this.#to.write(data, () => {
        this.#to.off("close", resolve);
        resolve();
      });
    });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
