/** `system` of a `forward` to a model: instructions, which no text from outside may reach, and which every model that may be asked is to see. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedModel } from "./checked.ts";
import { clearing, helpFor, isTold, wayOf } from "./clearance.ts";
import { type Body, type ModuleState, type RelatedNode, report } from "./context.ts";
import { STRING } from "./construct.ts";
import { expect } from "./expression.ts";
import { deepLabels, judged, OUTSIDE } from "./labels.ts";
import { pathOfLabel } from "./label-path.ts";
import { reachOf } from "./model-edge.ts";

/** `models`: that the request may come to. */
export function checkSystemPrompt(body: Body, node: tree.Expression, models: readonly CheckedModel[]): void {
  expect(body, node, STRING);
  for (const part of node.kind === "template" ? node.holes : [node]) judge(body, part, models);
}

function judge(body: Body, node: tree.Expression, models: readonly CheckedModel[]): void {
  const type = body.module.types.get(node.id);
  if (!type) return;
  const labels = deepLabels(type);
  if (labels.includes(OUTSIDE)) fromOutside(body, node);
  for (const label of judged(labels)) for (const model of models) uncleared(body, node, label, model);
}

function fromOutside(body: Body, node: tree.Expression): void {
  report(body, node, "VGW5003", {}, "text from outside", {
    related: wayTo(body, node, OUTSIDE),
    notes: ["whoever writes it could rewrite the instructions, and quoting it would not keep them from that"],
    help: 'leave it to the client\'s messages, or take a value that says nothing in words of its own: a number, a UUID, or one of several words ("en" | "fr")',
  });
}

function uncleared(body: Body, node: tree.Expression, label: string, named: CheckedModel): void {
  for (const { model, way } of reachOf(named)) {
    if (model.clearance.includes(label) || isTold(body, node, label, model)) continue;
    report(body, node, "VGW5006", { label: `@${label}`, model: model.name }, `carries @${label}`, {
      related: [
        ...wayTo(body, node, label),
        ...wayOf(way),
        { node: model.node.name, text: "not cleared", module: model.module as ModuleState },
      ],
      help: `lower it (mask(…), redact(…), tokenize(…)), leave it out, or ${helpFor(model, way, label)}`,
      fixes: clearing(model, label),
    });
  }
}

function wayTo(body: Body, node: tree.Expression, label: string): RelatedNode[] {
  return pathOfLabel(body.program, body.module, node, label).map(({ node: at, text, module }) => ({
    node: at,
    text,
    module,
  }));
}
