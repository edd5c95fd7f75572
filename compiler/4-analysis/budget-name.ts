/** Budgets are told apart by their names: one that an author gives must not be one that another budget has by where it stands. */
import { spanOf } from "../1-syntax/index.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedBudget, CheckedPolicy, CheckedProgram, CheckedRoute } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

interface Called {
  readonly budget: CheckedBudget;
  /** As ledger, log and metrics call it, but for `by`. */
  readonly name: string;
  readonly given: boolean;
}

export function analyseBudgetNames(program: CheckedProgram): Diagnostic[] {
  const called: Called[] = [
    ...[...program.budgets].flatMap(([{ name }, budgets]) => budgets.map((budget) => ({ budget, name, given: false }))),
    ...program.policies.flatMap((policy) => steps(policy, "policy")),
    ...program.routes.flatMap((route) => steps(route, "route")),
  ];
  return called.flatMap((one) => {
    // Those of one given name are meant to count together.
    const other = one.given
      ? called.find((its) => whole(its) === whole(one) && !(its.given && its.name === one.name))
      : undefined;
    if (other === undefined || (other.given && called.indexOf(other) > called.indexOf(one))) return [];
    const place = ({ module, node }: CheckedBudget) => spanOf(module.tree, node.id);
    return [
      diagnose(
        "VGW7026",
        { name: `"${whole(one)}"` },
        { span: place(one.budget), text: "would count together with it" },
        { related: [{ span: place(other.budget), text: "this one" }], help: "give it another name" },
      ),
    ];
  });
}

function steps({ module, node, name }: CheckedPolicy | CheckedRoute, kind: "policy" | "route"): readonly Called[] {
  return nodesBelow(node).flatMap((below) => {
    const meaning = below.kind === "budget" ? module.meanings.get(below.id) : undefined;
    if (meaning?.kind !== "budget") return [];
    return [{ budget: meaning.budget, name: meaning.name ?? `${kind} ${name}`, given: meaning.name !== null }];
  });
}

function whole({ budget, name }: Called): string {
  return budget.byText === "" ? name : `${name} by ${budget.byText}`;
}
