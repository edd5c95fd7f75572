/** Names and what follows a dot: locals, constants, fields, places, values of policies, built-ins without brackets. */
import type * as tree from "../1-syntax/tree.ts";
import type { Meaning, Place } from "../3-types/checked.ts";
import { NOTHING, number, text } from "./build.ts";
import { lowerBuiltin } from "./call.ts";
import { bindingKey, bindingOfCaller, type Context, meaningOf, needVariable, typeOf } from "./context.ts";
import { lower } from "./expression.ts";
import type { Expr } from "./plan.ts";
import type { Type } from "../3-types/type.ts";

export function lowerReference(context: Context, node: tree.Reference): Expr {
  return lowerMeaning(context, node, meaningOf(context, node), node.name.text);
}

export function lowerMember(context: Context, node: tree.Member): Expr {
  const meaning = meaningOf(context, node);
  const type = typeOf(context, node);
  switch (meaning?.kind) {
    case "field": {
      const of = lower(context, node.object);
      // Of something that may be absent the member may be absent too.
      const kind = of.type.kind === "optional" ? "json-member" : "field";
      return { expr: kind, type, of, name: meaning.name };
    }
    case "json-member":
      return { expr: "json-member", type, of: lower(context, node.object), name: meaning.name };
    case "builtin":
      return lowerBuiltin(context, node, meaning.name, [node.object], type);
    default:
      return lowerMeaning(context, node, meaning, node.name.text);
  }
}

export function lowerMeaning(
  context: Context,
  node: { readonly id: number },
  meaning: Meaning | undefined,
  shown: string,
): Expr {
  const type = typeOf(context, node);
  const { program, bindings } = context.body;
  switch (meaning?.kind) {
    case "local":
      return local(bindings.get(bindingKey(program, context.module, meaning.declaration)), type, shown);
    case "caller":
      return callerAs(bindings.get(bindingOfCaller), type);
    case "policy-value":
      return local(bindings.get(bindingKey(program, meaning.policy.module, meaning.declaration)), type, shown);
    case "constant": {
      const name = program.constants.get(meaning.constant);
      return name === undefined ? NOTHING : { expr: "global", type, name };
    }
    case "environment":
      needVariable(program.environment, meaning.value);
      return { expr: "environment", type, variable: meaning.value.variable };
    case "builtin":
      return lowerBuiltin(context, node, meaning.name, [], type);
    case "failure":
      return failure(context, meaning.field, type);
    case "place":
      return readPlace(meaning.place, null, type);
    case "observation":
      // In tests: the runner writes what it saw to slots of these names.
      return { expr: "slot", type, name: meaning.name };
    default:
      throw new Error(`"${shown}" has no value`);
  }
}

/** Of several identities: the arms of `match caller` know more of it than what is around them. */
function callerAs(bound: Expr | undefined, type: Type): Expr {
  if (bound === undefined) throw new Error("`caller` is used before it has a value");
  return bound.expr === "field" ? { ...bound, type } : bound;
}

/** As this place knows it: a condition before may have shown that it is present. */
function local(bound: Expr | undefined, type: Type, shown: string): Expr {
  if (bound === undefined) throw new Error(`"${shown}" is used before it has a value`);
  return bound.expr === "slot" ? { ...bound, type } : bound;
}

function failure(context: Context, field: "kind" | "status", type: Type): Expr {
  if (context.failure === null) return { expr: "failure", type, field };
  // In a pure expression the kind is known, and nothing that has a status of its own can fail there.
  if (field === "kind") return { ...text(context.failure), type };
  return { ...number(context.failure === "invalid" ? 400 : 500), type };
}

export function readPlace(place: Place, name: Expr | null, type: Type): Expr {
  if (place.side === "response") {
    if (place.what === "status" || name === null) return { expr: "response-status", type };
    return { expr: "response-header", type, name: lowerCase(name) };
  }
  switch (place.what) {
    case "header":
    case "query":
    case "cookie": {
      const key = name ?? text("");
      return { expr: "request-value", type, what: place.what, name: place.what === "header" ? lowerCase(key) : key };
    }
    case "body":
      throw new Error("the body is read with `read`");
    default:
      return { expr: "request", type, what: place.what };
  }
}

export function lowerCase(name: Expr): Expr {
  return name.expr === "constant" && typeof name.value === "string"
    ? { ...name, value: name.value.toLowerCase() }
    : name;
}
