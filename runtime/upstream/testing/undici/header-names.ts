/** Lower-case strings for the field names in upstream heads, interned, since the same few dozen names come again and again. */

const LIMIT = 1024;
const buckets = new Map<number, { readonly bytes: Uint8Array; readonly name: string }[]>();
let count = 0;

function same(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** The field name in lower case. Names in unusual spelling are interned too, up to a bound. */
export function headerName(bytes: Buffer): string {
  const length = bytes.length;
  // Length, first, middle and last byte tell almost all registered field names apart.
  const key = (length << 24) ^ (bytes[0]! << 16) ^ (bytes[length >> 1]! << 8) ^ bytes[length - 1]!;
  const bucket = buckets.get(key);
  if (bucket !== undefined) for (const entry of bucket) if (same(entry.bytes, bytes)) return entry.name;
  const name = bytes.toString("latin1").toLowerCase();
  if (count < LIMIT && length <= 64) {
    count++;
    const entry = { bytes: Uint8Array.from(bytes), name };
    if (bucket === undefined) buckets.set(key, [entry]);
    else bucket.push(entry);
  }
  return name;
}
