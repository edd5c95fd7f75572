/**
 * One connection: a socket, and the request that is under way on it. It is its own reader's receiver, so that a response costs no
 * closure. One request at a time; several behind one another go over a `Lane`.
 */
import type { Socket } from "node:net";
import type { Headers } from "../../http/exchange.ts";
import { doBefore, EndOfTurn } from "../../end-of-turn.ts";
import { SocketStream } from "../../websocket/index.ts";
import type { UpstreamError } from "../client.ts";
import type { Http1Attempt } from "./attempt.ts";
import type { Dialer } from "./dial.ts";
import { ResponseReader, type ResponseReceiver } from "./response-reader.ts";

const NOTHING = Buffer.alloc(0);
/** A connection is given up so long before the server does, which would meet the next request (RFC 9112 §9.3.1). In milliseconds. */
const KEEP_ALIVE_MARGIN = 1000;

export interface ConnectionOwner {
  readonly dialer: Dialer;
  /** In milliseconds. */
  readonly connectTimeout: number;
  /** In milliseconds. */
  readonly keepAlive: number;
  established(connection: Connection): void;
  /** It can carry the next request. */
  idle(connection: Connection): void;
  /** It can carry no more. */
  unusable(connection: Connection): void;
  /** Its socket is closed. */
  closed(connection: Connection): void;
}

const unwritten = new EndOfTurn<Connection>((connection) => connection.flush());

export class Connection implements ResponseReceiver {
  /** A response was read on it before the current request. */
  used = false;
  established = false;
  /** A byte came since the current request went out. */
  heard = false;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader(this);
  readonly #connectTimer: NodeJS.Timeout;
  #attempt: Http1Attempt | null = null;
  /** Sweeps since the last byte came. */
  #quiet = 0;
  #paused = false;
  #resumeQueued = false;
  /** Bytes that came before the reader was paused and are not read yet. */
  #held: Buffer = NOTHING;
  /** The other side sends no more. */
  #ended = false;
  #destroyed = false;
  #error = "";
  #corked = false;
  /** A request that waits for the end of the turn. */
  #unwritten = "";
  /** It carries another protocol now, until its end. */
  #tunnel: SocketStream | null = null;

  constructor(owner: ConnectionOwner, attempt: Http1Attempt) {
    this.#owner = owner;
    this.#attempt = attempt;
    const { dialer } = owner;
    const socket = dialer.dial((bytes, length) => this.#received(bytes, length));
    this.#socket = socket;
    this.#connectTimer = setTimeout(() => this.#timedOut(), owner.connectTimeout);
    socket.once(dialer.readyEvent, () => this.#ready());
    socket.on("drain", () => this.#attempt?.drained());
    socket.on("end", () => this.#end());
    socket.on("error", (error: Error & { readonly code?: unknown }) => {
      this.#error = typeof error.code === "string" ? error.code : error.name;
    });
    socket.on("close", () => this.#closed());
  }

  // ------------------------------------------------------------ for the attempt

  /** Begins the attempt's request; an established, idle connection only. */
  start(attempt: Http1Attempt): void {
    this.#attempt = attempt;
    this.heard = false;
    this.#reader.begin(attempt.method, attempt.upgrades);
    attempt.connected(this);
  }

  /** Writes a whole request at the end of the loop's turn, after all that came in it was read. */
  send(request: string): void {
    this.#unwritten = request;
    unwritten.add(this);
  }

  flush(): void {
    const request = this.#unwritten;
    this.#unwritten = "";
    if (request !== "" && !this.#destroyed) this.#socket.write(request, "latin1");
  }

  /** `more` follows within this turn of the loop, and leaves together with it. False: wait for `drained`. */
  write(data: string | Uint8Array, more: boolean): boolean {
    const socket = this.#socket;
    if (more && !this.#corked) {
      this.#corked = true;
      socket.cork();
      queueMicrotask(() => {
        this.#corked = false;
        doBefore();
        socket.uncork();
      });
    }
    return typeof data === "string" ? socket.write(data, "latin1") : socket.write(data);
  }

  pause(): void {
    this.#paused = true;
    this.#resumeQueued = false;
    this.#reader.stop();
    this.#socket.pause();
  }

  /** Later: whoever resumes may be within a transport's own event. */
  resume(): void {
    if (!this.#paused || this.#resumeQueued) return;
    this.#resumeQueued = true;
    queueMicrotask(() => this.#goOn());
  }

  /** Ends the connection at once; its attempt hears nothing more. */
  destroy(): void {
    this.#attempt = null;
    this.#reader.stop();
    if (this.#destroyed) return;
    this.#destroyed = true;
    clearTimeout(this.#connectTimer);
    this.#owner.unusable(this);
    this.#socket.destroy();
  }

  // ------------------------------------------------------------ for the owner

  /** Called every `interval` milliseconds: ends what has been idle, or has stood still within a body, for too long. */
  swept(interval: number): void {
    if (this.#tunnel !== null) return;
    this.#quiet++;
    const attempt = this.#attempt;
    if (attempt === null) {
      // Rather too early than too late: the server may be about to close.
      const allowed = Math.min(this.#owner.keepAlive, this.#reader.keepAlive - KEEP_ALIVE_MARGIN);
      if ((this.#quiet + 1) * interval > allowed) this.destroy();
    } else if (this.#reader.withinBody && !this.#paused && (this.#quiet - 1) * interval >= attempt.idle) {
      this.#fail({ kind: "stalled", detail: `no byte in ${attempt.idle} ms` });
    }
  }

  // ------------------------------------------------------------ ResponseReceiver

  informational(status: number, headers: Headers): void {
    this.#attempt?.sink.informational(status, headers);
  }

  head(status: number, headers: Headers, more: boolean): void {
    this.#attempt?.sink.head(status, headers, more);
  }

  data(chunk: Uint8Array): void {
    this.#attempt?.sink.data(chunk);
  }

  complete(trailers: Headers, leftover: boolean): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    this.#attempt = null;
    this.used = true;
    // First given back, then told: whoever hears of the end may have the next request.
    if (leftover || this.#ended || !this.#reader.persistent || !attempt.sent || this.#socket.writableLength > 0) {
      this.destroy();
    } else {
      this.#owner.idle(this);
    }
    attempt.completed(trailers);
  }

  upgraded(headers: Headers): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    this.#attempt = null;
    this.#tunnel = new SocketStream(this.#socket);
    attempt.upgraded(headers, this.#tunnel);
  }

  malformed(fault: string): void {
    this.#fail({ kind: "malformed", detail: fault });
  }

  // ------------------------------------------------------------ the socket's events

  #ready(): void {
    if (this.#destroyed) return;
    clearTimeout(this.#connectTimer);
    this.established = true;
    this.#owner.established(this);
    if (this.#attempt !== null) this.start(this.#attempt);
  }

  #timedOut(): void {
    this.#error = "CONNECT_TIMEOUT";
    this.#socket.destroy();
  }

  #received(bytes: Buffer, length: number): void {
    this.#quiet = 0;
    if (this.#tunnel !== null) {
      this.#tunnel.received(bytes.subarray(0, length));
      return;
    }
    if (this.#attempt === null) {
      // Nothing is due: whatever this is, the next response must not be taken from it.
      this.destroy();
      return;
    }
    if (this.#unwritten !== "") {
      // Nor is it an answer to what has not been asked yet.
      this.#fail({ kind: "closed", detail: "bytes that nobody asked for" });
      return;
    }
    this.heard = true;
    // TLS may bring what it had decrypted before it was paused.
    if (this.#paused) this.#held = Buffer.concat([this.#held, bytes.subarray(0, length)]);
    else this.#read(bytes, length);
  }

  #read(bytes: Buffer, length: number): void {
    const taken = this.#reader.read(bytes, 0, length);
    if (this.#tunnel !== null) this.#tunnel.received(bytes.subarray(taken, length));
    if (this.#paused && taken < length) this.#held = Buffer.from(bytes.subarray(taken, length));
  }

  #goOn(): void {
    if (!this.#resumeQueued || this.#attempt === null) return;
    this.#resumeQueued = false;
    this.#paused = false;
    this.#quiet = 0;
    const held = this.#held;
    this.#held = NOTHING;
    this.#read(held, held.length);
    if (this.#paused || this.#destroyed) return;
    if (this.#ended) this.#endResponse();
    else this.#socket.resume();
  }

  #end(): void {
    // Within a TLS handshake; an error follows.
    if (!this.established || this.#tunnel !== null) return;
    this.#ended = true;
    if (this.#attempt === null) this.destroy();
    else if (!this.#paused) this.#endResponse();
  }

  #endResponse(): void {
    if (!this.#reader.end()) this.#fail({ kind: "closed", detail: "the other side closed" });
  }

  #closed(): void {
    clearTimeout(this.#connectTimer);
    if (!this.#destroyed) {
      this.#destroyed = true;
      this.#owner.unusable(this);
    }
    this.#owner.closed(this);
    // An orderly end: what is held back still counts.
    if (this.#paused && this.#ended && this.#error === "") return;
    const kind = this.established ? "closed" : "connect";
    this.#fail({ kind, detail: this.#error === "" ? "the other side closed" : this.#error });
  }

  #fail(error: UpstreamError): void {
    const attempt = this.#attempt;
    this.destroy();
    attempt?.lost(error);
  }
}
