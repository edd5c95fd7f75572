/** The head of a request as it goes out, in one string of octets. What could be read as something else is not written at all. */
import type { Headers } from "../../http/exchange.ts";
import { isFramingField } from "../../http/fields.ts";
import { isToken } from "../../http/head.ts";
import type { UpstreamRequest } from "../client.ts";
import { isLowerToken } from "./grammar.ts";

/** The octets that a field's value may have (RFC 9110 §5.5); a character above U+00FF would be written as another. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;
const TARGET = /^[\x21-\x7e]+$/;

/** Null: it cannot be sent; `faultOf` says why. */
export function requestHead(request: UpstreamRequest): string | null {
  const { method, target, headers, host, body } = request;
  if (!isToken(method) || !TARGET.test(target) || UNSENDABLE.test(host)) return null;
  const lines = typeof headers === "string" ? headers : soundLines(headers);
  if (lines === null) return null;
  const text = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n${lines}`;
  if (body === null) return expectsBody(method) ? `${text}content-length: 0\r\n\r\n` : `${text}\r\n`;
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  return length === null ? `${text}transfer-encoding: chunked\r\n\r\n` : `${text}content-length: ${length}\r\n\r\n`;
}

function soundLines(headers: Headers): string | null {
  let lines = "";
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    const value = headers[index + 1]!;
    if (isOurs(name) || !isLowerToken(name) || UNSENDABLE.test(value)) return null;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** Why `requestHead` gave null. */
export function faultOf({ method, target, headers, host }: UpstreamRequest): string {
  if (!isToken(method)) return "the method is no token";
  if (!TARGET.test(target)) return "the target is empty or has octets that no target has";
  if (UNSENDABLE.test(host)) return "the host has control characters";
  if (typeof headers === "string") return "it cannot be written";
  const bad = headers.findIndex((text, index) =>
    index % 2 === 0 ? isOurs(text) || !isLowerToken(text) : UNSENDABLE.test(text),
  );
  return bad % 2 === 0 ? "a field's name is no token or is not the caller's to send" : "a field has control characters";
}

/** Methods whose missing body is said to be one (RFC 9110 §8.6). */
function expectsBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

/** `host` and framing are written here only: a second one would be read in two ways. */
function isOurs(name: string): boolean {
  return isFramingField(name) || name === "host";
}
