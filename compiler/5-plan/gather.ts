/** `gather(list, at_once: 8, item => call)`: the one place where a lambda may call services. */
import type * as tree from "../1-syntax/tree.ts";
import { numberMeaning } from "../3-types/literal.ts";
import { type Context, newSlot, originOf, readSlot, toSteps, typeOf } from "./context.ts";
import { lower } from "./expression.ts";
import { bindParameters } from "./lambda.ts";
import type { Expr, Step } from "./plan.ts";

/** How many calls run at a time where the author says nothing. */
const AT_ONCE = 8;

export function lowerGather(context: Context, node: tree.Call): Expr {
  if (context.out.mode !== "steps") throw new Error("`gather` stands in a pure expression");
  const plain = node.arguments.filter((argument) => argument.name === null).map((argument) => argument.value);
  const lambda = plain.find((value) => value.kind === "lambda");
  const [list] = plain;
  if (list === undefined || lambda?.kind !== "lambda") throw new Error("`gather` has a list and a function");
  const steps: Step[] = [];
  const items = lower(context, list);
  const [item] = bindParameters(context, lambda);
  if (item === undefined) throw new Error("the function of `gather` has a parameter");
  const result = lower({ ...toSteps(context, steps), hint: `${context.hint}_item` }, lambda.body);
  const slot = newSlot(context, context.hint, typeOf(context, node));
  const atOnce = wholeOf(node.arguments.find((argument) => argument.name?.text === "at_once")?.value);
  context.out.steps.push({
    step: "gather",
    origin: originOf(context, node),
    slot,
    list: items,
    atOnce,
    item,
    steps,
    result,
  });
  return readSlot(slot);
}

function wholeOf(node: tree.Expression | undefined): number {
  if (node?.kind !== "number") return AT_ONCE;
  const meaning = numberMeaning(node);
  return "value" in meaning && typeof meaning.value === "number" ? meaning.value : AT_ONCE;
}
