/** Request and response header fields as a program reads and changes them. Names are in lower case. */
import type { AnswerHead } from "../abi.ts";
import { applyEdits } from "../http/edits.ts";
import type { Exchange, Headers } from "../http/exchange.ts";
import { percentEncode } from "../value/index.ts";

/** Several lines of one field are one list (RFC 9110 §5.3). */
export function requestHeader(exchange: Exchange, name: string): string | undefined {
  const { headers } = exchange;
  let found: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) found = found === undefined ? headers[index + 1] : `${found}, ${headers[index + 1]}`;
  }
  return found;
}

/** The first line of that name, with the changes made so far; `head` is the upstream's. */
export function answerHeader(exchange: Exchange, head: AnswerHead | null, name: string): string | undefined {
  const headers: Headers = head?.headers ?? [];
  const edited = exchange.edits === null ? headers : applyEdits(headers, exchange.edits);
  for (let index = 0; index < edited.length; index += 2) if (edited[index] === name) return edited[index + 1];
  return undefined;
}

/** The status of the answer that is on its way: what was set, else the upstream's. */
export function answerStatus(exchange: Exchange, head: AnswerHead | null): number {
  return exchange.edits?.status ?? head?.status ?? 0;
}

/** `set response.header(name) = value`; undefined removes. */
export function setResponseHeader(exchange: Exchange, name: string, value: string | undefined): void {
  exchange.edits ??= { changes: [], status: null };
  exchange.edits.changes.push({ kind: "set", name, value: value ?? null });
}

export function setResponseStatus(exchange: Exchange, status: number): void {
  exchange.edits ??= { changes: [], status: null };
  exchange.edits.status = status;
}

const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;

/**
 * A field value (RFC 9110 §5.5): what could end the line or is no text there becomes a space, and spaces at the ends go.
 * Characters beyond ASCII are percent-encoded as UTF-8.
 */
export function headerText(text: string): string {
  if (PLAIN.test(text)) return text;
  let safe = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) safe += " ";
    else safe += code > 0x7e ? percentEncode(character) : character;
  }
  return safe.trim();
}
