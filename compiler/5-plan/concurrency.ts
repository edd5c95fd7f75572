/** `limit … concurrent`: how many, under which identity, and who waits. */
import type * as tree from "../1-syntax/tree.ts";
import { type Context, originOf, toSteps } from "./context.ts";
import { lowerOtherwise } from "./else.ts";
import { lower } from "./expression.ts";
import { constantOf, identityOf, mayComeAgain, sharedCount } from "./limit.ts";
import type { ConcurrencyStep, Step } from "./plan.ts";

const SECOND = 1000;

export function lowerConcurrency(context: Context, node: tree.ConcurrencyStep): void {
  if (context.out.mode !== "steps") return;
  const steps: Step[] = [];
  const inner: Context = node.otherwise === null ? context : toSteps(context, steps);
  const setting = (key: string): tree.Expression | null =>
    node.settings.find((one) => one.key.text === key)?.value ?? null;
  const number = (key: string): number => Number(constantOf(setting(key)) ?? 0);
  const [given, whenFull] = [setting("name"), setting("when_full")];
  const concurrency: ConcurrencyStep = {
    step: "concurrency",
    origin: originOf(context, node),
    identity: identityOf(context, node),
    name: given?.kind === "string" ? given.value : context.prefix || "default",
    most: lower({ ...inner, hint: "most" }, node.most),
    key: node.by === null ? null : lower({ ...inner, hint: "limited_by" }, node.by),
    queue: number("queue"),
    wait: number("wait"),
    // Nobody knows when there is room: the time that one would have waited is as good as any.
    retryAfter: mayComeAgain(node.otherwise) ? Math.max(1, Math.ceil(number("wait") / SECOND)) : null,
    whenFull: whenFull?.kind === "reference" && whenFull.name.text === "allow" ? "allow" : "deny",
    shared: sharedCount(setting("shared"), setting("when_away")),
  };
  if (node.otherwise === null) {
    context.out.steps.push(concurrency);
    return;
  }
  const otherwise: Step[] = [];
  lowerOtherwise(toSteps(context, otherwise), node.otherwise, null);
  context.out.steps.push({ step: "attempt", origin: concurrency.origin, steps: [...steps, concurrency], otherwise });
}
