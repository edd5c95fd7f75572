/** What is asked of the texts and data of a request, without reading what has not been read (`engine/deferred.ts`): how long they are, and what is written of them. */

export interface UnreadText {
  /** Of a text, in UTF-8. */
  readonly octets: number;
  /** In UTF-16 units. */
  readonly units: number;
  /** There is nothing but white space. */
  readonly blank: boolean;
  /** What stands for it in JSON that is being written, and is JSON within a string as it is; null: it has to be read. */
  readonly mark: string | null;
}

/**
 * Of a part or a source whose text or data is read when it is first asked for: what is known of it. A copy has it too, but its text has been read, and may be
 * another: it counts only beside one that has not been. The same for a program's bundle and the host that runs it.
 */
export const UNREAD: unique symbol = Symbol.for("vgw.unread");

interface Unread {
  readonly [UNREAD]?: UnreadText;
}

export function textOctets(part: Unread & { readonly text: string }): number {
  return unread(part, "text")?.octets ?? Buffer.byteLength(part.text);
}

export function argumentsOctets(part: Unread & { readonly arguments: string }): number {
  return unread(part, "arguments")?.octets ?? Buffer.byteLength(part.arguments);
}

/** UTF-16 units of what is base64. */
export function dataLength(source: Unread & { readonly data: string }): number {
  return unread(source, "data")?.units ?? source.data.length;
}

export function isEmpty(part: Unread & { readonly text: string }): boolean {
  return unread(part, "text") === undefined && part.text === "";
}

export function isBlankText(part: Unread & { readonly text: string }): boolean {
  return unread(part, "text")?.blank ?? part.text.trim() === "";
}

/** The text, or what stands for it: for writers that put it into a string of JSON, and look at it no closer. */
export function writtenText(part: Unread & { readonly text: string }): string {
  return unread(part, "text")?.mark ?? part.text;
}

export function writtenData(source: Unread & { readonly data: string }): string {
  return unread(source, "data")?.mark ?? source.data;
}

function unread(part: Unread, name: string): UnreadText | undefined {
  const size = part[UNREAD];
  if (size === undefined) return undefined;
  return Object.getOwnPropertyDescriptor(part, name)?.get === undefined ? undefined : size;
}
