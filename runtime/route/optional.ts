/** Small things about absent values. */
export function whenPresent<T>(value: T | undefined, convert: (value: T) => string): string | undefined {
  return value === undefined ? undefined : convert(value);
}

export function whenText<T>(text: string | undefined, parse: (text: string) => T | undefined): T | undefined {
  return text === undefined ? undefined : parse(text);
}

/** A value that may be there as a list of at most one. */
export function textsOf(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

/** A header line that is left out where its value is absent. */
export function headerLine(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

/** Records without their absent fields, where a spread must not overwrite what stands before it. */
export function present<T extends object>(record: T): T {
  const copy = { ...record };
  for (const [name, value] of Object.entries(copy)) if (value === undefined) Reflect.deleteProperty(copy, name);
  return copy;
}
