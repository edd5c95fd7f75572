/** The query as name and value pairs (WHATWG URL, application/x-www-form-urlencoded): "+" and %XX decoded once. */

export function parseQuery(query: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    pairs.push(
      equals < 0 ? [decodePart(part), ""] : [decodePart(part.slice(0, equals)), decodePart(part.slice(equals + 1))],
    );
  }
  return pairs;
}

export function queryValues(query: string, name: string): string[] {
  return parseQuery(query)
    .filter((pair) => pair[0] === name)
    .map((pair) => pair[1]);
}

/** Broken escapes stay as they are; bytes that are not UTF-8 become U+FFFD. */
function decodePart(text: string): string {
  const bytes: number[] = [];
  const encoded = new TextEncoder().encode(text.replaceAll("+", " "));
  for (let i = 0; i < encoded.length; i++) {
    const hex = String.fromCharCode(encoded[i + 1] ?? 0, encoded[i + 2] ?? 0);
    if (encoded[i] === 0x25 && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else bytes.push(encoded[i] ?? 0);
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

/** Changes one parameter and leaves the others' bytes alone: set replaces the first and drops the rest. */
export function changeQuery(
  query: string,
  name: string,
  value: string | null,
  encodePart: (text: string) => string,
): string {
  const kept: string[] = [];
  let pending = value === null ? null : `${encodePart(name)}=${encodePart(value)}`;
  for (const part of query.split("&")) {
    if (part === "") continue;
    if (decodePart(part.split("=", 1)[0] ?? "") !== name) kept.push(part);
    else if (pending !== null) {
      kept.push(pending);
      pending = null;
    }
  }
  if (pending !== null) kept.push(pending);
  return kept.join("&");
}
