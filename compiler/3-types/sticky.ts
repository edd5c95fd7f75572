/** `sticky` of a `forward` to a choice of models: what belongs together has a text, and nothing else decides which model is asked. */
import type * as tree from "../1-syntax/tree.ts";
import type { StaticValue } from "./checked.ts";
import { type Body, type ModuleState, report } from "./context.ts";
import { settle } from "./failure.ts";
import { checkLimitKey } from "./limit.ts";

export function checkSticky(body: Body, step: tree.ForwardStep, by: tree.Expression): void {
  const mark = body.failures.length;
  checkLimitKey(body, by);
  settle(body, mark);
  const meaning = body.module.meanings.get(step.service.id);
  if (meaning?.kind !== "model") return;
  const { model } = meaning;
  if (model.choice === null) {
    report(body, by, "VGW7033", { name: model.name }, "there is nobody else to go to", {
      help: "leave `sticky` out, or forward to a choice of several models",
    });
    return;
  }
  const rule = rulesOf(model.settings.prefer).find((one) => one.by !== "order" && one.by !== "weights");
  const conditional = rulesOf(model.settings.prefer).some(({ when }) => when > 0);
  if (rule === undefined && !conditional) return;
  const written = model.node.settings.find(({ key }) => key.text === "prefer");
  report(body, by, "VGW3039", { one: "sticky", other: "prefer" }, "decides by what the request belongs to", {
    related: written ? [{ node: written, text: "decides by something else", module: model.module as ModuleState }] : [],
    help: "forward to a choice that prefers by order or weights(…) alone, or leave `sticky` out",
  });
}

function rulesOf(prefer: StaticValue | undefined): readonly { readonly by: string; readonly when: number }[] {
  if (!Array.isArray(prefer)) return [];
  return prefer.flatMap((rule: StaticValue) => {
    if (typeof rule !== "object" || rule === null || !("by" in rule) || typeof rule.by !== "string") return [];
    return [{ by: rule.by, when: Array.isArray(rule.when) ? rule.when.length : 0 }];
  });
}
