/**
 * Lower-case strings for the field names in responses, interned: the same few dozen come again and again, and comparing interned
 * strings is comparing pointers.
 */
import { TOKEN } from "./grammar.ts";

const SIZE = 2048;
/** So much of the table may be filled, by whatever upstreams send; other names become strings of their own. */
const LIMIT = SIZE / 2;
const LONGEST = 64;

const names: string[] = new Array(SIZE).fill("");
let count = 0;

/** The hash of a name, octet by octet; `lower` is the octet in lower case. Begins with 0. */
export function hashStep(hash: number, lower: number): number {
  return (Math.imul(hash, 31) + lower) | 0;
}

/** The name in `bytes` from `start` to `end`, which are tokens' octets with this hash, in lower case. */
export function fieldName(bytes: Buffer, start: number, end: number, hash: number): string {
  const length = end - start;
  for (let slot = (hash ^ (hash >>> 15)) & (SIZE - 1); ; slot = (slot + 1) & (SIZE - 1)) {
    const name = names[slot]!;
    if (name === "") {
      const made = bytes.toString("latin1", start, end).toLowerCase();
      if (count < LIMIT && length <= LONGEST) {
        count++;
        names[slot] = made;
      }
      return made;
    }
    if (name.length === length && equals(name, bytes, start)) return name;
  }
}

function equals(name: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) !== TOKEN[bytes[start + index]!]) return false;
  }
  return true;
}
