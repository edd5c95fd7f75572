/** What follows `else` as a step: it ends the request, so it stands only where steps run. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";
import { checkStep } from "./step.ts";
import { enter } from "./scopes.ts";

const places: { readonly [where: string]: string } = {
  guard: "in a guard",
  function: "in a function",
  lambda: "in a lambda",
  constant: "in a constant",
  setting: "in a setting",
  test: "in a test",
};

export function checkOtherwiseStep(body: Body, otherwise: tree.OtherwiseStep): void {
  const { step } = otherwise;
  if (step.kind === "broken") return;
  const where = places[body.where];
  if (where) {
    report(body, step, "VGW6105", { what: `\`${step.kind}\``, where }, "only a value can stand here");
    return;
  }
  enter(body, () => checkStep(body, step));
}

/** The `else` of a step that gives no value (`require`, `forward`): an ending step. */
export function checkEndingOtherwise(body: Body, otherwise: tree.Otherwise | null): void {
  if (!otherwise) return;
  body.elseDepth++;
  if (otherwise.kind === "otherwise-step") checkOtherwiseStep(body, otherwise);
  else
    report(
      body,
      otherwise,
      "VGW4102",
      { expected: "a step that ends the request", found: otherwise.kind === "otherwise-ignore" ? "ignore" : "a value" },
      "reply, deny or forward is expected here",
      {
        help: 'such as else deny 403 "Not now."',
      },
    );
  body.elseDepth--;
}
