/** A whole answer for a client that speaks the provider's dialect: every byte as it came, but for the model's name. */
import { isUtf8 } from "node:buffer";
import { outlineOf, withMembers } from "./outline.ts";

/** Text that stands in JSON as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * `body`: JSON, of which `told` was read as the value of the member `name`; "": it has none, or it is not known. Null: it is no UTF-8 (readers are lenient with
 * that, but the client must not have to be), or cannot be changed safely.
 */
export function renamedAnswer(body: Uint8Array, name: string, told: string, model: string): Uint8Array | null {
  if (!isUtf8(body)) return null;
  // A character for each byte: see `outline`.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const value = JSON.stringify(model);
  const start = PLAIN.test(told) ? onlyValue(text, `"${name}"`, `"${told}"`) : -1;
  if (start !== -1) return spliced(body, start, start + told.length + 2, value);
  const found = outlineOf(text);
  return found === null ? null : withMembers(body, found, [[name, value]]);
}

/**
 * Where the value stands; -1: that takes reading. A name that stands in the text once, where none is written with escapes, is the one that was read: within a
 * string, its quotes would have backslashes before them.
 */
function onlyValue(text: string, name: string, value: string): number {
  const at = text.indexOf(name);
  if (at === -1 || text.indexOf(name, at + 1) !== -1 || text.includes("\\u00")) return -1;
  let start = at + name.length;
  let colons = 0;
  for (;;) {
    const code = text.charCodeAt(start);
    if (code === 58) colons++;
    else if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
    start++;
  }
  return colons === 1 && text.startsWith(value, start) ? start : -1;
}

function spliced(bytes: Uint8Array, start: number, end: number, value: string): Uint8Array {
  const length = Buffer.byteLength(value);
  const all = Buffer.allocUnsafe(bytes.length - (end - start) + length);
  all.set(bytes.subarray(0, start));
  all.write(value, start, "utf8");
  all.set(bytes.subarray(end), start + length);
  return all;
}
