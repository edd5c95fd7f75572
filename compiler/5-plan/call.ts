/** Calls: of built-ins, of the program's functions, of services, and of words that only look like calls. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedFunction } from "../3-types/checked.ts";
import { map, STRING } from "../3-types/construct.ts";
import type { Type } from "../3-types/type.ts";
import { builtins } from "../vocabulary/index.ts";
import { parseSignature, type Signature } from "../vocabulary/signature.ts";
import { NOTHING } from "./build.ts";
import { lowerServiceCall } from "./call-service.ts";
import { bind, type Context, meaningOf, typeOf } from "./context.ts";
import { lower } from "./expression.ts";
import { convert, name } from "./failure.ts";
import { functionPlan } from "./function.ts";
import { lowerGather } from "./gather.ts";
import { lowerCase, lowerMeaning, readPlace } from "./member.ts";
import { isStepwise } from "./needs.ts";
import type { Expr } from "./plan.ts";

export function lowerCall(context: Context, node: tree.Call): Expr {
  const meaning = meaningOf(context, node) ?? meaningOf(context, node.callee);
  const type = typeOf(context, node);
  switch (meaning?.kind) {
    case "service-call":
      return lowerServiceCall(context, node, meaning, false);
    case "builtin": {
      if (meaning.name === "gather") return lowerGather(context, node);
      const receiver = node.callee.kind === "member" && meaning.name.includes(".") ? [node.callee.object] : [];
      return lowerBuiltin(context, node, meaning.name, [...receiver, ...node.arguments], type);
    }
    case "function":
      return callFunction(context, node, meaning.function, node.arguments, type);
    case "observation":
      return observation(context, node, meaning.name, type);
    case "place": {
      const [first] = node.arguments;
      return readPlace(meaning.place, first === undefined ? null : lower(context, first.value), type);
    }
    default:
      return lowerMeaning(context, node, meaning, "this call");
  }
}

/** In tests: `header("x")` looks into the slot `headers`, `calls(orders)` reads `calls orders`. */
function observation(context: Context, node: tree.Call, name: string, type: Type): Expr {
  const [argument] = node.arguments;
  if (argument === undefined) throw new Error(`${name} is asked about something`);
  const service = meaningOf(context, argument.value);
  if (service?.kind === "service") {
    return { expr: "slot", type, name: `${name} ${context.body.program.services.get(service.service)}` };
  }
  if (service?.kind === "model") {
    return { expr: "slot", type, name: `${name} ${context.body.program.models.get(service.model)}` };
  }
  const of: Expr = { expr: "slot", type: map(STRING), name: `${name}s` };
  return { expr: "index", type, of, index: lowerCase(lower(context, argument.value)) };
}

/** `value |> f` and `value |> f(more)`: the value is the first argument. */
export function lowerPipe(context: Context, node: tree.Pipe): Expr {
  const { target } = node;
  const meaning = meaningOf(context, node) ?? meaningOf(context, target);
  const given = [node.value, ...(target.kind === "call" ? target.arguments : [])];
  const type = typeOf(context, node);
  if (meaning?.kind === "function") return callFunction(context, node, meaning.function, given, type);
  if (meaning?.kind === "builtin") return lowerBuiltin(context, node, meaning.name, given, type);
  throw new Error("a pipe leads to a function");
}

type Given = tree.Expression | tree.Argument;

const signatures = new Map<string, Signature>();
function signatureOf(key: string, text: string): Signature {
  let signature = signatures.get(key);
  if (signature === undefined) {
    signature = parseSignature(text);
    signatures.set(key, signature);
  }
  return signature;
}

export function lowerBuiltin(
  context: Context,
  node: { readonly id: number },
  key: string,
  given: readonly Given[],
  type: Type,
): Expr {
  const entry = builtins.get(key);
  if (entry === undefined) throw new Error(`there is no built-in "${key}"`);
  const { parameters } = signatureOf(key, entry.signature);
  const values = arrange(
    context,
    given,
    parameters.map((parameter) => parameter.name),
  );
  // What is left out at the end is the runtime function's own default.
  while (values.length > 0 && values.at(-1) === NOTHING) values.pop();
  if (entry.fails !== null) return convert(context, node, key, values, type);
  return { expr: "builtin", type, name: key, arguments: values };
}

/** In the order of the parameters, worked out in the order in which they are written. */
function arrange(context: Context, given: readonly Given[], parameters: readonly string[]): Expr[] {
  const values: Expr[] = parameters.map(() => NOTHING);
  let position = 0;
  for (const one of given) {
    const named = one.kind === "argument" && one.name !== null ? parameters.indexOf(one.name.text) : -1;
    const index = named >= 0 ? named : position++;
    values[index] = lower(context, one.kind === "argument" ? one.value : one);
  }
  return values;
}

function callFunction(
  context: Context,
  node: tree.Expression,
  called: CheckedFunction,
  given: readonly Given[],
  type: Type,
): Expr {
  const { parameters, body } = called.node;
  const values = arrange(
    context,
    given,
    parameters.map((parameter) => parameter.name.text),
  );
  if (!isStepwise(called.module, body)) {
    return { expr: "call", type, function: functionPlan(context.body.program, called).name, arguments: values };
  }
  // A function that can fail is worked out here, where its failure has an `else`.
  const inner: Context = { ...context, module: called.module };
  for (const [index, parameter] of parameters.entries()) {
    const value = values[index] ?? NOTHING;
    bind(inner, parameter.name.id, name({ ...context, hint: parameter.name.text }, node, value));
  }
  return lower(inner, body);
}
