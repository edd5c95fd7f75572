/** How long what a request holds is, without reading what has not been read (`engine/deferred.ts`). */

export interface Size {
  /** Of a text, in UTF-8. */
  readonly octets: number;
  /** In UTF-16 units. */
  readonly units: number;
}

/** Of parts and sources whose text or data is not read before somebody asks for it. */
const known = new WeakMap<object, Size>();

export function remember<Kind extends object>(part: Kind, size: Size): Kind {
  known.set(part, size);
  return part;
}

export function textOctets(part: { readonly text: string }): number {
  return known.get(part)?.octets ?? Buffer.byteLength(part.text);
}

export function argumentsOctets(part: { readonly arguments: string }): number {
  return known.get(part)?.octets ?? Buffer.byteLength(part.arguments);
}

/** UTF-16 units of what is base64. */
export function dataLength(source: { readonly data: string }): number {
  return known.get(source)?.units ?? source.data.length;
}
