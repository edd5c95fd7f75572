/** Entering and leaving scopes, declaring locals, and what conditions prove about them. */
import type * as tree from "../1-syntax/tree.ts";
import { fixedNames, nameNode, Scope } from "../2-names/index.ts";
import { type Body, type Local, report } from "./context.ts";
import { UNKNOWN } from "./construct.ts";
import { afterBlock } from "./received.ts";
import type { Type } from "./type.ts";

/** Runs `inside` with a frame of its own. */
export function enter<T>(body: Body, inside: () => T): T {
  const { scope: outer, received } = body;
  body.scope = new Scope<Local>(outer);
  const result = inside();
  body.scope = outer;
  afterBlock(body, received);
  return result;
}

/** Declares a local, or reports that its name is taken. `source` is where its value comes from. */
export function declare(
  body: Body,
  name: tree.Name,
  type: Type,
  source: tree.Expression | tree.TypeExpression | null,
): Local {
  const fixed = fixedNames.has(name.text);
  const local: Local = { name: name.text, declaration: name.id, module: body.module, type: fixed ? UNKNOWN : type };
  body.module.types.set(name.id, type);
  if (source) body.module.sources.set(name.id, source);
  if (name.text === "") return local;
  const other = body.scope.find(name.text);
  const global = body.module.names.get(name.text);
  if (fixed) report(body, name, "VGW2013", { name: name.text }, "choose another name");
  else if (other || global) {
    report(body, name, "VGW2002", { name: name.text }, "this name is taken", {
      related: other
        ? [{ node: { id: other.declaration }, text: "by this", module: other.module }]
        : global
          ? [{ node: nameNode(global), text: "by this", module: body.program.modules[global.module]! }]
          : [],
      help: "choose another name: all names of a file and its steps are one space",
    });
  }
  body.scope.declare(name.text, local);
  return local;
}

/** A key for a local or a field of one, which conditions can prove something about; null for other expressions. */
export function pathOf(body: Body, node: tree.Expression): string | null {
  if (node.kind === "reference") {
    const local = body.scope.find(node.name.text);
    return local ? `${local.module.index}:${local.declaration}` : null;
  }
  if (node.kind !== "member") return null;
  const object = pathOf(body, node.object);
  return object && `${object}.${node.name.text}`;
}

/** The paths that are present where the condition has this outcome. */
export function presentPaths(body: Body, condition: tree.Expression, outcome: boolean): string[] {
  switch (condition.kind) {
    case "binary": {
      const { operator, left, right } = condition;
      if (operator === (outcome ? "and" : "or"))
        return [...presentPaths(body, left, outcome), ...presentPaths(body, right, outcome)];
      if (operator !== (outcome ? "!=" : "==")) return [];
      const tested = right.kind === "none" ? left : left.kind === "none" ? right : null;
      const path = tested && pathOf(body, tested);
      return path ? [path] : [];
    }
    case "unary":
      return condition.operator === "not" ? presentPaths(body, condition.operand, !outcome) : [];
    default:
      return [];
  }
}

/** From here on in the present scope, what the condition's outcome proves holds. */
export function assume(body: Body, condition: tree.Expression, outcome: boolean): void {
  for (const path of presentPaths(body, condition, outcome)) body.scope.prove(path);
}
