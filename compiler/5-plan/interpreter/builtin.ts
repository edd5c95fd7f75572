/** Calls of the vocabulary's built-ins: the functions of `runtime/value/` by the name that the vocabulary gives. */
import * as values from "../../../runtime/value/index.ts";
import type { Type } from "../../3-types/type.ts";
import { implementation } from "../../vocabulary/builtin.ts";
import { builtins } from "../../vocabulary/index.ts";
import type { Expr } from "../plan.ts";
import type { Context } from "./context.ts";
import { serialise } from "./serialise.ts";

const functions: ReadonlyMap<string, unknown> = new Map(Object.entries(values));

/** `given` are the values of `expressions`. A fact of a test stands for the call, whatever its arguments. */
export function callBuiltin(
  key: string,
  expressions: readonly Expr[],
  given: readonly unknown[],
  context: Context,
): unknown {
  const { facts } = context.world;
  if (facts?.has(key)) return facts.get(key);
  const entry = builtins.get(key);
  if (entry === undefined) throw new Error(`there is no built-in "${key}"`);
  const first: Type | undefined = expressions[0]?.type;
  const called = functions.get(implementation(entry, first));
  if (typeof called !== "function") throw new Error(`the built-in "${key}" has no implementation`);
  const before: { readonly [needs: string]: readonly unknown[] } = {
    host: [context.world],
    exchange: [context.request],
    serializer: [(value: unknown) => (first === undefined ? "null" : serialise(value, first))],
  };
  return called(...(before[entry.needs] ?? []), ...given);
}
