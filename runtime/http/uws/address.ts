/** A peer's address as text, from the bytes that uWebSockets.js gives. */

const known = new Map<number, string>();

/** IPv4-mapped IPv6 is unwrapped; IPv6 in the form of RFC 5952. "" for anything else. */
export function addressText(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  if (bytes.length === 4) return version4(bytes, 0);
  if (bytes.length !== 16) return "";
  let zeros = 0;
  while (zeros < 10 && bytes[zeros] === 0) zeros++;
  if (zeros === 10 && bytes[10] === 255 && bytes[11] === 255) return version4(bytes, 12);
  return version6(bytes);
}

function version4(bytes: Uint8Array, at: number): string {
  const key = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  const text = known.get(key);
  if (text !== undefined) return text;
  const made = `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
  if (known.size >= 4096) known.clear();
  known.set(key, made);
  return made;
}

function version6(bytes: Uint8Array): string {
  const groups: string[] = [];
  let best = -1;
  let bestLength = 1;
  let run = 0;
  for (let index = 0; index < 8; index++) {
    const group = (bytes[index * 2]! << 8) | bytes[index * 2 + 1]!;
    groups.push(group.toString(16));
    run = group === 0 ? run + 1 : 0;
    if (run > bestLength) {
      bestLength = run;
      best = index - run + 1;
    }
  }
  if (best === -1) return groups.join(":");
  return `${groups.slice(0, best).join(":")}::${groups.slice(best + bestLength).join(":")}`;
}
