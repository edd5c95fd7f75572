/** What can go wrong in an expression, kept until an `else` takes it or the end of the step reports it. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, type OpenFailure, report, sourceOf, span } from "./context.ts";
import { describe } from "./show.ts";
import type { Type } from "./type.ts";
import { present } from "./construct.ts";
import { withLabels } from "./labels.ts";

/** An optional value where a value is needed: its absence becomes a failure. Gives the type of what is there. */
export function needed(body: Body, node: tree.Expression, type: Type): Type {
  if (type.kind !== "optional") return type;
  body.module.unwraps.add(node.id);
  body.module.canFail.add(node.id);
  body.failures.push({
    kind: "absent",
    node,
    reasons: [`${describe(present(type))} is needed here`],
    related: [],
    help: null,
  });
  return withLabels(type.of, type.labels);
}

/** Reports what no `else` has taken since `mark`. */
export function settle(body: Body, mark: number): void {
  const open = body.failures.splice(mark);
  const seen = new Set<tree.NodeId>();
  for (const failure of open) {
    if (seen.has(failure.node.id)) continue;
    seen.add(failure.node.id);
    reportFailure(body, failure);
  }
}

function reportFailure(body: Body, failure: OpenFailure): void {
  const { node, reasons } = failure;
  if (failure.kind === "absent") {
    const name = node.kind === "reference" || node.kind === "member" ? sourceOf(body.module, node) : null;
    report(body, node, "VGW4105", {}, reasons[0] ?? "", {
      help: name
        ? `give a value with else, or check it before: require ${name} != none`
        : "give a value with else, or end the request: … else deny 400",
    });
    return;
  }
  if (failure.kind === "division") {
    report(body, node, "VGW4107", {}, reasons[0] ?? "", { help: "say what then: … else 0.0" });
    return;
  }
  const calls = body.where === "route" || body.where === "policy" || body.where === "answer";
  const help = failure.help ?? (calls ? "say what then:  … else deny 400" : "say what then:  … else another value");
  const step = /(else (?:deny|reply) .*)$/.exec(help)?.[1];
  const { file, end } = span(body.module, node);
  report(body, node, "VGW4104", {}, `fails on ${enumerate(reasons)}`, {
    help,
    related: failure.related,
    fixes:
      calls && step !== undefined
        ? [{ title: `Add ${step}`, kind: "maybe", edits: [{ span: { file, start: end, end }, text: ` ${step}` }] }]
        : [],
  });
}

/** "a", "a or b", "a, b, or c". */
function enumerate(parts: readonly string[]): string {
  if (parts.length < 3) return parts.join(" or ");
  return `${parts.slice(0, -1).join(", ")}, or ${parts.at(-1)}`;
}
