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
    text: `${describe(present(type))} is needed here`,
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
  const end = span(body.module, failure.node).end;
  const add = (
    title: string,
    text: string,
  ): {
    readonly title: string;
    readonly kind: "maybe";
    readonly edits: [{ span: { file: string; start: number; end: number }; text: string }];
  } => ({
    title,
    kind: "maybe",
    edits: [{ span: { file: body.module.tree.file, start: end, end }, text }],
  });
  if (failure.kind === "absent") {
    const name =
      failure.node.kind === "reference" || failure.node.kind === "member" ? sourceOf(body.module, failure.node) : null;
    report(body, failure.node, "VGW4105", {}, failure.text, {
      help: name
        ? `give a value with else, or check it before: require ${name} != none`
        : "give a value with else, or end the request: … else deny 400",
    });
    return;
  }
  if (failure.kind === "division") {
    report(body, failure.node, "VGW4107", {}, failure.text, { help: "say what then: … else 0.0" });
    return;
  }
  body.program.diagnostics.push();
  const help = failure.help ?? "say what then:  … else deny 400";
  const step = /else (.*)$/.exec(help)?.[1] ?? null;
  const route = body.where === "route" || body.where === "policy" || body.where === "answer";
  report(body, failure.node, "VGW4104", {}, failure.text, {
    help,
    related: [],
    fixes: route && step !== null ? [add(`Add else ${step}`, ` else ${step}`)] : [],
  });
}
