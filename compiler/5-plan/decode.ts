/** `as T`: decodes what came as JSON; or only says what is known already. */
import type * as tree from "../1-syntax/tree.ts";
import { lowerServiceCall } from "./call-service.ts";
import { type Context, meaningOf, typeOf } from "./context.ts";
import { lower } from "./expression.ts";
import { decode } from "./failure.ts";
import type { Expr } from "./plan.ts";

export function lowerAs(context: Context, node: tree.As): Expr {
  const meaning = meaningOf(context, node);
  if (meaning?.kind !== "decode") return lower(context, node.value);
  const { absentOn404 } = meaning;
  const inner = { ...context, hint: `${context.hint}_answer` };
  const call = node.value.kind === "call" ? meaningOf(context, node.value) : undefined;
  const from =
    node.value.kind === "call" && call?.kind === "service-call"
      ? lowerServiceCall(inner, node.value, call, absentOn404)
      : lower(inner, node.value);
  const kind = from.type.kind;
  const source =
    kind === "answer"
      ? "answer"
      : kind === "json"
        ? "json"
        : kind === "string" || kind === "literal"
          ? "string"
          : "json";
  return decode(context, node, { from, source, absentOn404 }, typeOf(context, node));
}
