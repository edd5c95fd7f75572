/**
 * JSON objects of tokens and key sets: UTF-8, and no member twice at any depth (RFC 7515 §4), since a parser that takes the first
 * and one that takes the last would see two different tokens.
 */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export type JsonObject = { readonly [name: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** null: not UTF-8, not JSON, not an object, or a member is there twice. */
export function strictObject(data: Uint8Array): JsonObject | null {
  try {
    const text = decoder.decode(data);
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && !hasDuplicates(text) ? value : null;
  } catch {
    return null;
  }
}

/** `text` is known to be JSON, so that only strings, braces and commas have to be told apart. */
export function hasDuplicates(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let atKey = false;
  for (let index = 0; index < text.length; index++) {
    switch (text[index]) {
      case "{":
        open.push(new Set());
        atKey = true;
        break;
      case "[":
        open.push(null);
        atKey = false;
        break;
      case "}":
      case "]":
        open.pop();
        atKey = false;
        break;
      case ",":
        atKey = (open.at(-1) ?? null) !== null;
        break;
      case '"': {
        const end = endOfString(text, index);
        const names = open.at(-1) ?? null;
        if (atKey && names !== null) {
          // Escapes are resolved: "\u0061lg" is "alg".
          const name = String(JSON.parse(text.slice(index, end + 1)));
          if (names.has(name)) return true;
          names.add(name);
          atKey = false;
        }
        index = end;
        break;
      }
      default:
    }
  }
  return false;
}

/** The index of the closing quote. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text[index] !== '"') index += text[index] === "\\" ? 2 : 1;
  return index;
}
