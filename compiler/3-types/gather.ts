/** `gather(list, at_once: 8, x => call)`: the only call per item, over a list whose length has a bound. */
import type * as tree from "../1-syntax/tree.ts";
import { constantValue } from "./constant-value.ts";
import { type Body, report } from "./context.ts";
import { int, list, UNKNOWN } from "./construct.ts";
import { check, expect, value } from "./expression.ts";
import { checkLambdaAs } from "./lambda.ts";
import { withLabels } from "./labels.ts";
import { describe, show } from "./show.ts";
import type { Type } from "./type.ts";

const MAX_AT_ONCE = 256;

export function checkGather(body: Body, node: tree.Call): Type {
  body.module.meanings.set(node.id, { kind: "builtin", name: "gather" });
  const positional = node.arguments.filter((argument) => argument.name === null);
  for (const argument of node.arguments) {
    if (argument.name === null) continue;
    if (argument.name.text !== "at_once") {
      check(body, argument.value);
      report(body, argument.name, "VGW3013", { callee: "gather", name: argument.name.text }, "no such argument", {
        help: "it takes at_once",
      });
      continue;
    }
    expect(body, argument.value, int(1, MAX_AT_ONCE));
    if (typeof constantValue(argument.value) !== "number")
      report(body, argument.value, "VGW3022", {}, "how many calls at once is a literal");
  }
  const [items, lambda, ...more] = positional;
  for (const other of more)
    report(body, other, "VGW3014", { callee: "gather", wanted: "a list and a function" }, "one too many");
  if (!items || !lambda) {
    report(body, node, "VGW3011", { callee: "gather", wanted: "a list and a function" }, "gather(list, x => …)");
    return UNKNOWN;
  }
  const found = value(body, items.value);
  if (found.kind !== "list" && found.kind !== "unknown")
    report(body, items, "VGW3001", { expected: "a list", found: describe(found) }, "a list is expected here");
  if (found.kind === "list" && found.max === null)
    report(
      body,
      items,
      "VGW3037",
      { value: "this list", range: `${show(found)}(..100)` },
      "it has no bound, so neither has the number of calls",
      {
        help: "give its type a length, such as [T](..100), or take the first ones: ….take(100) as [T](..100)",
      },
    );
  if (lambda.value.kind !== "lambda") {
    check(body, lambda.value);
    report(
      body,
      lambda,
      "VGW3001",
      { expected: "a function such as x => …", found: "no function" },
      "a function is expected here",
    );
    return UNKNOWN;
  }
  const type = checkLambdaAs(body, lambda.value, {
    parameters: [found.kind === "list" ? withLabels(found.item, found.labels) : UNKNOWN],
    result: null,
    calls: true,
  });
  const result = type.kind === "function" ? type.result : UNKNOWN;
  return found.kind === "list" ? list(result, found.min, found.max, found.labels) : UNKNOWN;
}
