/** Where labelled data leaves: a service, a response, a log line. A sink without clearance refuses it and shows the way it came. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedService } from "./checked.ts";
import { type Body, type Carried, type ModuleState, report } from "./context.ts";
import { deepLabels, judged } from "./labels.ts";
import { pathOfLabel, type Waypoint } from "./label-path.ts";
import type { Labels, Type } from "./type.ts";

/** Types rarely have labels; this is on the way of every value that leaves. */
function labelsOf(type: Type): Labels {
  const labels = deepLabels(type);
  return labels.length === 0 ? labels : judged(labels);
}

export function sinkService(body: Body, node: tree.Expression, type: Type, service: CheckedService): void {
  refuseForService(body, node, body.module, labelsOf(type), service, null);
}

function refuseForService(
  body: Body,
  node: tree.Expression,
  module: ModuleState,
  labels: Labels,
  service: CheckedService,
  at: tree.Name | null,
): void {
  for (const label of labels) {
    const key = `${module.index}:${node.id} ${label} ${service.name}`;
    if (service.clearance.includes(label) || body.program.refused.has(key)) continue;
    body.program.refused.add(key);
    const way = pathOfLabel(body.program, module, node, label);
    const related = way.map(toRelated);
    const reached = at ? [{ node: at, text: `goes to ${service.name} here`, module: body.module }] : [];
    report(
      { program: body.program, module },
      node,
      "VGW5001",
      { label: `@${label}`, service: service.name },
      `carries @${label}`,
      {
        related: [
          ...related,
          ...reached,
          { node: service.node.name, text: "not cleared", module: service.module as ModuleState },
        ],
        help: `lower it (${lowering(label)}), leave it out, or clear the service: clearance: ${label}`,
      },
    );
  }
}

const lowering = (label: string): string => (label === "secret" ? "hmac_sha256(…)" : "mask(…), redact(…), tokenize(…)");

function toRelated(point: Waypoint): { node: { readonly id: tree.NodeId }; text: string; module: ModuleState } {
  return { node: point.node, text: point.text, module: point.module };
}

/** A value set on the request: the services that it is forwarded to decide. */
export function carry(body: Body, node: tree.Expression, type: Type): void {
  const labels = labelsOf(type);
  if (labels.length > 0) body.carried.push({ module: body.module, node, labels });
}

export function sinkCarried(body: Body, at: tree.Name, service: CheckedService): void {
  for (const carried of body.carried) refuseForService(body, carried.node, carried.module, carried.labels, service, at);
}

/** What policies have set on the request goes the same way. */
export function inheritCarried(body: Body, carried: readonly Carried[]): void {
  body.carried.push(...carried);
}

export function sinkResponse(body: Body, node: tree.Expression, type: Type): void {
  // Identified callers are cleared for personal data, and for nothing else by themselves.
  const isIdentified = body.scope.find("caller") !== undefined;
  for (const label of labelsOf(type)) {
    if (label === "pii" && isIdentified) continue;
    report(body, node, "VGW5002", { label: `@${label}` }, `carries @${label}`, {
      related: pathOfLabel(body.program, body.module, node, label).map(toRelated),
      notes: [label === "secret" ? "nobody is cleared for secrets" : "nothing here has identified the caller"],
      help: `lower it (${lowering(label)}), ${label === "pii" ? "identify the caller, " : ""}or leave it out`,
    });
  }
}

export function sinkLog(body: Body, node: tree.Expression, type: Type): void {
  for (const label of labelsOf(type)) {
    report(body, node, "VGW5004", { label: `@${label}` }, `carries @${label}`, {
      related: pathOfLabel(body.program, body.module, node, label).map(toRelated),
      help: `lower it (${lowering(label)}), or leave it out`,
    });
  }
}
