/**
 * AWS's binary event stream (`application/vnd.amazon.eventstream`), read as it comes in any pieces and written for tests: each message is
 * its length, the length of its headers, a CRC-32 of both, headers, payload, and a CRC-32 of all of it.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { crc32 } from "./crc32.ts";
import { HeldBytes } from "./held-bytes.ts";

/** Bytes of one message, as AWS bounds it: 16 MiB of payload and 128 KiB of headers. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 128 * 1024 + 16;
const MAX_HEADER_BYTES = 128 * 1024;

const PRELUDE = 12;
const TRAILER = 4;

/** `headers`: those whose value is a string, which are all that say what a message is. `payload`: only valid within the call. */
export type MessageReceiver = (headers: ReadonlyMap<string, string>, payload: Buffer) => void;

/** What is wrong with a stream; nothing of it is read any more. */
export type StreamFault = "too long" | "damaged";

export class EventStreamParser {
  readonly #receive: MessageReceiver;
  readonly #limit: number;
  /** The beginning of a message whose end has not come. */
  readonly #held = new HeldBytes();
  /** Of the message that is arriving, once its first twelve bytes are there and in order; 0: not yet. */
  #expected = 0;
  #fault: StreamFault | null = null;

  constructor(receive: MessageReceiver, limit: number = MAX_MESSAGE_BYTES) {
    this.#receive = receive;
    this.#limit = limit;
  }

  get fault(): StreamFault | null {
    return this.#fault;
  }

  /** A message has begun and not ended. */
  get within(): boolean {
    return this.#held.length > 0;
  }

  /** Keeps nothing of `bytes`. False: see `fault`. */
  push(bytes: Uint8Array): boolean {
    if (this.#fault !== null) return false;
    const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at < chunk.length) {
      if (this.#held.length === 0 && chunk.length - at >= PRELUDE) {
        // Messages that are whole are read where they lie.
        const length = this.#length(chunk, at);
        if (length === 0) return false;
        if (chunk.length - at >= length) {
          if (!this.#message(chunk, at, length)) return false;
          at += length;
          continue;
        }
        this.#expected = length;
      }
      const wanted = this.#expected === 0 ? PRELUDE : this.#expected;
      const to = Math.min(chunk.length, at + wanted - this.#held.length);
      this.#held.add(chunk, at, to);
      at = to;
      if (this.#held.length < wanted) continue;
      if (this.#expected === 0) {
        this.#expected = this.#length(this.#held.bytes, 0);
        if (this.#expected === 0) return false;
        continue;
      }
      this.#held.take();
      this.#expected = 0;
      if (!this.#message(this.#held.bytes, 0, wanted)) return false;
    }
    return true;
  }

  /** The length of the message whose first twelve bytes are there; 0: it is none. */
  #length(bytes: Buffer, at: number): number {
    const total = bytes.readUInt32BE(at);
    const headers = bytes.readUInt32BE(at + 4);
    if (crc32(bytes, at, at + 8) !== bytes.readUInt32BE(at + 8)) this.#refuse("damaged");
    else if (total > this.#limit || headers > MAX_HEADER_BYTES) this.#refuse("too long");
    else if (total < PRELUDE + headers + TRAILER) this.#refuse("damaged");
    return this.#fault === null ? total : 0;
  }

  #message(bytes: Buffer, at: number, length: number): boolean {
    const end = at + length - TRAILER;
    if (crc32(bytes, at, end) !== bytes.readUInt32BE(end)) return this.#refuse("damaged");
    const headersEnd = at + PRELUDE + bytes.readUInt32BE(at + 4);
    const headers = readHeaders(bytes, at + PRELUDE, headersEnd);
    if (headers === null) return this.#refuse("damaged");
    this.#receive(headers, bytes.subarray(headersEnd, end));
    return true;
  }

  #refuse(fault: StreamFault): false {
    this.#fault = fault;
    this.#held.release();
    return false;
  }
}

const STRING = 7;
/** Bytes of a value by its type; -1: two bytes of length stand before it. */
const SIZES: readonly number[] = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

/** Null: they do not fill their place exactly. */
function readHeaders(bytes: Buffer, start: number, end: number): Map<string, string> | null {
  const headers = new Map<string, string>();
  let at = start;
  while (at < end) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    if (nameEnd >= end || nameEnd === at + 1) return null;
    const name = bytes.toString("utf8", at + 1, nameEnd);
    const type = bytes[nameEnd] ?? -1;
    let size = SIZES[type];
    if (size === undefined) return null;
    at = nameEnd + 1;
    if (size === -1) {
      if (at + 2 > end) return null;
      size = bytes.readUInt16BE(at);
      at += 2;
    }
    if (at + size > end) return null;
    if (type === STRING) headers.set(name, bytes.toString("utf8", at, at + size));
    at += size;
  }
  return headers;
}

/** One message. Names up to 255 bytes, values up to 32 KiB. */
export function writeMessage(
  headers: readonly (readonly [name: string, value: string])[],
  payload: Uint8Array,
): Buffer {
  const written = headers.map(([name, value]) => {
    const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
    const head = Buffer.from([STRING, valueBytes.length >> 8, valueBytes.length & 0xff]);
    return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, head, valueBytes]);
  });
  const fields = Buffer.concat(written);
  const total = PRELUDE + fields.length + payload.length + TRAILER;
  const message = Buffer.alloc(total);
  message.writeUInt32BE(total, 0);
  message.writeUInt32BE(fields.length, 4);
  message.writeUInt32BE(crc32(message, 0, 8), 8);
  message.set(fields, PRELUDE);
  message.set(payload, PRELUDE + fields.length);
  message.writeUInt32BE(crc32(message, 0, total - TRAILER), total - TRAILER);
  return message;
}
