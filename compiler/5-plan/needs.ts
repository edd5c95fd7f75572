/** Whether an expression must be lowered to steps: it calls a service, decodes an answer, or ends the request. */
import { type AnyNode, walk } from "../1-syntax/walk.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedModule } from "../3-types/checked.ts";

const known = new WeakMap<CheckedModule, Map<number, boolean>>();

export function needsSteps(module: CheckedModule, node: tree.Expression | tree.Otherwise): boolean {
  let answers = known.get(module);
  if (answers === undefined) {
    answers = new Map();
    known.set(module, answers);
  }
  let answer = answers.get(node.id);
  if (answer === undefined) {
    answer = find(module, node);
    answers.set(node.id, answer);
  }
  return answer;
}

function find(module: CheckedModule, node: AnyNode): boolean {
  let found = false;
  walk(node, (inner) => {
    if (found) return false;
    if (inner.kind === "otherwise-step") found = true;
    const meaning = module.meanings.get(inner.id);
    if (meaning?.kind === "service-call") found = true;
    // Texts and json are decoded in expressions too; an answer comes from a step.
    if (meaning?.kind === "decode" && inner.kind === "as" && module.types.get(inner.value.id)?.kind === "answer")
      found = true;
    if (meaning?.kind === "builtin" && meaning.name === "gather") found = true;
    if (meaning?.kind === "function") {
      const called = meaning.function;
      if (needsSteps(called.module, called.node.body)) found = true;
    }
    // What a lambda does happens where it is called, and only `gather` calls one that does anything but calculate.
    return inner.kind !== "lambda" && !found;
  });
  return found;
}

/** Steps must be emitted for it where steps can stand: as above, or its failure must leave the expression. */
export function isStepwise(module: CheckedModule, node: tree.Expression): boolean {
  return module.canFail.has(node.id) || module.unwraps.has(node.id) || needsSteps(module, node);
}
