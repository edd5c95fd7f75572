/** Calls of the vocabulary's built-ins: the function of `runtime/value/` that the entry names, with what it needs in front. */
import type { Expr } from "../5-plan/plan.ts";
import { implementation } from "../vocabulary/builtin.ts";
import { builtins } from "../vocabulary/index.ts";
import { expression } from "./expression.ts";
import { kindOf } from "./operator.ts";
import type { Scope } from "./scope.ts";
import { serialiseText } from "./serialise.ts";

export function builtinCall(scope: Scope, key: string, given: readonly Expr[]): string {
  const texts = given.map((argument) => expression(scope, argument));
  if (key === "divide") {
    const whole = given[0] !== undefined && (kindOf(given[0].type) === "money" || kindOf(given[0].type) === "size");
    return `${scope.emission.use(whole ? "divideWhole" : "divideFloat")}(${texts.join(", ")})`;
  }
  const entry = builtins.get(key);
  if (entry === undefined) throw new Error(`the vocabulary has no built-in "${key}"`);
  if (entry.needs === "host") texts.unshift(scope.emission.host());
  if (entry.needs === "exchange") texts.unshift("exchange");
  const [first] = given;
  // The serialiser of the argument's type stands here itself: nothing is left to call it.
  if (entry.needs === "serializer" && first !== undefined)
    return serialiseText(scope.emission, first.type, texts.join());
  return `${scope.emission.use(implementation(entry, first?.type))}(${texts.join(", ")})`;
}
