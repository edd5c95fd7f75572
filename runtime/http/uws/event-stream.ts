/**
 * The beginning of an event stream. uWebSockets.js sends a head only together with bytes of the body (`earlyHead` in
 * `capabilities.ts`), so a stream that is quiet at first would not open at the client: an EventSource stays "connecting". A comment is
 * the one thing that can be sent for it, which readers skip (HTML Standard, section 9.2.6).
 */
import type { Headers } from "../exchange.ts";

export const COMMENT = Buffer.from(":\n\n");

/** Whether a comment may stand before the body: its bytes are an event stream's own, in no coding. */
export function takesComment(headers: Headers): boolean {
  let found = false;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === "content-encoding") return false;
    if (headers[index] === "content-type") found = /^text\/event-stream[ \t]*(?:;|$)/i.test(headers[index + 1]!);
  }
  return found;
}

/** A byte order mark is one only at the very beginning: behind the comment it would spoil the first line. */
export function withoutMark(chunk: Uint8Array): Uint8Array {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}
