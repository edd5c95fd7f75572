/** Bodies that say whose they are: a name and a size at the beginning, and after it bytes that are another case's at no place. */
import { Random } from "../fakes/random.ts";

/** Every body is a piece of this, from an offset of its own. */
const POOL_SIZE = 8 * 1024 * 1024;
const pool = Buffer.alloc(POOL_SIZE);
const random = new Random(20_260_101);
for (let at = 0; at < POOL_SIZE; at += 4) pool.writeUInt32LE(random.below(2 ** 32), at);

/** `size` bytes; `kind` tells an upload from the answer to it. */
export function contentOf(kind: "answer" | "upload", id: number, size: number): Buffer {
  const label = Buffer.from(`<${kind} ${id} ${size}>`);
  if (size <= label.length) return label.subarray(0, size);
  const offset = ((id * 2_654_435_761) >>> 0) % (POOL_SIZE - size);
  return Buffer.concat([label, pool.subarray(offset, offset + size - label.length)]);
}

/** What `/json/ID` answers. */
export function jsonOf(id: number, size: number): string {
  const text = contentOf("answer", id, size).toString("base64");
  return JSON.stringify({ id, text });
}
