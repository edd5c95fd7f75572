/** Digests and comparisons over node:crypto. Text is hashed as UTF-8; digests are lower-case hexadecimal. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type TextOrBytes, toBytes } from "./bytes.ts";

export function sha256(value: TextOrBytes): string {
  return createHash("sha256").update(value).digest("hex");
}
export function sha512(value: TextOrBytes): string {
  return createHash("sha512").update(value).digest("hex");
}
/** RFC 2104. */
export function hmacSha256(value: TextOrBytes, key: TextOrBytes): string {
  return createHmac("sha256", key).update(value).digest("hex");
}
export function hmacSha512(value: TextOrBytes, key: TextOrBytes): string {
  return createHmac("sha512", key).update(value).digest("hex");
}
/** Takes the same time wherever the two differ, and does not show their lengths: both are hashed first. */
export function equalConstantTime(left: TextOrBytes, right: TextOrBytes): boolean {
  const a = createHash("sha256").update(toBytes(left)).digest();
  const b = createHash("sha256").update(toBytes(right)).digest();
  return timingSafeEqual(a, b);
}
/** The same fraction (0 ≤ n < 1) for the same key, for ever and everywhere: 48 bits of SHA-256. */
export function share(key: string): number {
  return createHash("sha256").update(key).digest().readUIntBE(0, 6) / 2 ** 48;
}
/** A stable stand-in for a value: "tok_" and 24 hexadecimal digits of HMAC-SHA-256 under `key`. */
export function tokenize(text: string, key: string): string {
  return `tok_${hmacSha256(text, key).slice(0, 24)}`;
}
