/** The query as names and values (WHATWG URL, application/x-www-form-urlencoded): "+" is a space, escapes are decoded once. */
import type { Exchange } from "../http/exchange.ts";
import { percentEncode } from "../value/index.ts";

/** The first value of that name. */
export function queryValue(exchange: Exchange, name: string): string | undefined {
  let found: string | undefined;
  eachField(exchange.query, (field, value) => {
    if (found === undefined && field === name) found = formText(value);
  });
  return found;
}

/** All values of that name, in order. */
export function queryValues(exchange: Exchange, name: string): string[] {
  return formValues(exchange.query, name);
}

export function formValues(text: string, name: string): string[] {
  const found: string[] = [];
  eachField(text, (field, value) => {
    if (field === name) found.push(formText(value));
  });
  return found;
}

/** The distinct names, in order. */
export function formNames(text: string): string[] {
  const names = new Set<string>();
  eachField(text, (field) => names.add(field));
  return [...names];
}

function eachField(text: string, visit: (name: string, value: string) => void): void {
  if (text === "") return;
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    if (equals === -1) visit(formText(part), "");
    else visit(formText(part.slice(0, equals)), part.slice(equals + 1));
  }
}

/** Broken escapes stay as they are; bytes that are not UTF-8 become U+FFFD. */
function formText(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLeniently(spaced);
  }
}

function decodeLeniently(text: string): string {
  const source = new TextEncoder().encode(text);
  const bytes = new Uint8Array(source.length);
  let length = 0;
  for (let index = 0; index < source.length; index++) {
    const hex = String.fromCharCode(source[index + 1] ?? 0, source[index + 2] ?? 0);
    if (source[index] === 0x25 && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16);
      index += 2;
    } else {
      bytes[length++] = source[index] ?? 0;
    }
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, length));
}

/** One parameter changed, the others' bytes left alone: set replaces the first of that name and drops the rest; undefined removes all. */
export function changeQuery(query: string, name: string, value: string | undefined): string {
  const kept: string[] = [];
  let pending = value === undefined ? null : `${percentEncode(name)}=${percentEncode(value)}`;
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    if (formText(equals === -1 ? part : part.slice(0, equals)) !== name) {
      kept.push(part);
    } else if (pending !== null) {
      kept.push(pending);
      pending = null;
    }
  }
  if (pending !== null) kept.push(pending);
  return kept.join("&");
}
