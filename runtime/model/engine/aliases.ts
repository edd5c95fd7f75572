/** Which model clients mean by the name that they ask for: whole names, then the longest beginning. */

export interface Aliases<Value> {
  find(name: string): Value | undefined;
}

/** `name`: whole, or a beginning with "*" behind it. */
export function aliasesOf<Value>(given: readonly { readonly name: string; readonly value: Value }[]): Aliases<Value> {
  const whole = new Map(given.map(({ name, value }) => [name, value]));
  const beginnings = given
    .filter(({ name }) => name.endsWith("*"))
    .map(({ name, value }) => ({ beginning: name.slice(0, -1), value }))
    .sort((one, other) => other.beginning.length - one.beginning.length);
  return {
    find: (name) => whole.get(name) ?? beginnings.find(({ beginning }) => name.startsWith(beginning))?.value,
  };
}
