/** A name as a value: a local, a constant, or a built-in that needs no brackets (`now`). */
import type * as tree from "../1-syntax/tree.ts";
import { fixedNames, kindNames, nearest } from "../2-names/index.ts";
import { constantOf } from "./constant.ts";
import { observations } from "../vocabulary/observations.ts";
import { type Body, report, span } from "./context.ts";
import { present, UNKNOWN } from "./construct.ts";
import { observationOf } from "./observation.ts";
import { pathOf } from "./scopes.ts";
import { builtinOf, functionNames, instantiate, signatureOf } from "./signature.ts";
import type { Type } from "./type.ts";

export function checkReference(body: Body, node: tree.Reference): Type {
  const name = node.name.text;
  const local = body.scope.find(name);
  if (local) {
    const meaning = name === "caller" ? "caller" : "local";
    body.module.meanings.set(
      node.id,
      meaning === "caller" ? { kind: meaning } : { kind: meaning, declaration: local.declaration },
    );
    const path = local.type.kind === "optional" ? pathOf(body, node) : null;
    return path && body.scope.isProved(path) ? present(local.type) : local.type;
  }
  const observed = body.where === "test" ? observationOf(body, node) : null;
  if (observed) return observed;
  const symbol = body.module.names.get(name);
  if (symbol?.kind === "constant") {
    const constant = constantOf(body.program, symbol, { body, node });
    if (constant) body.module.meanings.set(node.id, { kind: "constant", constant });
    return constant?.type ?? UNKNOWN;
  }
  if (symbol?.kind === "broken" || name === "") return UNKNOWN;
  if (symbol) return notAValue(body, node, kindNames[symbol.kind]);
  const builtin = builtinOf(name);
  if (builtin) {
    const signature = signatureOf(builtin);
    if (signature.parameters.length > 0) return notAValue(body, node, "function");
    body.module.meanings.set(node.id, { kind: "builtin", name });
    return instantiate(signature.result, new Map()) ?? UNKNOWN;
  }
  if (name === "caller") return noCaller(body, node);
  if (fixedNames.has(name)) return notAValue(body, node, name);
  unknownName(body, node.name);
  return UNKNOWN;
}

function notAValue(body: Body, node: tree.Reference, kind: string): Type {
  const help: { readonly [kind: string]: string } = {
    service: `call it: ${node.name.text}.get("/path"), or forward to it`,
    function: `call it: ${node.name.text}(…)`,
    policy: `name one of its values: ${node.name.text}.name`,
    request: 'say what of it: request.header("x"), request.path, …',
    response: 'say what of it: response.header("x"), response.status',
    failure: "failure.kind or failure.status",
  };
  const shown = kind === node.name.text ? "record of places" : kind;
  report(body, node, "VGW2011", { name: node.name.text, kind: shown, wanted: "value" }, "a value is needed here", {
    help: help[kind] ?? null,
  });
  return UNKNOWN;
}

function noCaller(body: Body, node: tree.Reference): Type {
  if (!body.hasBroken)
    report(body, node, "VGW2014", {}, "whose?", {
      help:
        body.where === "guard"
          ? "a guard chooses the route, before anything identifies the caller: ask with `require` instead"
          : "put `identify name` before it, or a policy that does",
    });
  return UNKNOWN;
}

/** Reports a name that means nothing here, once, with the likeliest that does. `wanted`: the names that would do. */
export function unknownName(body: Body, name: tree.Name, wanted: readonly string[] | null = null): void {
  // What could not be read may have declared it.
  if (body.hasBroken || body.module.hasBroken) return;
  const observed = body.where === "test" ? [...observations.keys()] : [];
  const known = wanted ?? [
    ...body.scope.all(),
    ...body.module.names.keys(),
    ...observed,
    ...functionNames(),
    ...fixedNames,
  ];
  const likely = nearest(name.text, known);
  const declare = wanted
    ? "declare it in this file, or import it"
    : "declare or import it, or name it with let before this";
  report(body, name, "VGW2003", { name: name.text }, "no such name here", {
    help: likely ? `did you mean ${likely}?` : declare,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, name), text: likely }] }]
      : [],
  });
}
