/** Flat header lists as the interpreter needs them: simple loops over pairs. */

export function firstHeader(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return headers[i + 1];
  return undefined;
}

export function allHeaders(headers: readonly string[], name: string): string[] {
  const found: string[] = [];
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) found.push(headers[i + 1] ?? "");
  return found;
}

/** Those for which `keep` holds, in order. */
export function filterHeaders(headers: readonly string[], keep: (name: string, value: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? "";
    const value = headers[i + 1] ?? "";
    if (keep(name, value)) kept.push(name, value);
  }
  return kept;
}

export interface HeaderChange {
  readonly kind: "set" | "add";
  readonly name: string;
  /** null: remove. */
  readonly value: string | null;
}

/** The changes in order; "set" puts the field where it first stood, else last, and drops its other lines. */
export function applyChanges(headers: readonly string[], changes: readonly HeaderChange[]): string[] {
  let result = [...headers];
  for (const { kind, name, value } of changes) {
    const at = kind === "add" ? -1 : result.findIndex((text, index) => index % 2 === 0 && text === name);
    if (at >= 0) {
      const before = result.slice(0, at);
      const after = filterHeaders(result.slice(at), (other) => other !== name);
      result = value === null ? [...before, ...after] : [...before, name, value, ...after];
    } else if (value !== null) result.push(name, value);
  }
  return result;
}
