/** Types as the plan compares them: labels aside, since they have no meaning when running. */
import type { Type } from "../3-types/type.ts";

export function sameType(left: Type, right: Type): boolean {
  return left === right || key(left) === key(right);
}

const keys = new WeakMap<Type, string>();

function key(type: Type): string {
  let text = keys.get(type);
  if (text === undefined) {
    text = JSON.stringify(type, (name, value: unknown) => (name === "labels" ? undefined : value));
    keys.set(type, text);
  }
  return text;
}
