/** Functions on strings. Lengths and positions count Unicode code points; no function splits a surrogate pair. */

const HIGH_SURROGATE = /[\ud800-\udbff]/;

/** In code points. */
export function textLength(text: string): number {
  if (!HIGH_SURROGATE.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The UTF-16 index of the code point at `position`, or the end. */
function unitIndex(text: string, position: number): number {
  if (!HIGH_SURROGATE.test(text)) return Math.min(position, text.length);
  let index = 0;
  for (let count = 0; count < position && index < text.length; count++) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

/** Unicode's locale-independent lower case. */
export function lower(text: string): string {
  return text.toLowerCase();
}
export function upper(text: string): string {
  return text.toUpperCase();
}
export function trim(text: string): string {
  return text.trim();
}
export function textIsEmpty(text: string): boolean {
  return text === "";
}
/** An empty separator gives the code points. */
export function split(text: string, separator: string): string[] {
  return separator === "" ? [...text] : text.split(separator);
}
export function startsWith(text: string, prefix: string): boolean {
  return text.startsWith(prefix);
}
export function endsWith(text: string, suffix: string): boolean {
  return text.endsWith(suffix);
}
export function textContains(text: string, part: string): boolean {
  return text.includes(part);
}
/** Every occurrence, from the left, not overlapping; an empty `part` changes nothing. */
export function replace(text: string, part: string, by: string): string {
  return part === "" ? text : text.split(part).join(by);
}
/** From position `from` up to, not including, `to`; negative positions count from the end; outside ones are cut off. */
export function textSlice(text: string, from: number, to?: number | undefined): string {
  const length = textLength(text);
  const start = from < 0 ? Math.max(0, length + from) : Math.min(from, length);
  const end = to === undefined ? length : to < 0 ? Math.max(0, length + to) : Math.min(to, length);
  return start < end ? text.slice(unitIndex(text, start), unitIndex(text, end)) : "";
}
export function textIndexOf(text: string, part: string): number | undefined {
  const index = text.indexOf(part);
  return index < 0 ? undefined : textLength(text.slice(0, index));
}
/** Lines end with LF or CRLF; a last line without an end counts, an empty one after the last end does not. */
export function lines(text: string): string[] {
  const parts = text.split(/\r?\n/);
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

/** Keeps padding from filling memory. */
const LONGEST_PADDING = 10_000;
function padding(text: string, length: number, fill: string): string {
  const missing = Math.min(length, LONGEST_PADDING) - textLength(text);
  if (missing <= 0 || fill === "") return "";
  const pattern = [...fill];
  let result = "";
  for (let index = 0; index < missing; index++) result += pattern[index % pattern.length];
  return result;
}
export function padStart(text: string, length: number, fill = " "): string {
  return padding(text, length, fill) + text;
}
export function padEnd(text: string, length: number, fill = " "): string {
  return text + padding(text, length, fill);
}
/** Text of a string, number, bool or canonical string. */
export function plainText(value: string | number | boolean): string {
  return `${value}`;
}
