/** Frames as they are written (RFC 6455 §5.2), and what both directions know of them. */
import { randomFillSync } from "node:crypto";

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** Bytes a control frame may carry. */
export const CONTROL_LIMIT = 125;

/** Random bytes for masks are drawn so many at once: a system call per frame would cost more than the frame. */
const POOL_SIZE = 4096;
const pool = Buffer.alloc(POOL_SIZE);
let used = POOL_SIZE;

/** A new buffer with header and payload. `masked`: as a client sends it, under a key that nobody can foresee (§10.3). */
export function frame(opcode: number, last: boolean, payload: Uint8Array, masked: boolean): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const offset = 2 + extended + (masked ? 4 : 0);
  const bytes = Buffer.allocUnsafe(offset + length);
  bytes[0] = (last ? 0x80 : 0) | opcode;
  bytes[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) bytes.writeUInt16BE(length, 2);
  else if (extended === 8) {
    bytes.writeUInt32BE(Math.floor(length / 0x1_0000_0000), 2);
    bytes.writeUInt32BE(length >>> 0, 6);
  }
  bytes.set(payload, offset);
  if (masked) {
    if (used === POOL_SIZE) {
      randomFillSync(pool);
      used = 0;
    }
    pool.copy(bytes, offset - 4, used, used + 4);
    used += 4;
    mask(bytes.subarray(offset), bytes, offset - 4, 0);
  }
  return bytes;
}

/** Masks or unmasks in place; the key stands in `keys` at `at`, `position` is that of the first byte within its frame. */
export function mask(data: Uint8Array, keys: Uint8Array, at: number, position: number): void {
  const key0 = keys[at + (position & 3)]!;
  const key1 = keys[at + ((position + 1) & 3)]!;
  const key2 = keys[at + ((position + 2) & 3)]!;
  const key3 = keys[at + ((position + 3) & 3)]!;
  const { length } = data;
  let index = 0;
  for (; index + 3 < length; index += 4) {
    data[index]! ^= key0;
    data[index + 1]! ^= key1;
    data[index + 2]! ^= key2;
    data[index + 3]! ^= key3;
  }
  if (index < length) data[index]! ^= key0;
  if (index + 1 < length) data[index + 1]! ^= key1;
  if (index + 2 < length) data[index + 2]! ^= key2;
}

/** 1005: no payload. The reason is cut to what fits, between characters. */
export function closePayload(code: number, reason: Uint8Array): Uint8Array {
  if (code === 1005) return new Uint8Array(0);
  let { length } = reason;
  if (length > CONTROL_LIMIT - 2) {
    length = CONTROL_LIMIT - 2;
    while (length > 0 && (reason[length]! & 0xc0) === 0x80) length--;
  }
  const payload = Buffer.allocUnsafe(2 + length);
  payload.writeUInt16BE(code, 0);
  payload.set(reason.subarray(0, length), 2);
  return payload;
}

/** Whether a peer may send it (RFC 6455 §7.4, and what was registered since). */
export function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code < 5000)
  );
}
