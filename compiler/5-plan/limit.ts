/** `limit`: what is counted, under which identity, and what the answer says about it. */
import { rateFromText } from "../../runtime/value/money.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedModule, CheckedProgram } from "../3-types/checked.ts";
import { INT } from "../3-types/construct.ts";
import { constantValue } from "../3-types/constant-value.ts";
import { number } from "./build.ts";
import { bindingKey, type Context, originOf, toSteps } from "./context.ts";
import { lowerOtherwise } from "./else.ts";
import { lower } from "./expression.ts";
import { name as named } from "./failure.ts";
import { Names } from "./names.ts";
import type { Expr, LimitStep, SharedCount, Step } from "./plan.ts";

export function lowerLimit(context: Context, node: tree.LimitStep): void {
  if (context.out.mode !== "steps") return;
  const steps: Step[] = [];
  const inner: Context = node.otherwise === null ? context : toSteps(context, steps);
  const setting = (key: string): tree.Expression | null =>
    node.settings.find((one) => one.key.text === key)?.value ?? null;
  const [burst, cost, given, whenFull] = [setting("burst"), setting("cost"), setting("name"), setting("when_full")];
  const written = lower({ ...inner, hint: "rate" }, node.rate);
  // The count of the rate is the usual burst.
  const rate = burst === null ? named({ ...inner, hint: "rate" }, node.rate, written) : written;
  const limit: LimitStep = {
    step: "limit",
    origin: originOf(context, node),
    identity: identityOf(context, node),
    name: context.body.limits.take(given?.kind === "string" ? given.value : context.prefix || "default"),
    rate,
    key: node.by === null ? null : lower({ ...inner, hint: "limited_by" }, node.by),
    burst: burst === null ? countOf(rate) : lower({ ...inner, hint: "burst" }, burst),
    cost: cost === null ? number(1) : lower({ ...inner, hint: "cost" }, cost),
    headers: constantOf(setting("headers")) !== false,
    retryAfter: mayComeAgain(node.otherwise),
    whenFull: whenFull?.kind === "reference" && whenFull.name.text === "allow" ? "allow" : "deny",
    shared: sharedCount(setting("shared"), setting("when_away")),
  };
  if (node.otherwise === null) {
    context.out.steps.push(limit);
    return;
  }
  const otherwise: Step[] = [];
  lowerOtherwise(toSteps(context, otherwise), node.otherwise, null);
  context.out.steps.push({ step: "attempt", origin: limit.origin, steps: [...steps, limit], otherwise });
}

/** How the limit is counted over gateways; null: each counts by itself. */
export function sharedCount(shared: tree.Expression | null, away: tree.Expression | null): SharedCount | null {
  if (shared?.kind !== "reference") return null;
  const whenAway = away?.kind !== "reference" ? null : away.name.text === "allow" ? "allow" : "refuse";
  return { how: shared.name.text === "leased" ? "leased" : "exact", whenAway };
}

function countOf(rate: Expr): Expr {
  const known = rate.expr === "constant" ? rateFromText(String(rate.value)) : undefined;
  if (known !== undefined) return number(known.count);
  return { expr: "builtin", type: INT, name: "rate.count", arguments: [rate] };
}

export function constantOf(node: tree.Expression | null): unknown {
  return node === null ? undefined : constantValue(node);
}

/** A success needs no `Retry-After`, and of what a service answers nothing is known. */
export function mayComeAgain(otherwise: tree.Otherwise | null): boolean {
  if (otherwise?.kind !== "otherwise-step") return true;
  const { step } = otherwise;
  if (step.kind === "deny") return true;
  if (step.kind !== "reply") return false;
  const status = step.status === null ? 200 : (constantOf(step.status) ?? 300);
  return typeof status === "number" && status >= 300;
}

export function identityOf(context: Context, node: tree.LimitStep | tree.ConcurrencyStep): string {
  const { program } = context.body;
  const identity = program.limits.get(bindingKey(program, context.module, node.id));
  if (identity === undefined) throw new Error("a limit stands in a policy or a route");
  return identity;
}

/**
 * What tells a limit from all others, in this build of the program and the next: its name, else where it stands. By module and node
 * of the step.
 */
export function limitIdentities(
  checked: CheckedProgram,
  modules: ReadonlyMap<CheckedModule, number>,
): Map<string, string> {
  const names = { limit: new Names(), concurrency: new Names() };
  const identities = new Map<string, string>();
  const gather = (owner: CheckedProgram["policies"][number] | CheckedProgram["routes"][number], kind: string): void => {
    for (const node of nodesBelow(owner.node)) {
      if (node.kind !== "limit" && node.kind !== "concurrency") continue;
      const given = node.settings.find((one) => one.key.text === "name")?.value;
      const identity =
        given?.kind === "string" ? `name ${given.value}` : names[node.kind].take(`${kind} ${owner.name}`);
      identities.set(`${modules.get(owner.module)}:${node.id}`, identity);
    }
  };
  for (const policy of checked.policies) gather(policy, "policy");
  for (const route of checked.routes) gather(route, "route");
  return identities;
}
