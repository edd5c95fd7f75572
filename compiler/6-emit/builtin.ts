/** Calls of the vocabulary's built-ins: the function of `runtime/value/` that the entry names, with what it needs in front. */
import type { Type } from "../3-types/type.ts";
import type { Expr } from "../5-plan/plan.ts";
import { implementation } from "../vocabulary/builtin.ts";
import { builtins } from "../vocabulary/index.ts";
import { expression } from "./expression.ts";
import { kindOf } from "./operator.ts";
import type { Scope } from "./scope.ts";
import { serialiseText } from "./serialise.ts";
import { typeText } from "./type.ts";

/** `result` is the type of what it gives: by it a division is one of whole quantities or of floats. */
export function builtinCall(scope: Scope, key: string, given: readonly Expr[], result: Type): string {
  const { emission } = scope;
  const [first] = given;
  const texts = given.map((argument) => expression(scope, argument));
  if (key === "divide") {
    const whole = ["int", "money", "size"].includes(kindOf(result));
    return `${emission.use(whole ? "divideWhole" : "divideFloat")}(${texts.join(", ")})`;
  }
  const entry = builtins.get(key);
  if (entry === undefined) throw new Error(`the vocabulary has no built-in "${key}"`);
  if (entry.needs === "host") texts.unshift(emission.host());
  if (entry.needs === "exchange") texts.unshift("exchange");
  if (entry.needs === "serializer" && first !== undefined) {
    texts.unshift(`(value: ${typeText(emission, first.type)}) => ${serialiseText(emission, first.type, "value")}`);
  }
  return `${emission.use(implementation(entry, first?.type))}(${texts.join(", ")})`;
}
