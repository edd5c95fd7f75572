/** How long what a request holds is, without reading what has not been read (`engine/deferred.ts`). */

export interface Size {
  /** Of a text, in UTF-8. */
  readonly octets: number;
  /** In UTF-16 units. */
  readonly units: number;
}

/**
 * Of a part or a source whose text or data is read when it is first asked for: how long that is. A copy has it too, but its text has been read, and may be another: it
 * counts only beside one that has not been.
 */
export const UNREAD: unique symbol = Symbol("unread");

interface Unread {
  readonly [UNREAD]?: Size;
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

function unread(part: Unread, name: string): Size | undefined {
  const size = part[UNREAD];
  if (size === undefined) return undefined;
  return Object.getOwnPropertyDescriptor(part, name)?.get === undefined ? undefined : size;
}
