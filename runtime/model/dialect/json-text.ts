/**
 * JSON text put together from pieces that are text already, so that arguments of tools go from one dialect to another digit for digit, and a long
 * prompt is escaped once.
 */

/** `{"a":1,…}` of pairs of name and JSON text; a pair whose text is null is left out. */
export function objectText(...pairs: readonly (readonly [name: string, text: string | null])[]): string {
  let text = "";
  for (const [name, value] of pairs) {
    if (value === null) continue;
    text += text === "" ? `"${name}":${value}` : `,"${name}":${value}`;
  }
  return `{${text}}`;
}

export function listText(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

/** JSON text of what is there; null of what is not. */
export function valueText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
