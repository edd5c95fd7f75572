/** What a server answers to a handshake's key (RFC 6455 §4.2.2). */
import { createHash } from "node:crypto";

export function acceptKey(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
