/** Calls: of built-ins, functions, services, places, and what only settings or tests know. */
import type * as tree from "../1-syntax/tree.ts";
import { kindNames } from "../2-names/index.ts";
import { checkBuiltin } from "./builtin-call.ts";
import { type Body, report } from "./context.ts";
import { present, UNKNOWN } from "./construct.ts";
import { checkEnvironment } from "./environment.ts";
import { check } from "./expression.ts";
import { needed } from "./failure.ts";
import { checkFunctionCall } from "./function.ts";
import { checkGather } from "./gather.ts";
import { base } from "./join.ts";
import { noMember } from "./member.ts";
import { observationCall } from "./observation.ts";
import { isPlace, readPlace } from "./place.ts";
import { unknownName } from "./reference.ts";
import { checkServiceCall } from "./service-call.ts";
import { builtinOf } from "./signature.ts";
import type { Type } from "./type.ts";

/** An argument that has been checked before: a method's receiver, the value before `|>`. */
export interface Receiver {
  readonly node: tree.Expression;
  readonly type: Type;
}

export function checkCall(body: Body, node: tree.Call): Type {
  const { callee } = node;
  if (callee.kind === "reference") return callNamed(body, node, callee, null, node.arguments);
  if (callee.kind === "member") return callMember(body, node, callee);
  check(body, callee);
  checkArguments(body, node);
  if (callee.kind !== "broken") report(body, callee, "VGW3015", { what: "this" }, "not a function");
  return UNKNOWN;
}

/** `value |> f` and `value |> f(other)`. */
export function checkPipe(body: Body, node: tree.Pipe): Type {
  const receiver = { node: node.value, type: check(body, node.value) };
  const { target } = node;
  if (target.kind === "reference") return callNamed(body, node, target, receiver, []);
  if (target.kind === "call" && target.callee.kind === "reference")
    return callNamed(body, node, target.callee, receiver, target.arguments);
  if (target.kind !== "broken") {
    check(body, target);
    report(body, target, "VGW3015", { what: "this" }, "the name of a function is expected after |>");
  }
  return UNKNOWN;
}

function callNamed(
  body: Body,
  node: tree.Call | tree.Pipe,
  callee: tree.Reference,
  receiver: Receiver | null,
  args: readonly tree.Argument[],
): Type {
  const name = callee.name.text;
  const local = body.scope.find(name);
  const symbol = local ? undefined : body.module.names.get(name);
  if (symbol?.kind === "function") return checkFunctionCall(body, node, symbol, receiver, args);
  if (!local && !symbol) {
    if (node.kind === "call" && (name === "env" || name === "secret")) return checkEnvironment(body, node);
    if (node.kind === "call" && name === "gather") return checkGather(body, node);
    const observed = node.kind === "call" && body.where === "test" ? observationCall(body, node, name) : null;
    if (observed) return observed;
    const builtin = builtinOf(name);
    if (builtin) return checkBuiltin(body, node, builtin, receiver, args);
  }
  for (const argument of args) check(body, argument.value);
  if (local || (symbol && symbol.kind !== "broken")) {
    const what = symbol && symbol.kind !== "constant" ? `the ${kindNames[symbol.kind]} ${name}` : name;
    report(body, callee, "VGW3015", { what }, "not a function", {
      help: symbol?.kind === "service" ? `say which call: ${name}.get("/path")` : null,
    });
  } else if (!symbol && name !== "") unknownName(body, callee.name);
  return UNKNOWN;
}

function callMember(body: Body, node: tree.Call, callee: tree.Member): Type {
  if (callee.object.kind === "reference" && !body.scope.find(callee.object.name.text)) {
    if (isPlace(node)) return readPlace(body, node);
    const symbol = body.module.names.get(callee.object.name.text);
    if (symbol?.kind === "service") return checkServiceCall(body, node, callee, symbol.node as tree.Service);
    if (symbol?.kind === "policy") {
      check(body, callee);
      checkArguments(body, node);
      report(body, callee, "VGW3015", { what: "the value of a policy" }, "not a function");
      return UNKNOWN;
    }
  }
  const object = check(body, callee.object);
  const inner = present(object);
  if (inner.kind === "unknown" || inner.kind === "never" || callee.name.text === "") {
    checkArguments(body, node);
    return UNKNOWN;
  }
  const builtin = builtinOf(`${base(inner).kind}.${callee.name.text}`);
  if (builtin)
    return checkBuiltin(
      body,
      node,
      builtin,
      { node: callee.object, type: needed(body, callee.object, object) },
      node.arguments,
    );
  checkArguments(body, node);
  noMember(body, callee.name, inner);
  return UNKNOWN;
}

function checkArguments(body: Body, node: tree.Call): void {
  for (const argument of node.arguments) if (argument.value.kind !== "lambda") check(body, argument.value);
}
