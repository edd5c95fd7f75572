/** Every route says who may call it: the word `open`, or a condition on the client's address or on a secret. */
import { spanOf } from "../1-syntax/index.ts";
import type { Call, Expression, Step } from "../1-syntax/tree.ts";
import type { CheckedModule, CheckedPolicy, CheckedProgram, CheckedRoute, Meaning } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseAccess(program: CheckedProgram): Diagnostic[] {
  const restricting = new Map(program.policies.map((policy) => [policy, restricts(policy.module, policy.node.steps)]));
  return program.routes.filter((route) => !statesAccess(route, restricting)).map(missing);
}

function statesAccess(route: CheckedRoute, restricting: ReadonlyMap<CheckedPolicy, boolean>): boolean {
  const { node, module } = route;
  if (node.open || (node.guard && demands(module, node.guard)) || restricts(module, node.steps)) return true;
  return node.policies.some((use) => {
    const meaning = module.meanings.get(use.id) ?? module.meanings.get(use.name.id);
    // An unknown policy has been reported by name already.
    return meaning?.kind !== "policy" || (restricting.get(meaning.policy) ?? true);
  });
}

/** Whether the steps turn strangers away before anything is answered. */
function restricts(module: CheckedModule, steps: readonly Step[]): boolean {
  for (const step of steps) {
    if (step.kind === "broken" || step.kind === "reserved-step") return true;
    if (step.kind === "identify") return true;
    if (step.kind === "require" && !step.guard && demands(module, step.condition)) return true;
    if (step.kind === "reply" || step.kind === "forward" || step.kind === "deny" || step.kind === "if") return false;
  }
  return false;
}

/** Whether a true condition says something about who calls. */
function demands(module: CheckedModule, condition: Expression): boolean {
  if (condition.kind === "broken") return true;
  if (condition.kind === "call") return comparesSecret(module, condition);
  if (condition.kind !== "binary") return false;
  const { operator, left, right } = condition;
  if (operator === "and") return demands(module, left) || demands(module, right);
  if (operator === "or") return demands(module, left) && demands(module, right);
  const meanings = [module.meanings.get(left.id), module.meanings.get(right.id)];
  if (operator === "in") return isAddress(meanings[0]);
  if (operator !== "==") return false;
  return meanings.some(isAddress) || carriesSecret(module, left) !== carriesSecret(module, right);
}

/** `equal_constant_time(request.header("x-key") else "", secret("KEY"))`: the better form of `==` for secrets. */
function comparesSecret(module: CheckedModule, call: Call): boolean {
  const meaning = module.meanings.get(call.id);
  if (meaning?.kind !== "builtin" || meaning.name !== "equal_constant_time") return false;
  return call.arguments.filter((argument) => carriesSecret(module, argument.value)).length === 1;
}

function isAddress(meaning: Meaning | undefined): boolean {
  return meaning?.kind === "place" && meaning.place.side === "request" && meaning.place.what === "address";
}

function carriesSecret(module: CheckedModule, expression: Expression): boolean {
  return module.types.get(expression.id)?.labels.includes("secret") ?? false;
}

function missing({ module, node }: CheckedRoute): Diagnostic {
  const pattern = spanOf(module.tree, node.pattern.id);
  return diagnose(
    "VGW6003",
    { route: module.tree.text.slice(spanOf(module.tree, node.methods[0]?.id ?? node.id).start, pattern.end) },
    { span: pattern, text: "anybody, or only some?" },
    {
      help: "write `open` after the pattern, `identify` the caller, or `require` the client's address or a secret header",
      fixes: [
        {
          title: "Let anybody call it: add `open`",
          kind: "maybe",
          edits: [{ span: { file: pattern.file, start: pattern.end, end: pattern.end }, text: " open" }],
        },
      ],
    },
  );
}
