/** Cuts bytes into pieces, as networks do, for tests that hold a reader to giving the same whatever the cut. */

/** `cuts`: places, in any order; those that are none are left out. Each piece is a copy. */
export function piecesAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts)].filter((cut) => cut > 0 && cut < bytes.length).sort((left, right) => left - right);
  return [0, ...places].map((from, index) => Uint8Array.from(bytes.subarray(from, places[index] ?? bytes.length)));
}

/** One byte each. */
export function singleBytes(bytes: Uint8Array): Uint8Array[] {
  return piecesAt(bytes, [...bytes.keys()]);
}
