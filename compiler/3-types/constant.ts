/** Top-level `let`: checked once, when first needed; it may need other constants, never itself. */
import type * as tree from "../1-syntax/tree.ts";
import type { GlobalSymbol } from "../2-names/index.ts";
import { newBody } from "./body.ts";
import type { CheckedConstant } from "./checked.ts";
import { type Body, type ProgramState, report } from "./context.ts";
import { check, expect } from "./expression.ts";
import { settle } from "./failure.ts";
import { labelledAs } from "./labels.ts";
import { isOpenList } from "./list.ts";
import { resolveType } from "./type-expression.ts";

export function constantOf(
  program: ProgramState,
  symbol: GlobalSymbol,
  use: { readonly body: Body; readonly node: tree.Reference } | null = null,
): CheckedConstant | null {
  if (symbol.kind !== "constant") return null;
  const node = symbol.node as tree.Constant;
  const known = program.constants.get(node);
  if (known) return known;
  if (program.open.has(node)) {
    if (use) report(use.body, use.node, "VGW2009", { name: node.name.text }, "by this");
    return null;
  }
  program.open.add(node);
  const module = program.modules[symbol.module]!;
  const body = newBody(program, module, "constant");
  const declared = node.type ? resolveType(body, node.type) : null;
  const found = declared ? expect(body, node.value, declared) : check(body, node.value);
  settle(body, 0);
  if (!declared && isOpenList(found))
    report(body, node.value, "VGW3029", { what: "this list" }, "it is empty", {
      help: `say it: let ${node.name.text}: [string] = []`,
    });
  program.open.delete(node);
  const constant: CheckedConstant = {
    module,
    node,
    name: node.name.text,
    type: declared ? labelledAs(declared, found) : found,
  };
  module.types.set(node.name.id, constant.type);
  module.sources.set(node.name.id, node.value);
  program.constants.set(node, constant);
  return constant;
}
