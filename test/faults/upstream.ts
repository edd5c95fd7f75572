/** The upstream of a campaign: reads the gateway's requests exactly, checks their bodies, and answers each as its case says. */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type Answer, answerTo, type Step } from "./answers.ts";
import { type Case, caseOf, IDS, WAITS } from "./case.ts";
import { contentOf } from "./content.ts";
import { framingOf, MessageReader } from "./message-reader.ts";

export interface FaultyUpstream {
  readonly port: number;
  /** Connections open now. */
  readonly open: number;
  /** Requests read so far. */
  readonly requests: number;
  /** Of those: read while the answer to another one was due on the same connection. */
  readonly pipelined: number;
  /** What the gateway sent that it must not have. */
  readonly violations: string[];
  /** Requests that met what nobody had asked for: HTTP/1.1 cannot tell that from their answers. */
  readonly excused: ReadonlySet<number>;
  /**
   * Whether a connection on which bytes nobody asked for had been sent was reset since then (performance.now()), so that a request on it may have been
   * lost unread; each such connection is told of once.
   */
  lost(since: number): boolean;
  /** How the upload of a request ended; undefined: it did not. */
  upload(id: number): "right" | "wrong" | "none" | undefined;
  /** The case is over. */
  forget(id: number): void;
  /** Closes what is open, in order, and goes on listening. */
  closeConnections(): void;
  stop(): Promise<void>;
}

export async function faultyUpstream(seed: number): Promise<FaultyUpstream> {
  const state: State = {
    seed,
    requests: 0,
    pipelined: 0,
    violations: [],
    excused: new Set(),
    seen: new Map(),
    resets: [],
  };
  const connections = new Set<Connection>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection = new Connection(socket, state);
    connections.add(connection);
    socket.on("close", () => connections.delete(connection));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return connections.size;
    },
    get requests() {
      return state.requests;
    },
    get pipelined() {
      return state.pipelined;
    },
    violations: state.violations,
    excused: state.excused,
    lost(since) {
      const index = state.resets.findIndex((at) => at >= since);
      return index !== -1 && state.resets.splice(index, 1).length > 0;
    },
    upload: (id) => state.seen.get(id),
    forget(id) {
      for (let at = id; at < id + IDS; at++) {
        state.seen.delete(at);
        state.excused.delete(at);
      }
    },
    closeConnections() {
      for (const { socket } of connections) socket.destroy();
    },
    async stop() {
      for (const { socket } of connections) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface State {
  readonly seed: number;
  requests: number;
  pipelined: number;
  readonly violations: string[];
  readonly excused: Set<number>;
  readonly seen: Map<number, "right" | "wrong" | "none">;
  /** When tainted connections were reset; performance.now(). */
  readonly resets: number[];
}

/** More are of no use. */
const MOST_RESETS = 1000;

const MOST_ANSWERED = 64;
/** Milliseconds after which a reader has read, however busy the machine. */
const UNREAD_FOR = 2000;

function isPipelined({ client }: Case): boolean {
  return client === "pack";
}

interface Request {
  readonly id: number;
  readonly it: Case;
  readonly first: boolean;
  received: number;
  sound: boolean;
  answered: boolean;
}

class Connection {
  readonly socket: Socket;
  readonly #state: State;
  readonly #reader: MessageReader;
  #request: Request | null = null;
  #first = true;
  /** Bytes were sent on it that nobody asked for. */
  #tainted = false;
  /** Answers that are to come, in order. */
  #due: number[] = [];
  /** An answer was begun that never ends. */
  #stuck = false;
  #turn: Promise<void> = Promise.resolve();
  /** Those answered lately: a reset takes back what the gateway has not read of their answers. */
  #answered: { readonly id: number; readonly at: number }[] = [];

  constructor(socket: Socket, state: State) {
    this.socket = socket;
    this.#state = state;
    this.#reader = new MessageReader(
      {
        head: (line, fields) => this.#head(line, fields),
        data: (chunk) => this.#data(chunk),
        end: () => this.#end(),
      },
      (_line, fields) => framingOf(fields, 0),
    );
    socket.on("error", () => {
      if (!this.#tainted) return;
      state.resets.push(performance.now());
      if (state.resets.length > MOST_RESETS) state.resets.shift();
    });
    socket.on("data", (data: Buffer) => {
      this.#reader.read(data);
      if (this.#reader.fault === null) return;
      state.violations.push(`the gateway sent the upstream what is no request: ${this.#reader.fault}`);
      socket.destroy();
    });
    socket.on("end", () => socket.end());
  }

  #head(line: string, fields: ReadonlyMap<string, string>): void {
    const match = /^(GET|POST|HEAD) \/[a-z]+\/(\d+) HTTP\/1\.1$/.exec(line);
    if (match === null) {
      this.#state.violations.push(`the gateway asked ${JSON.stringify(line.slice(0, 100))}`);
      this.socket.destroy();
      return;
    }
    const id = Number(match[2]);
    const request = {
      id,
      it: caseOf(this.#state.seed, Math.floor(id / IDS)),
      first: this.#first,
      received: 0,
      sound: true,
      answered: false,
    };
    this.#request = request;
    this.#first = false;
    this.#state.requests++;
    if (this.#due.length > 0) this.#state.pipelined++;
    if (this.#tainted) this.#state.excused.add(id);
    // A call sends fields of its own.
    if (request.it.service !== "json" && fields.get("x-client") !== String(id)) {
      this.#state.violations.push(`request ${id} came with the fields of ${fields.get("x-client") ?? "nobody"}`);
    }
    if (request.it.answer === "early") this.#answer(request, "none");
  }

  #data(chunk: Buffer): void {
    const request = this.#request;
    if (request === null) return;
    const { id, it } = request;
    const meant = contentOf("upload", id, it.upload ?? 0).subarray(request.received, request.received + chunk.length);
    request.received += chunk.length;
    if (!meant.equals(chunk)) request.sound = false;
  }

  #end(): void {
    const request = this.#request;
    if (request === null) return;
    const { id, it } = request;
    const whole = request.sound && request.received === (it.upload ?? 0);
    const upload = it.upload === null && request.received === 0 ? "none" : whole ? "right" : "wrong";
    if (upload === "wrong") {
      this.#state.violations.push(`the upload of ${id} came through as whole and is not: ${request.received} bytes`);
    }
    this.#answer(request, upload);
  }

  #answer(request: Request, upload: "right" | "wrong" | "none"): void {
    if (request.answered) return;
    request.answered = true;
    const { id, it, first } = request;
    const fresh = !this.#state.seen.has(id);
    this.#state.seen.set(id, upload);
    const answer = answerTo(this.#state.seed, it, id, { first, fresh, upload });
    if (!isPipelined(it)) {
      this.#play(answer).catch(() => this.socket.destroy());
      return;
    }
    this.#due.push(id);
    this.#turn = this.#turn
      .then(async () => {
        if (this.#stuck || this.socket.destroyed || this.socket.writableEnded) return;
        await this.#play(answer);
        this.#due.shift();
        // What came behind an answer without an end would be taken for a part of it.
        if (id === it.id + it.culprit && WAITS.includes(it.answer)) this.#stuck = true;
        this.#answered.push({ id, at: performance.now() });
        if (this.#answered.length > MOST_ANSWERED) this.#answered.shift();
      })
      .catch(() => void this.socket.destroy());
  }

  async #play(answer: Answer): Promise<void> {
    if (answer.taints === true) {
      this.#tainted = true;
      // The first is the one that is answered.
      for (const id of this.#due.slice(1)) this.#state.excused.add(id);
    }
    for (const step of answer.steps) {
      if (this.socket.destroyed) return;
      if ("close" in step && step.close === "reset") {
        const since = performance.now() - UNREAD_FOR;
        for (const { id, at } of this.#answered) if (at > since) this.#state.excused.add(id);
      }
      // A request that is on its way just now is lost.
      if ("close" in step) this.#tainted = true;
      await play(this.socket, step);
    }
  }
}

/** Floods end at the latest here: whoever reads so much of a head has no limit. */
const FLOOD_LIMIT = 20_000_000;

async function play(socket: Socket, step: Step): Promise<void> {
  if ("send" in step) {
    if (!socket.write(step.send)) await written(socket);
  } else if ("split" in step) {
    for (const byte of step.split) {
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
      await (step.milliseconds === undefined ? turn() : pause(step.milliseconds));
    }
  } else if ("wait" in step) {
    if (step.wait > 0) await pause(step.wait);
  } else if ("flood" in step) {
    for (let sent = 0; sent < FLOOD_LIMIT && !socket.destroyed; sent += step.flood.length) {
      if (!socket.write(step.flood)) await written(socket);
    }
  } else if (step.close === "end") socket.end();
  else socket.resetAndDestroy();
}

function written(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
