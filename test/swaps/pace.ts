/** Bytes at a steady pace: what makes a download or an upload last. */
import { contentOf } from "../faults/content.ts";

/** Bytes of a long body. */
export const LONG = 2_000_000;
/** Pieces that it comes in, and milliseconds between two. */
const PIECES = 100;

export function longContent(kind: "answer" | "upload", id: number): Buffer {
  return contentOf(kind, id, LONG);
}

/** Sends the body piece by piece over `milliseconds`; false: the other side closed. */
export async function paced(
  body: Buffer,
  milliseconds: number,
  write: (piece: Buffer) => boolean,
  closed: () => boolean,
): Promise<boolean> {
  const step = Math.ceil(body.length / PIECES);
  for (let at = 0; at < body.length; at += step) {
    if (closed()) return false;
    write(body.subarray(at, at + step));
    await new Promise((resolve) => setTimeout(resolve, milliseconds / PIECES));
  }
  return true;
}
