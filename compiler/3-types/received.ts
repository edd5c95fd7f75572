/**
 * Labelled parts of the request as it came: parameters of the path, queries, header fields and cookies that were read as labelled. `forward` sends them on
 * to a service unless they were taken away or replaced before, and a place such as `request.path` says the same in other words.
 */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, type ModuleState, report } from "./context.ts";
import type { CheckedService, Place } from "./checked.ts";
import { deepLabels, judged, union, withLabels } from "./labels.ts";
import { pathOfWrittenLabel } from "./label-path.ts";
import { type Labels, NONE, type Type } from "./type.ts";

export interface Received {
  readonly what: "path" | "query" | "header" | "cookie";
  /** As it is sent; "" of the path. Header fields in lower case. */
  readonly key: string;
  readonly labels: Labels;
  /** Its name here, and its type as written. */
  readonly name: tree.Name;
  readonly type: tree.TypeExpression;
  readonly module: ModuleState;
}

export function receive(
  body: Body,
  what: Received["what"],
  key: string,
  { name, type: written }: { readonly name: tree.Name; readonly type: tree.TypeExpression },
  type: Type,
): void {
  const labels = deepLabels(type);
  if (labels.length === 0 || judged(labels).length === 0) return;
  body.received = [...body.received, { what, key, labels: judged(labels), name, type: written, module: body.module }];
}

/** It is not sent on from here: `remove`, `set` and `rewrite` have taken it away. */
export function takeAway(body: Body, what: string, key: string): void {
  if (body.received.length > 0)
    body.received = body.received.filter((one) => one.what !== what || one.key !== sameKey(what, key));
}

/** Header fields alone have no case. */
const sameKey = (what: string, key: string): string => (what === "header" ? key.toLowerCase() : key);

/** Behind a block that may not have run: what was taken away in it is still there, and what was read in it too. */
export function afterBlock(body: Body, before: readonly Received[]): void {
  if (body.received !== before) body.received = [...new Set([...before, ...body.received])];
}

/** `request.path`, `request.query("x")`: what was read of it as labelled is so by any name. */
export function labelledPlace(body: Body, { side, what }: Place, key: string | null, type: Type): Type {
  if (side === "response" || body.received.length === 0) return type;
  const labels = body.received.reduce<Labels>((all, one) => {
    const isPath = one.what === "path" && (what === "path" || what === "target");
    const isSame = one.what === what && (key === null || one.key === sameKey(what, key));
    const isIn = isPath || isSame || (what === "target" && one.what === "query");
    return isIn ? union(all, one.labels) : all;
  }, NONE);
  return withLabels(type, labels);
}

/** What of it reaches the service with the request as it came. */
export function sinkReceived(body: Body, at: tree.Name, service: CheckedService): void {
  for (const { what, key, labels, name, type, module } of body.received) {
    for (const label of labels) {
      if (service.clearance.includes(label)) continue;
      report(body, at, "VGW5001", { label: `@${label}`, service: service.name }, `its ${what} carries @${label}`, {
        related: [
          ...pathOfWrittenLabel(body.program, module, type, label),
          { node: name, text: `${name.text} is read as it here`, module },
          { node: service.node.name, text: "not cleared", module: service.module as ModuleState },
        ],
        help: `${wayOut(what, key)}, or clear the service: clearance: ${label}`,
      });
    }
  }
}

const wayOut = (what: Received["what"], key: string): string =>
  what === "path" ? 'send another path: rewrite "/…"' : `take it away before: remove request.${what}("${key}")`;
