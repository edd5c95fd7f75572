/**
 * Reads frames from a connection's bytes, in pieces of any size, and refuses what RFC 6455 §5 does not allow. Frames up to
 * `GATHER_LIMIT` are told whole, so that they go on as they came; longer ones piece by piece, so that none is kept.
 */
import { isUtf8 } from "node:buffer";
import { BINARY, CLOSE, CONTINUATION, CONTROL_LIMIT, isCloseCode, mask, PING, PONG, TEXT } from "./frame.ts";
import { NO_CODE, NO_REASON, type ViolationCode } from "./side.ts";
import { Utf8Checker } from "./utf8.ts";

const GATHER_LIMIT = 64 * 1024;
/** Two bytes, eight for a length, four for a mask. */
const LONGEST_HEADER = 14;

/** Bytes are only valid during the call. */
export interface FrameReceiver {
  message(piece: Uint8Array, binary: boolean, first: boolean, last: boolean): void;
  /** A ping that wants this data back. */
  answer(data: Uint8Array): void;
  /** Nothing is read behind it. */
  closeFrame(code: number, reason: Uint8Array): void;
  /** As above. */
  violation(code: ViolationCode): void;
}

export class FrameReader {
  readonly #receiver: FrameReceiver;
  /** Whether frames must be masked: those of clients must, those of servers must not (§5.1). */
  readonly #masked: boolean;
  /** Bytes of a message. */
  readonly #limit: number;
  readonly #header = Buffer.alloc(LONGEST_HEADER);
  #have = 0;
  #need = 2;
  #opcode = 0;
  #fin = false;
  /** Of the frame's payload. */
  #length = 0;
  #position = 0;
  #within = false;
  #gathered: Buffer | null = null;
  /** Of the message that is under way; 0: none is. */
  #kind = 0;
  #messageLength = 0;
  #begun = false;
  readonly #text = new Utf8Checker();
  #over = false;

  constructor(receiver: FrameReceiver, masked: boolean, limit: number) {
    this.#receiver = receiver;
    this.#masked = masked;
    this.#limit = limit;
  }

  /** `bytes` are unmasked in place. */
  read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#over) {
      at = this.#within ? this.#readPayload(bytes, at) : this.#readHeader(bytes, at);
    }
  }

  /** Whatever follows is of no interest. */
  stop(): void {
    this.#over = true;
    this.#gathered = null;
  }

  #readHeader(bytes: Buffer, from: number): number {
    const header = this.#header;
    let at = from;
    while (this.#have < this.#need && at < bytes.length) {
      header[this.#have++] = bytes[at++]!;
      if (this.#have === 2) this.#begin(header[0]!, header[1]!);
      if (this.#over) return at;
    }
    if (this.#have < this.#need) return at;
    this.#have = 0;
    this.#need = 2;
    if (!this.#measure()) return at;
    this.#position = 0;
    this.#within = true;
    if (this.#length === 0) this.#frame(bytes.subarray(at, at));
    return at;
  }

  /** The first two bytes say what the frame is and how long its header is. */
  #begin(first: number, second: number): void {
    const opcode = first & 0x0f;
    const length = second & 0x7f;
    this.#opcode = opcode;
    this.#fin = (first & 0x80) !== 0;
    // No extension has been negotiated, so no reserved bit means anything.
    const isSound = opcode >= CLOSE ? opcode <= PONG && this.#fin && length <= CONTROL_LIMIT : this.#follows(opcode);
    if (!isSound || (first & 0x70) !== 0 || ((second & 0x80) !== 0) !== this.#masked) this.#refuse(1002);
    this.#need = 2 + (length < 126 ? 0 : length === 126 ? 2 : 8) + (this.#masked ? 4 : 0);
  }

  /** Whether a data frame may come here: a continuation only within a message, anything else only between two. */
  #follows(opcode: number): boolean {
    return opcode <= BINARY && (opcode === CONTINUATION) === (this.#kind !== 0);
  }

  /** The payload's length, which must be written in the shortest form (§5.2). False: refused. */
  #measure(): boolean {
    const header = this.#header;
    const short = header[1]! & 0x7f;
    let length = short;
    if (short === 126) {
      length = header.readUInt16BE(2);
      if (length < 126) this.#refuse(1002);
    } else if (short === 127) {
      const high = header.readUInt32BE(2);
      length = high * 0x1_0000_0000 + header.readUInt32BE(6);
      if (length < 65_536 || high > 0x7fff_ffff) this.#refuse(1002);
    }
    this.#length = length;
    if (this.#over || this.#opcode >= CLOSE) return !this.#over;
    if (this.#opcode !== CONTINUATION) {
      this.#kind = this.#opcode;
      this.#messageLength = 0;
      this.#begun = false;
      this.#text.begin();
    }
    this.#messageLength += length;
    if (this.#messageLength > this.#limit) this.#refuse(1009);
    return !this.#over;
  }

  #readPayload(bytes: Buffer, from: number): number {
    const to = Math.min(bytes.length, from + this.#length - this.#position);
    const piece = bytes.subarray(from, to);
    if (this.#masked) mask(piece, this.#header, this.#maskOffset(), this.#position);
    const start = this.#position;
    this.#position += piece.length;
    const complete = this.#position === this.#length;
    if (this.#gathered !== null || (!complete && start === 0 && this.#length <= GATHER_LIMIT)) {
      this.#gathered ??= Buffer.allocUnsafe(this.#length);
      this.#gathered.set(piece, start);
      if (complete) {
        const whole = this.#gathered;
        this.#gathered = null;
        this.#frame(whole);
      }
    } else if (complete) this.#frame(piece);
    else this.#piece(piece, false);
    return to;
  }

  /** The key stands at the header's end, which stays until the next frame begins. */
  #maskOffset(): number {
    const short = this.#header[1]! & 0x7f;
    return short < 126 ? 2 : short === 126 ? 4 : 10;
  }

  /** The whole payload, or what is left of it. */
  #frame(payload: Buffer): void {
    this.#within = false;
    switch (this.#opcode) {
      case PING:
        this.#receiver.answer(payload);
        return;
      case PONG:
        return;
      case CLOSE:
        this.#close(payload);
        return;
      default:
        this.#piece(payload, this.#fin);
    }
  }

  #piece(piece: Uint8Array, last: boolean): void {
    const first = !this.#begun;
    if (this.#kind === TEXT && !this.#isText(piece, first, last)) {
      this.#refuse(1007);
      return;
    }
    const binary = this.#kind === BINARY;
    this.#begun = true;
    if (last) this.#kind = 0;
    this.#receiver.message(piece, binary, first, last);
  }

  #isText(piece: Uint8Array, first: boolean, last: boolean): boolean {
    if (first && last) return isUtf8(piece);
    return this.#text.push(piece) && (!last || this.#text.complete);
  }

  #close(payload: Buffer): void {
    if (payload.length === 0) {
      this.stop();
      this.#receiver.closeFrame(NO_CODE, NO_REASON);
      return;
    }
    const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
    const reason = payload.subarray(2);
    if (!isCloseCode(code)) this.#refuse(1002);
    else if (!isUtf8(reason)) this.#refuse(1007);
    else {
      this.stop();
      this.#receiver.closeFrame(code, reason);
    }
  }

  #refuse(code: ViolationCode): void {
    this.stop();
    this.#receiver.violation(code);
  }
}
