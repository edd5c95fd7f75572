/** What the parts of an expectation were, for the message of its failure. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedModule } from "../3-types/checked.ts";
import { show } from "../5-plan/interpreter/show.ts";
import type { World } from "../5-plan/interpreter/index.ts";
import { type Expressions, Unworkable } from "./expression.ts";
import type { TestFailure } from "./report.ts";

export async function explain(
  condition: tree.Expression,
  module: CheckedModule,
  slots: ReadonlyMap<string, unknown>,
  expressions: Expressions,
  world: World,
): Promise<TestFailure["actual"]> {
  const actual: { source: string; value: string }[] = [];
  for (const part of partsOf(condition)) {
    const span = spanOf(module.tree, part.id);
    const source = module.tree.text.slice(span.start, span.end);
    if (actual.some((one) => one.source === source)) continue;
    actual.push({ source, value: await shown(part, module, slots, expressions, world) });
  }
  return actual;
}

async function shown(
  part: tree.Expression,
  module: CheckedModule,
  slots: ReadonlyMap<string, unknown>,
  expressions: Expressions,
  world: World,
): Promise<string> {
  const type = expressions.typeOf(module, part);
  try {
    const value = await expressions.value(module, part, slots, world);
    return type === undefined ? "unknown" : show(value, type);
  } catch (error) {
    if (error instanceof Unworkable) return error.message;
    throw error;
  }
}

/** The operands that are worth showing: no literals, and of a conjunction those of every side. */
function partsOf(node: tree.Expression): tree.Expression[] {
  switch (node.kind) {
    case "binary":
      return [node.left, node.right].flatMap(partsOf);
    case "unary":
      return partsOf(node.operand);
    case "list":
      return node.items.flatMap(partsOf);
    case "range":
      return [node.from, node.to].flatMap((end) => (end === null ? [] : partsOf(end)));
    case "string":
    case "number":
    case "time":
    case "address":
    case "boolean":
    case "none":
    case "lambda":
    case "broken":
      return [];
    default:
      return [node];
  }
}
