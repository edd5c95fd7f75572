/** Base64url as RFC 7515 §2 has it, and nothing more lenient: two spellings of one token would be two tokens to a log and one to a check. */
import { Buffer } from "node:buffer";

/** No padding, no white space, no other alphabet, unused bits zero; null: anything else. Empty text gives no bytes. */
export function strictBase64url(text: string): Uint8Array | null {
  const data = Buffer.from(text, "base64url");
  return data.toString("base64url") === text ? data : null;
}
