/** Literals as a person would write them. */

/** A string literal; JSON in it is not hidden behind backslashes. */
export function stringLiteral(text: string): string {
  const double = JSON.stringify(text);
  if (!text.includes('"') || text.includes("'")) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** 1000000 → "1_000_000". */
export function numberLiteral(value: number): string {
  const text = String(value);
  return Number.isInteger(value) && Math.abs(value) >= 10_000 && !text.includes("e")
    ? text.replace(/\B(?=(\d{3})+$)/g, "_")
    : text;
}

export function listLiteral(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}
