/** `identify`: from here on `caller` is known. In tests, `send … as` makes such a caller. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { type Body, type Local, report, span } from "./context.ts";
import { UNKNOWN } from "./construct.ts";
import { check, expect } from "./expression.ts";
import type { CheckedIdentity } from "./checked.ts";
import { identityNamed } from "./identity.ts";
import { join } from "./join.ts";
import { checkEndingOtherwise } from "./otherwise.ts";
import { type FieldType, NONE, type Type } from "./type.ts";

export const CALLER = "caller";

export function checkIdentify(body: Body, step: tree.IdentifyStep): void {
  const identities = step.identities.flatMap((name, index) => {
    const identity = identityNamed(body, name);
    if (step.identities.slice(0, index).some(({ text }) => text === name.text))
      report(body, name, "VGW3006", { name: name.text }, "again");
    else if (identity) return [{ name: name.text, identity }];
    return [];
  });
  checkEndingOtherwise(body, step.otherwise);
  if (body.openRoute)
    report(body, step, "VGW6005", {}, "an open route has no callers to tell apart", {
      help: "take `open` away: the step says who may call",
    });
  const caller = { name: CALLER, declaration: step.id, module: body.module };
  if (identities.length < step.identities.length) declareCaller(body, { ...caller, type: UNKNOWN }, step);
  else if (step.how === "all") {
    const fields = identities.map(({ name, identity }) => ({ name, type: identity.caller, default: undefined }));
    declareCaller(body, { ...caller, type: { kind: "record", name: null, fields, labels: NONE } }, step);
  } else {
    const any = identities.map(({ identity }) => identity);
    declareCaller(body, { ...caller, type: callerOf(any), identities: any }, step);
  }
}

/** What is known of a caller who is one of these: the fields that all of them have. */
export function callerOf(identities: readonly CheckedIdentity[]): Type {
  const [first, ...others] = identities.map(({ caller }) => caller);
  if (first === undefined) return UNKNOWN;
  if (others.length === 0) return first;
  const fields = first.fields.flatMap(({ name, type }) => {
    const all = others.reduce<Type | null>((joined, { fields: theirs }) => {
      const field = theirs.find((one) => one.name === name);
      return joined && field ? join(joined, field.type) : null;
    }, type);
    return all === null ? [] : [{ name, type: all, default: undefined }];
  });
  return { kind: "record", name: null, fields, labels: NONE };
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
