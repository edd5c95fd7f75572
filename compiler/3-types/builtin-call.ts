/** A call of a built-in: its signature's variables are bound by the arguments, lambdas last, and labels carried or lowered. */
import { isZone } from "../../runtime/value/zone.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { Builtin } from "../vocabulary/builtin.ts";
import type { Signature, SignatureParameter, SignatureType } from "../vocabulary/signature.ts";
import { placeArguments } from "./arguments.ts";
import type { Receiver } from "./call.ts";
import { type Body, report } from "./context.ts";
import { NEVER, UNKNOWN } from "./construct.ts";
import { check } from "./expression.ts";
import { assign } from "./expect.ts";
import { needed } from "./failure.ts";
import { checkLambdaAs } from "./lambda.ts";
import { deepLabels, mapLabels, onlyOutside, union, withLabels } from "./labels.ts";
import { describe } from "./show.ts";
import { bind, type Bindings, instantiate, mentions, ruleOf, signatureOf } from "./signature.ts";
import type { Labels, Type } from "./type.ts";
import { NONE } from "./type.ts";

export function checkBuiltin(
  body: Body,
  node: tree.Call | tree.Pipe | tree.Member,
  builtin: Builtin,
  receiver: Receiver | null,
  args: readonly tree.Argument[],
): Type {
  body.module.meanings.set(node.id, { kind: "builtin", name: builtin.key });
  const signature = signatureOf(builtin);
  const { parameters, result } = signature;
  const name = builtin.key.split(".").at(-1) ?? builtin.key;
  const placed = placeArguments(body, node, name, parameters, args, receiver ? 1 : 0);
  if (receiver && parameters.length > 0) placed[0] = receiver.node;
  const bindings: Bindings = new Map();
  const types: (Type | null)[] = parameters.map(() => null);
  parameters.forEach((parameter, index) => {
    const argument = placed[index];
    if (!argument || parameter.type.kind === "function") return;
    types[index] = argumentType(body, argument, parameter, index === 0 && receiver ? receiver.type : null, bindings);
  });
  parameters.forEach((parameter, index) => {
    const argument = placed[index];
    if (argument && parameter.type.kind === "function")
      types[index] = lambdaType(body, argument, parameter.type, bindings);
  });
  if (result.kind === "named" && result.name === "content" && !checkContent(body, node, builtin.key, placed[0] ?? null))
    return UNKNOWN;
  if (builtin.fails !== null) {
    body.failures.push({
      kind: builtin.fails,
      node,
      reasons: [reasonOf(builtin)],
      related: [],
      help: null,
    });
  }
  const found = instantiate(result, bindings) ?? instantiate(result, openVariables(result, bindings)) ?? UNKNOWN;
  const carried = parameters.reduce<Labels>((all, parameter, index) => {
    const type = types[index];
    return type ? union(all, flow(parameter.type, type, signature)) : all;
  }, NONE);
  if (builtin.labels === "carry") return withLabels(found, carried);
  const lowered = mapLabels(found, () => NONE);
  return builtin.labels === "lower" ? lowered : withLabels(lowered, onlyOutside(carried));
}

/** `text(…)`, `file(…)` and their like: only as the value of `reply`, and a file by its literal name. */
function checkContent(body: Body, node: tree.Expression, name: string, first: tree.Expression | null): boolean {
  if (body.replied !== node || node.kind !== "call") {
    report(body, node, "VGW6108", { what: `${name}(…)` }, "not a value", { help: `give ${name}(…) to reply itself` });
    return false;
  }
  if (name === "file" && first && first.kind !== "string" && first.kind !== "broken")
    report(
      body,
      first,
      "VGW3022",
      {},
      "files are embedded when building, so their names are written as texts without holes",
    );
  return true;
}

/** What a text must be that a reading function takes. */
function reasonOf(builtin: Builtin): string {
  const { result } = signatureOf(builtin);
  const type = result.kind === "named" ? named(result.name) : "this";
  return builtin.fails === "invalid" ? `a text that is not ${type}` : `what has no ${type}`;
}

function named(type: string): string {
  return `${/^[aeio]/.test(type) ? "an" : "a"} ${type}`;
}

function argumentType(
  body: Body,
  node: tree.Expression,
  parameter: SignatureParameter,
  known: Type | null,
  bindings: Bindings,
): Type {
  const wanted = instantiate(parameter.type, bindings);
  const found = known ?? check(body, node, wanted);
  if (isZoneParameter(parameter.type)) return zoneArgument(body, node, found);
  const concrete = wanted !== null && !hasVariables(parameter.type);
  if (concrete) return assign(body, node, found, wanted);
  const there =
    parameter.type.kind === "optional" || parameter.type.kind === "variable" ? found : needed(body, node, found);
  const value = parameter.type.kind === "variable" && parameter.type.name !== "T" ? needed(body, node, there) : there;
  if (!bind(parameter.type, value, bindings)) {
    const rule =
      parameter.type.kind === "variable"
        ? parameter.type.name
        : parameter.type.kind === "list" && parameter.type.item.kind === "variable"
          ? parameter.type.item.name
          : "";
    const known = rule === "" ? null : bindings.get(rule);
    const expected = known
      ? describe(known)
      : parameter.type.kind === "list"
        ? `a list${rule === "T" ? "" : ` whose items are ${ruleOf(rule)}`}`
        : parameter.type.kind === "map"
          ? "a map"
          : ruleOf(rule);
    report(body, node, "VGW3001", { expected, found: describe(value) }, `${expected} is expected here`);
    for (const variable of ["T", "U", "K", "N", "O", "S"])
      if (mentions(parameter.type, variable) && !bindings.has(variable)) bindings.set(variable, UNKNOWN);
  }
  return value;
}

function isZoneParameter(type: SignatureType): boolean {
  return type.kind === "named" && type.name === "zone";
}

/** A zone is checked while compiling, against the same database that the gateway uses. */
function zoneArgument(body: Body, node: tree.Expression, found: Type): Type {
  if (node.kind === "string") {
    if (!isZone(node.value))
      report(
        body,
        node,
        "VGW3034",
        { text: `"${node.value}"`, type: "a time zone" },
        "a name such as Europe/Paris is expected here",
      );
  } else if (found.kind !== "unknown") {
    report(body, node, "VGW3022", {}, "a zone is written as a text without holes");
  }
  return found;
}

function lambdaType(
  body: Body,
  node: tree.Expression,
  wanted: Extract<SignatureType, { kind: "function" }>,
  bindings: Bindings,
): Type {
  const parameters = wanted.parameters.map((parameter) => instantiate(parameter, bindings) ?? UNKNOWN);
  if (node.kind !== "lambda") {
    const found = check(body, node);
    if (found.kind !== "unknown")
      report(
        body,
        node,
        "VGW3001",
        { expected: "a function such as x => …", found: describe(found) },
        "a function is expected here",
      );
    bind(wanted.result, UNKNOWN, bindings);
    return UNKNOWN;
  }
  const type = checkLambdaAs(body, node, {
    parameters,
    result: hasVariables(wanted.result) ? null : instantiate(wanted.result, bindings),
    calls: false,
  });
  if (type.kind !== "function") return UNKNOWN;
  if (hasVariables(wanted.result) && !bind(wanted.result, type.result, bindings)) {
    const expected = wanted.result.kind === "variable" ? ruleOf(wanted.result.name) : "a list";
    report(
      body,
      node.body,
      "VGW3001",
      { expected, found: describe(type.result) },
      `the function must give ${expected}`,
    );
    bind(wanted.result, UNKNOWN, bindings);
  }
  return type;
}

function hasVariables(type: SignatureType): boolean {
  return ["T", "U", "K", "N", "O", "S"].some((variable) => mentions(type, variable));
}

/** An empty list binds nothing: its items are of no type, which fits everywhere. */
function openVariables(type: SignatureType, bindings: Bindings): Bindings {
  const all = new Map(bindings);
  for (const variable of ["T", "U", "K", "N", "O", "S"])
    if (mentions(type, variable) && !all.has(variable)) all.set(variable, NEVER);
  return all;
}

/**
 * Labels that go from an argument to the result besides those that its variables bring along. What a function is given
 * reaches the result through what the function gives. Of a list of anything, a count or a yes or no tells nothing about
 * the items; a text made of them does.
 */
function flow(parameter: SignatureType, argument: Type, signature: Signature): Labels {
  const { result } = signature;
  switch (parameter.kind) {
    case "variable":
      return mentions(result, parameter.name) || tellsNothing(result) ? NONE : deepLabels(argument);
    case "list":
    case "map": {
      const inner = parameter.kind === "list" ? parameter.item : parameter.value;
      const item = argument.kind === "list" ? argument.item : argument.kind === "map" ? argument.value : argument;
      if (inner.kind !== "variable" || mentions(result, inner.name))
        return union(argument.labels, flow(inner, item, signature));
      return tellsNothing(result) || isGivenToFunction(signature, inner.name) ? argument.labels : deepLabels(argument);
    }
    case "function":
      // A condition or an order decides about items; only what is named or bound becomes part of the result.
      if (argument.kind !== "function" || parameter.result.kind !== "named" || parameter.result.name === "bool")
        return NONE;
      return deepLabels(argument.result);
    default:
      return deepLabels(argument);
  }
}

/** A count, a position, a yes or no about things of any type. */
function tellsNothing(result: SignatureType): boolean {
  const type = result.kind === "optional" ? result.of : result;
  return type.kind === "named" && (type.name === "int" || type.name === "bool");
}

function isGivenToFunction(signature: Signature, variable: string): boolean {
  return signature.parameters.some(
    ({ type }) => type.kind === "function" && type.parameters.some((parameter) => mentions(parameter, variable)),
  );
}
