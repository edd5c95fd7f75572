/**
 * Whether every model and service that a route's body may come to is cleared for what the body carries: what the route says (`carries`), what it reads
 * of the body as labelled, and, where it says nothing, what one of the models is cleared for.
 */
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow, type WalkedNode } from "../1-syntax/walk.ts";
import type { Fix } from "../diagnostics/index.ts";
import type { CheckedModel, CheckedRoute, CheckedService, StaticValue } from "./checked.ts";
import { type Body, type ModuleState, type RelatedNode, report, span } from "./context.ts";
import { deepLabels, judged } from "./labels.ts";
import { pathOfWrittenLabel } from "./label-path.ts";
import { type ModelEdge, type ModelReach, reachOf } from "./model-edge.ts";
import type { Labels } from "./type.ts";

/** A `forward` of the request's own body. */
export interface ForwardedBody {
  readonly step: tree.ForwardStep;
  readonly to:
    | { readonly kind: "model"; readonly model: CheckedModel }
    | { readonly kind: "service"; readonly service: CheckedService };
  /** What sends it there, where the step does not name it. */
  readonly over?: RelatedNode | undefined;
}

type Carried = CheckedRoute["carries"][number];
/** Why a body carries a label. */
type Why = Carried["why"];

/** What bodies of the route carry, once everything that they are forwarded to has been judged by it. */
export function judgeBodies(body: Body, route: tree.Route, carries: StaticValue | undefined): readonly Carried[] {
  const { forwarded } = body;
  const written = route.settings.find(({ key }) => key.text === "carries");
  if (forwarded.length === 0 && written && !nodesBelow(route).some(forwardsBody))
    report(body, written, "VGW5007", {}, "nothing is judged by it", { help: "leave it out" });
  const carried = carriedLabels(body, carries);
  for (const [label, why] of carried) {
    for (const { step, to, over } of forwarded) {
      if (to.kind === "model")
        for (const reach of reachOf(to.model)) judgeModel(body, route, { step, over }, reach, label, why);
      else if (why !== "cleared") judgeService(body, route, step, to.service, label, why);
    }
  }
  return forwarded.length === 0 ? [] : [...carried].map(([label, why]) => ({ label, why }));
}

/** Also one whose name means nothing (reported). */
function forwardsBody(node: WalkedNode): boolean {
  return node.kind === "forward" && !node.settings.some(({ key }) => key.text === "body");
}

/** The models that the route's bodies may come to. */
function reachable({ forwarded }: Body): readonly CheckedModel[] {
  return forwarded.flatMap(({ to }) => (to.kind === "model" ? reachOf(to.model).map(({ model }) => model) : []));
}

/** By label, why the body carries it. */
function carriedLabels(body: Body, carries: StaticValue | undefined): ReadonlyMap<string, Why> {
  const labels = new Map<string, Why>();
  if (Array.isArray(carries)) for (const label of carries) labels.set(String(label), "said");
  else for (const { clearance } of reachable(body)) for (const label of clearance) labels.set(label, "cleared");
  for (const label of readLabels(body)) if (labels.get(label) !== "said") labels.set(label, "read");
  return labels;
}

function readLabels(body: Body): Labels {
  const read = body.bodyRead;
  const type = read && body.module.types.get(read.type.id);
  return type ? judged(deepLabels(type)) : [];
}

function judgeModel(
  body: Body,
  route: tree.Route,
  { step, over }: Pick<ForwardedBody, "step" | "over">,
  { model, way }: ModelReach,
  label: string,
  why: Why,
): void {
  if (model.clearance.includes(label) || isTold(body, step.service, label, model)) return;
  const cleared = reachable(body).filter(({ clearance }) => clearance.includes(label));
  const names = [...new Set(cleared.map(({ name }) => name))].join(", ");
  report(body, step.service, "VGW5006", { label: `@${label}`, model: model.name }, `its body carries @${label}`, {
    related: [
      ...sourceOf(body, route, label, why),
      ...(why === "cleared" ? cleared.slice(0, 1).map((one) => at(one, one.node.name, "cleared for it")) : []),
      ...(over ? [over] : []),
      ...wayOf(way),
      at(model, model.node.name, "not cleared"),
    ],
    notes:
      why === "cleared"
        ? [`the route does not say what its bodies carry, so they may carry what ${names} may see: @${label}`]
        : [],
    help: `${helpFor(model, way, label)}${why === "cleared" ? ", or promise that bodies carry none: carries: none" : ""}`,
    fixes: clearing(model, label),
  });
}

/** Once for each place, label and model, over however many ways. */
export function isTold(
  { program, module }: Body,
  node: { readonly id: tree.NodeId },
  label: string,
  model: CheckedModel,
): boolean {
  const key = `${module.index}:${node.id} ${label} model ${(model.module as ModuleState).index}:${model.node.id}`;
  if (program.refused.has(key)) return true;
  program.refused.add(key);
  return false;
}

/** The edges between what the route names and a model, as a message shows them. */
export function wayOf(way: readonly ModelEdge[]): RelatedNode[] {
  return way.map((edge) =>
    at(edge.from, edge.name, edge.by === "choose" ? `${edge.from.name} may choose it` : `named by its ${edge.by}`),
  );
}

/** What can be done about a model that is not cleared. */
export function helpFor(model: CheckedModel, way: readonly ModelEdge[], label: string): string {
  const last = way.at(-1);
  const out = last
    ? `, or take it out of ${last.by === "choose" ? last.from.name : `${last.by} of ${last.from.name}`}`
    : "";
  return `clear the model ${model.name}: clearance: ${label}${out}`;
}

/** Adds the setting to a model that has none. */
export function clearing(model: CheckedModel, label: string): readonly Fix[] {
  const { node } = model;
  const module = model.module as ModuleState;
  const [first] = node.settings;
  if (!first || node.settings.some(({ key }) => key.text === "clearance")) return [];
  const { text } = module.tree;
  const { start, end } = span(module, first);
  const line = text.lastIndexOf("\n", start) + 1;
  const indent = text.slice(line, start);
  const separator = /^[ \t]*$/.test(indent) ? `\n${indent}` : ", ";
  const place = { file: module.tree.file, start: end, end };
  return [
    {
      title: `Clear ${model.name} for @${label}`,
      kind: "maybe",
      edits: [{ span: place, text: `${separator}clearance: ${label}` }],
    },
  ];
}

function sourceOf(body: Body, route: tree.Route, label: string, why: Why): RelatedNode[] {
  if (why === "cleared") return [];
  const read = body.bodyRead;
  if (why === "read" && read) {
    const way = pathOfWrittenLabel(body.program, body.module, read.type, label);
    return [...way, { node: read.name, text: "the body is read as it here" }];
  }
  const written = route.settings.find(({ key }) => key.text === "carries");
  return written ? [{ node: written.value, text: `bodies carry @${label}` }] : [];
}

const at = (model: CheckedModel, node: { readonly id: tree.NodeId }, text: string): RelatedNode => ({
  node,
  text,
  module: model.module as ModuleState,
});

function judgeService(
  body: Body,
  route: tree.Route,
  step: tree.ForwardStep,
  service: CheckedService,
  label: string,
  why: Why,
): void {
  if (service.clearance.includes(label)) return;
  report(body, step.service, "VGW5001", { label: `@${label}`, service: service.name }, `its body carries @${label}`, {
    related: [
      ...sourceOf(body, route, label, why),
      { node: service.node.name, text: "not cleared", module: service.module as ModuleState },
    ],
    help: `send another body (body: …), or clear the service: clearance: ${label}`,
  });
}
