/** `gather`: the same steps for each item of a list, several at a time. */
import type { GatherStep } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { expression } from "./expression.ts";
import { emitSteps, settle } from "./step.ts";
import { typeText } from "./type.ts";
import { waits } from "./walk.ts";

export function emitGather(body: Body, step: GatherStep): void {
  settle(body, step.slot, gatherText(body, step), true);
}

/** Declares the function for one item, and gives the text that awaits all of them. */
export function gatherText(body: Body, step: GatherStep): string {
  const { emission, writer } = body;
  const scope = body.scope.inner();
  const each = body.scope.names.take(`${step.slot.name}Of`);
  const list = expression(body.scope, step.list);
  const item = scope.bind(step.item);
  const head = `const ${each} = ${waits(step.steps) ? "async " : ""}(${item}: ${typeText(emission, step.item.type)}) => {`;
  writer.line(head);
  writer.indented(() => {
    emitSteps({ ...body, scope, onFailure: { kind: "return" }, pending: [] }, step.steps);
    writer.line(`return ${expression(scope, step.result)};`);
  });
  writer.line("};");
  return `await ${emission.use("gather")}(${list}, ${step.atOnce}, ${each})`;
}
