/** Bytes and the encodings between bytes and text. Decoders are strict: what does not encode back to itself is refused. */
import * as native from "node:buffer";
import { Failure } from "../failure.ts";
import { invalidText } from "./convert.ts";

export type TextOrBytes = string | Uint8Array;

/** UTF-8; a lone surrogate becomes U+FFFD. */
export function toBytes(value: TextOrBytes): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}
function buffer(value: TextOrBytes): Buffer {
  return typeof value === "string"
    ? Buffer.from(value, "utf8")
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
function plain(data: Buffer): Uint8Array {
  return new Uint8Array(data);
}

/** With padding (RFC 4648 §4). */
export function encodeBase64(value: TextOrBytes): string {
  return buffer(value).toString("base64");
}
/** Without padding (RFC 4648 §5). */
export function encodeBase64url(value: TextOrBytes): string {
  return buffer(value).toString("base64url");
}
/** Lower case. */
export function encodeHex(value: TextOrBytes): string {
  return buffer(value).toString("hex");
}

/** With its padding, no white space, unused bits zero. */
export function bytesFromText(text: string): Uint8Array | undefined {
  const data = Buffer.from(text, "base64");
  return data.toString("base64") === text ? plain(data) : undefined;
}
export function bytesFromJson(value: unknown): Uint8Array | undefined {
  return typeof value === "string" ? bytesFromText(value) : undefined;
}
export function decodeBase64(text: string): Uint8Array | Failure {
  return bytesFromText(text) ?? invalidText("base64");
}
/** Without padding. */
export function decodeBase64url(text: string): Uint8Array | Failure {
  const data = Buffer.from(text, "base64url");
  return data.toString("base64url") === text ? plain(data) : invalidText("base64url");
}
/** Either case. */
export function decodeHex(text: string): Uint8Array | Failure {
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text)
    ? plain(Buffer.from(text, "hex"))
    : invalidText("hexadecimal");
}
/** Holds nothing between two calls: each decodes a whole text. */
const UTF8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** From so many bytes on it is worth while to look at them twice. */
const LONG = 4096;

export function utf8FromBytes(data: Uint8Array): string | undefined {
  // Twice as fast where there are characters beyond Latin-1; not every build of Node has it.
  if (data.length >= LONG && typeof native.transcode === "function" && !native.isAscii(data))
    return native.isUtf8(data) ? native.transcode(data, "utf8", "utf16le").toString("utf16le") : undefined;
  try {
    return UTF8.decode(data);
  } catch {
    return undefined;
  }
}
export function decodeUtf8(data: Uint8Array): string | Failure {
  return utf8FromBytes(data) ?? new Failure("invalid", 400, "invalid-value", "the bytes are not UTF-8");
}
export function bytesLength(data: Uint8Array): number {
  return data.length;
}

/** Escapes all but RFC 3986's unreserved characters, as UTF-8. A lone surrogate becomes U+FFFD. */
export function percentEncode(text: string): string {
  return encodeURIComponent(Buffer.from(text, "utf8").toString("utf8")).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
export function decodePercent(text: string): string | Failure {
  try {
    return decodeURIComponent(text);
  } catch {
    return invalidText("percent-encoded UTF-8");
  }
}
