/**
 * Reads one response after another from a connection's bytes, in pieces of any size: heads, bodies by length, by chunks or up to
 * the connection's end, trailers. Bytes are looked at where they lie; only a head that comes in pieces is gathered.
 */
import type { Headers } from "../../http/exchange.ts";
import { INFORMATIONAL_LIMIT, RESPONSE_HEAD_LIMIT } from "../client.ts";
import { ChunkReader } from "./chunk-reader.ts";
import { CHUNKED, framing, readFraming } from "./framing.ts";
import { HeadReader, MALFORMED } from "./head-reader.ts";

/** What is read, told while `read` runs. `stop` may be called from within any of them. */
export interface ResponseReceiver {
  informational(status: number, headers: Headers): void;
  /** `more`: unless it is stopped, more is told within the same call of `read`. */
  head(status: number, headers: Headers, more: boolean): void;
  /** Only valid during the call. */
  data(chunk: Uint8Array): void;
  /** `leftover`: more bytes came than the response has. */
  complete(trailers: Headers, leftover: boolean): void;
  malformed(fault: string): void;
  /** 101, where it was asked for. What lies behind it is not taken. */
  upgraded?(headers: Headers): void;
}

const HEAD = 0;
const LENGTH = 1;
const CLOSE = 2;
const CHUNKS = 3;
const TRAILERS = 4;
const END = 5;
const OVER = 6;

/** First room for a head that comes in pieces. */
const GATHER_SIZE = 2048;
const NO_TRAILERS: Headers = [];
const NOTHING = Buffer.alloc(0);

export class ResponseReader {
  /** The connection may carry another request after this response. Known from the head on. */
  persistent = false;
  /** Milliseconds that the server keeps the connection idle, as it says. */
  keepAlive = Number.POSITIVE_INFINITY;
  readonly #receiver: ResponseReceiver;
  readonly #head = new HeadReader();
  readonly #chunks = new ChunkReader();
  #mode = OVER;
  #bodiless = false;
  #upgrades = false;
  #remaining = 0;
  #informational = 0;
  #trailers: Headers = NO_TRAILERS;
  #stopped = false;
  /** The part of a head that came before, with its length. */
  #gathered: Buffer = NOTHING;
  #gatheredLength = 0;

  constructor(receiver: ResponseReceiver) {
    this.#receiver = receiver;
  }

  /** A response to a request with this method is due. `upgrades`: which asks for another protocol. */
  begin(method: string, upgrades = false): void {
    this.#mode = HEAD;
    this.#upgrades = upgrades;
    this.#bodiless = method === "HEAD";
    this.#informational = 0;
    this.#trailers = NO_TRAILERS;
    this.#stopped = false;
    this.#head.beginHead();
    this.#gatheredLength = 0;
  }

  /** The final head has been told, the end has not. */
  get withinBody(): boolean {
    return this.#mode > HEAD && this.#mode < OVER;
  }

  /** `read` returns at once, and tells nothing more, until it is called again. */
  stop(): void {
    this.#stopped = true;
  }

  /** Reads on; the index of the first byte that was not taken: behind the response, or where it was stopped. */
  read(bytes: Buffer, from: number, to: number): number {
    this.#stopped = false;
    let at = from;
    while (!this.#stopped) {
      switch (this.#mode) {
        case HEAD:
        case TRAILERS:
          if (at === to) return at;
          at = this.#readHead(bytes, at, to);
          break;
        case LENGTH: {
          if (at === to) return at;
          const count = Math.min(this.#remaining, to - at);
          this.#remaining -= count;
          if (this.#remaining === 0) this.#mode = END;
          at += count;
          this.#receiver.data(bytes.subarray(at - count, at));
          break;
        }
        case CLOSE:
          if (at === to) return at;
          this.#receiver.data(bytes.subarray(at, to));
          at = to;
          break;
        case CHUNKS:
          if (at === to) return at;
          at = this.#readChunks(bytes, at, to);
          break;
        case END:
          this.#mode = OVER;
          this.#receiver.complete(this.#trailers, at < to);
          return at;
        default:
          return at;
      }
    }
    return at;
  }

  /** The connection has ended. True: that was the end of the response, which has been told. */
  end(): boolean {
    if (this.#mode !== CLOSE) return false;
    this.#mode = OVER;
    this.#receiver.complete(NO_TRAILERS, false);
    return true;
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    const before = this.#gatheredLength;
    if (before === 0) {
      const end = this.#head.scan(bytes, from, from, to);
      if (end >= 0 && end - from <= RESPONSE_HEAD_LIMIT) return this.#headRead(end, end < to);
      if (end === MALFORMED) return this.#malformed(this.#head.fault, to);
      if (to - from > RESPONSE_HEAD_LIMIT) return this.#malformed("head too long", to);
      this.#gather(bytes, from, to);
      return to;
    }
    // Never more than a head can have: what lies behind it stays where it is.
    const until = Math.min(to, from + RESPONSE_HEAD_LIMIT - before);
    this.#gather(bytes, from, until);
    const end = this.#head.scan(this.#gathered, 0, before, this.#gatheredLength);
    if (end >= 0) {
      this.#gathered = NOTHING;
      this.#gatheredLength = 0;
      return this.#headRead(from + end - before, from + end - before < to);
    }
    if (end === MALFORMED) return this.#malformed(this.#head.fault, to);
    return until < to ? this.#malformed("head too long", to) : to;
  }

  #gather(bytes: Buffer, from: number, to: number): void {
    const length = this.#gatheredLength + to - from;
    if (length > this.#gathered.length) {
      const larger = Buffer.allocUnsafe(Math.max(GATHER_SIZE, 2 * length));
      this.#gathered.copy(larger, 0, 0, this.#gatheredLength);
      this.#gathered = larger;
    }
    bytes.copy(this.#gathered, this.#gatheredLength, from, to);
    this.#gatheredLength = length;
  }

  /** `end` is the index behind the head, and what is given back; `more`: there are bytes behind it. */
  #headRead(end: number, more: boolean): number {
    const { headers, status, minor } = this.#head;
    if (this.#mode === TRAILERS) {
      this.#trailers = headers;
      this.#mode = END;
      return end;
    }
    if (status === 101) {
      // A protocol that nobody asked to switch to.
      if (!this.#upgrades) return this.#malformed("101", end);
      this.#mode = OVER;
      this.#receiver.upgraded?.(headers);
      return end;
    }
    if (status < 200) {
      if (++this.#informational > INFORMATIONAL_LIMIT) return this.#malformed("too many 1xx", end);
      this.#head.beginHead();
      // Nobody here waits for leave to send a body (RFC 9110 §15.2.1).
      if (status !== 100) this.#receiver.informational(status, headers);
      return end;
    }
    const fault = readFraming(headers, minor);
    if (fault !== null) return this.#malformed(fault, end);
    this.persistent = framing.persistent;
    this.keepAlive = framing.timeout;
    const { length } = framing;
    if (this.#bodiless || status === 204 || status === 304 || length === 0) this.#mode = END;
    else if (length === CHUNKED) {
      this.#chunks.begin();
      this.#mode = CHUNKS;
    } else if (length > 0) {
      this.#remaining = length;
      this.#mode = LENGTH;
    } else {
      this.persistent = false;
      this.#mode = CLOSE;
    }
    // Of a chunked body, what lies here may be half a size.
    this.#receiver.head(status, headers, this.#mode === END || (more && this.#mode !== CHUNKS));
    return end;
  }

  #readChunks(bytes: Buffer, from: number, to: number): number {
    const chunks = this.#chunks;
    const at = chunks.scan(bytes, from, to);
    if (at < 0) return this.#malformed(chunks.fault, to);
    if (chunks.last) {
      this.#head.beginTrailers();
      this.#mode = TRAILERS;
      return at;
    }
    const count = chunks.within ? Math.min(chunks.remaining, to - at) : 0;
    if (count === 0) return at;
    chunks.taken(count);
    this.#receiver.data(bytes.subarray(at, at + count));
    return at + count;
  }

  #malformed(fault: string, at: number): number {
    this.#mode = OVER;
    this.#receiver.malformed(fault);
    return at;
  }
}
