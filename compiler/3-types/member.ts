/** `value.name` and `value[index]`: fields, values of policies, places, and built-ins that need no brackets. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { checkBuiltin } from "./builtin-call.ts";
import type { CheckedIdentity } from "./checked.ts";
import { type Body, report, span } from "./context.ts";
import { int, INT, JSON_VALUE, optional, present, STRING, UNKNOWN } from "./construct.ts";
import { check, expect, value } from "./expression.ts";
import { needed } from "./failure.ts";
import { CALLER } from "./identify.ts";
import { base, join } from "./join.ts";
import { deepLabels, mapLabels, ofArguments, withLabels } from "./labels.ts";
import { readPlace } from "./place.ts";
import { policyOf } from "./policy.ts";
import { pathOf } from "./scopes.ts";
import { builtinOf, methodNames } from "./signature.ts";
import { describe, show } from "./show.ts";
import type { RecordType, Type } from "./type.ts";

export function checkMember(body: Body, node: tree.Member): Type {
  const special = namespaceMember(body, node);
  if (special) return special;
  const object = check(body, node.object);
  const type = memberOf(body, node, object);
  if (type.kind !== "optional") return type;
  const path = pathOf(body, node);
  return path && body.scope.isProved(path) ? present(type) : type;
}

/** Members of names that are no values: `request.path`, `failure.kind`, `policy.name`; null: an ordinary member. */
function namespaceMember(body: Body, node: tree.Member): Type | null {
  if (node.object.kind !== "reference") return null;
  const name = node.object.name.text;
  if (body.scope.find(name)) return null;
  if (name === "request" || name === "response") return readPlace(body, node);
  if (name === "failure") return failureField(body, node);
  const symbol = body.module.names.get(name);
  if (symbol?.kind === "policy") return policyValue(body, node, symbol.node as tree.Policy, symbol.module);
  if (symbol?.kind !== "service") return null;
  report(
    body,
    node,
    "VGW3003",
    { type: `the service ${name}`, name: `value ${node.name.text}` },
    "a service has calls only",
    {
      help: `${name}.get("/path"), .post, .put, .patch, .delete, .head or .options`,
    },
  );
  return UNKNOWN;
}

function failureField(body: Body, node: tree.Member): Type {
  const field = node.name.text;
  if (body.elseDepth === 0) {
    report(body, node, "VGW4106", {}, "nothing has failed here");
    return UNKNOWN;
  }
  if (field !== "kind" && field !== "status") {
    unknownMember(body, node.name, "failure", ["kind", "status"]);
    return UNKNOWN;
  }
  body.module.meanings.set(node.id, { kind: "failure", field });
  return field === "kind" ? STRING : int(100, 599);
}

function policyValue(body: Body, node: tree.Member, policy: tree.Policy, module: number): Type {
  const state = policyOf(body.program, policy, module);
  const found = state?.values.get(node.name.text);
  if (!body.policies.has(policy)) {
    report(body, node, "VGW2012", { name: policy.name.text }, "known only after the policy has run", {
      help: `add it to the route: with ${policy.name.text}`,
    });
    return UNKNOWN;
  }
  if (!found || !state) {
    if (state) unknownMember(body, node.name, `the policy ${policy.name.text}`, [...state.values.keys()]);
    return UNKNOWN;
  }
  body.module.meanings.set(node.id, { kind: "policy-value", policy: state.checked, declaration: found.declaration });
  // What comes from the policy's arguments is from outside where these are.
  return mapLabels(found.type, (labels) => ofArguments(labels, body.policyFlows.get(policy) ?? []));
}

function memberOf(body: Body, node: tree.Member, object: Type): Type {
  const name = node.name.text;
  if (object.kind === "unknown" || object.kind === "never" || name === "") return UNKNOWN;
  const inner = present(object);
  if (inner.kind === "json") {
    body.module.meanings.set(node.id, { kind: "json-member", name });
    return withLabels(optional(JSON_VALUE), object.labels);
  }
  const field = fieldOf(inner, name);
  if (field) {
    body.module.meanings.set(node.id, { kind: "field", name });
    const type = withLabels(field, object.labels);
    // The absence of the object is the absence of its field.
    return object.kind === "optional" ? optional(type) : type;
  }
  if (inner.kind === "answer" && name === "status") {
    needed(body, node.object, object);
    body.module.meanings.set(node.id, { kind: "field", name });
    return int(100, 599);
  }
  const receiver = base(inner).kind;
  const builtin = builtinOf(`${receiver}.${name}`);
  if (builtin)
    return checkBuiltin(body, node, builtin, { node: node.object, type: needed(body, node.object, object) }, []);
  if (!ofSomeCallers(body, node)) noMember(body, node.name, inner);
  return UNKNOWN;
}

/** A claim that only some of the identities have, which is reported. */
function ofSomeCallers(body: Body, { object, name }: tree.Member): boolean {
  if (object.kind !== "reference" || object.name.text !== CALLER) return false;
  const identities = body.scope.find(CALLER)?.identities ?? [];
  const has = ({ caller }: CheckedIdentity): boolean => caller.fields.some((field) => field.name === name.text);
  const those = identities.filter(has);
  if (those.length === 0) return false;
  const without = identities.filter((identity) => !has(identity));
  const text =
    without.length > 0
      ? `${without.map((identity) => identity.name).join(", ")} has no such claim`
      : "it is of another type for each of them";
  const arms = identities.map((one) => `${one.name} => ${has(one) ? `caller.${name.text}` : "…"}`);
  report(body, name, "VGW2015", { name: name.text }, text, { help: `match caller { ${arms.join(", ")} }` });
  return true;
}

function fieldOf(type: Type, name: string): Type | null {
  if (type.kind === "record") return type.fields.find((field) => field.name === name)?.type ?? null;
  if (type.kind !== "union") return null;
  // A field that every member has.
  return (
    type.members.reduce<Type | null | undefined>((all, member) => {
      if (all === null) return null;
      const field = fieldOf(member, name);
      return field && (all === undefined ? field : join(all, field));
    }, undefined) ?? null
  );
}

export function noMember(body: Body, name: tree.Name, type: Type): void {
  const fields =
    type.kind === "record"
      ? (type as RecordType).fields.map((field) => field.name)
      : type.kind === "answer"
        ? ["status"]
        : [];
  unknownMember(body, name, type.kind === "record" && type.name === null ? "this record" : show(base(type)), [
    ...fields,
    ...methodNames(base(type).kind),
  ]);
}

function unknownMember(body: Body, name: tree.Name, owner: string, known: readonly string[]): void {
  if (name.text === "") return;
  const likely = nearest(name.text, known);
  report(body, name, "VGW3003", { type: owner, name: `\`${name.text}\`` }, "no such field or function", {
    help: likely
      ? `did you mean ${likely}?`
      : known.length > 0
        ? `it has ${known.slice(0, 8).join(", ")}${known.length > 8 ? ", …" : ""}`
        : null,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, name), text: likely }] }]
      : [],
  });
}

/** `list[0]`, `map["key"]`, `json["key"]`, `json[0]`: absent where there is nothing. */
export function checkIndex(body: Body, node: tree.Index): Type {
  const object = value(body, node.object);
  switch (object.kind) {
    case "list":
      expect(body, node.index, INT);
      return optional(withLabels(object.item, object.labels));
    case "map":
      expect(body, node.index, STRING);
      return optional(withLabels(object.value, object.labels));
    case "json": {
      const index = value(body, node.index);
      const kind = base(index).kind;
      if (kind !== "string" && kind !== "int" && kind !== "unknown")
        report(
          body,
          node.index,
          "VGW3001",
          { expected: "a string or an int", found: describe(index) },
          "a key or a position is expected here",
        );
      return withLabels(optional(JSON_VALUE), deepLabels(object));
    }
    case "unknown":
      check(body, node.index);
      return UNKNOWN;
    default:
      check(body, node.index);
      report(
        body,
        node.object,
        "VGW3001",
        { expected: "a list, a map or json", found: describe(object) },
        "this has no items",
      );
      return UNKNOWN;
  }
}
