/** `identify`: from here on `caller` is known. In tests, `send … as` makes such a caller. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { type Body, type Local, report, span } from "./context.ts";
import { UNKNOWN } from "./construct.ts";
import { check, expect } from "./expression.ts";
import { identityNamed } from "./identity.ts";
import { checkEndingOtherwise } from "./otherwise.ts";
import type { FieldType, Type } from "./type.ts";

export const CALLER = "caller";

export function checkIdentify(body: Body, step: tree.IdentifyStep): void {
  const identity = identityNamed(body, step.identity);
  checkEndingOtherwise(body, step.otherwise);
  if (body.openRoute)
    report(body, step, "VGW6005", {}, "an open route has no callers to tell apart", {
      help: "take `open` away: the step says who may call",
    });
  const type: Type = identity?.caller ?? UNKNOWN;
  declareCaller(body, { name: CALLER, declaration: step.id, module: body.module, type }, step);
}

/** In a route: what a policy found out holds from there on. */
export function inheritCaller(body: Body, caller: Local | null, at: { readonly id: tree.NodeId }): void {
  if (!caller) return;
  if (body.openRoute) report(body, at, "VGW6005", {}, "this policy identifies the caller");
  declareCaller(body, caller, at);
}

function declareCaller(body: Body, caller: Local, at: { readonly id: tree.NodeId }): void {
  const before = body.scope.find(CALLER);
  if (before)
    report(body, at, "VGW6006", {}, "identified again", {
      related: [{ node: { id: before.declaration }, text: "identified here", module: before.module }],
    });
  body.scope.declare(CALLER, caller);
}

/** `as staff(id: "u1")`: a value for each claim; lists and optional ones may be left out. */
export function checkSentCaller(body: Body, node: tree.SentCaller): void {
  const identity = identityNamed(body, node.identity);
  const fields = identity?.caller.fields ?? [];
  const given = new Set<string>();
  for (const argument of node.arguments) {
    const field = argument.name && fields.find(({ name }) => name === argument.name?.text);
    if (argument.name && given.has(argument.name.text))
      report(body, argument.name, "VGW3006", { name: argument.name.text }, "again");
    if (argument.name) given.add(argument.name.text);
    if (field) expect(body, argument.value, field.type);
    else {
      check(body, argument.value);
      if (identity) noClaim(body, node, argument, fields);
    }
  }
  const missing = fields.filter(({ name, type }) => !given.has(name) && !mayBeLeftOut(type));
  if (missing.length > 0) {
    const wanted = missing.map(({ name }) => name).join(", ");
    report(body, node, "VGW3011", { callee: node.identity.text, wanted }, `${wanted} is missing`);
  }
}

function mayBeLeftOut(type: Type): boolean {
  return type.kind === "optional" || type.kind === "unknown" || (type.kind === "list" && type.min === 0);
}

function noClaim(body: Body, node: tree.SentCaller, argument: tree.Argument, fields: readonly FieldType[]): void {
  const callee = node.identity.text;
  if (!argument.name) {
    report(body, argument, "VGW3014", { callee, wanted: "claims by their names" }, `such as id: "u1"`);
    return;
  }
  const known = fields.map(({ name }) => name);
  const likely = nearest(argument.name.text, known);
  report(body, argument.name, "VGW3013", { callee, name: argument.name.text }, "no such claim", {
    help: likely ? `did you mean ${likely}?` : known.length > 0 ? `it has ${known.join(", ")}` : null,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, argument.name), text: likely }] }]
      : [],
  });
}
