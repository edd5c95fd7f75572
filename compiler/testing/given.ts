/** `given`: fakes of services, and facts. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedModule } from "../3-types/checked.ts";
import { base } from "../3-types/join.ts";
import type { Type } from "../3-types/type.ts";
import type { IncomingAnswer, OutgoingRequest, World } from "../5-plan/interpreter/index.ts";
import { serialise } from "../5-plan/interpreter/serialise.ts";
import { textOf } from "../5-plan/interpreter/value.ts";
import { modelFakeFailure } from "../vocabulary/observations.ts";
import { brokenOff, madeUp, spoken } from "./fake-model.ts";
import { type Expressions, Unworkable } from "./expression.ts";
import type { State } from "./run.ts";

export async function readGiven(
  fact: tree.GivenFact,
  module: CheckedModule,
  state: State,
  expressions: Expressions,
  world: World,
): Promise<void> {
  const { target, value: node } = fact;
  const meaning = module.meanings.get(target.id);
  if (target.kind === "call" && meaning?.kind === "service-call") {
    const [path] = target.arguments;
    const pattern = path === undefined ? "*" : await expressions.target(module, path.value, world);
    const service = expressions.serviceName(meaning.service);
    const answer = await fakeAnswer(node, module, expressions, world);
    state.fakes.push({ service, method: meaning.method.toUpperCase(), pattern, answer });
    return;
  }
  if (meaning?.kind === "model") {
    const { dialect } = meaning.model.provider ?? {};
    const cut = node.kind === "call" && node.callee.kind === "reference" && node.callee.name.text === modelFakeFailure;
    if (cut && dialect !== undefined) {
      const said = textOfGiven(await expressions.value(module, node.arguments[0]?.value ?? node, new Map(), world));
      const answer = (request: OutgoingRequest) => brokenOff(dialect, request, said);
      state.fakes.push({ service: expressions.modelName(meaning.model), method: "POST", pattern: "*", answer });
      return;
    }
    const said = node.kind === "reference" ? null : await expressions.value(module, node, new Map(), world);
    const answer =
      typeof said === "string" && dialect !== undefined
        ? (request: OutgoingRequest) => madeUp(request) ?? spoken(dialect, request.body, said)
        : await fakeAnswer(node, module, expressions, world);
    state.fakes.push({ service: expressions.modelName(meaning.model), method: "POST", pattern: "*", answer });
    return;
  }
  if (meaning?.kind === "budgets") {
    const part = Number(await expressions.value(module, node, new Map(), world));
    for (const name of expressions.budgetNames(meaning.of)) state.spentBefore.set(name, { part, at: state.now });
    return;
  }
  const value = await expressions.value(module, node, new Map(), world);
  const variable = variableOf(target);
  if (variable !== null) state.environment.set(variable, environmentText(value, expressions.variableType(variable)));
  else if (target.kind === "member") state.address = String(value);
  else if (target.kind === "reference" && target.name.text === "now") state.now = Number(value);
  else if (target.kind === "reference") state.facts.set(target.name.text, value);
  else throw new Unworkable(target, "this cannot be given");
}

function textOfGiven(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Of `env("X")` and `secret("X")`. */
function variableOf(target: tree.Expression): string | null {
  const first = target.kind === "call" && target.callee.kind === "reference" ? target.arguments[0]?.value : undefined;
  return first?.kind === "string" ? first.value : null;
}

/** As it would stand in the environment. */
function environmentText(value: unknown, type: string): string {
  if (type === "duration") return `${Number(value)}ms`;
  return type === "size" ? `${Number(value)}B` : String(value);
}

/**
 * `timeout`, `connect` or `protocol`: the service fails so. A whole number: an answer with this status and nothing in it.
 * Anything else: 200 with this body, a string as text, bytes as they are, the rest as JSON.
 */
async function fakeAnswer(
  node: tree.Expression,
  module: CheckedModule,
  expressions: Expressions,
  world: World,
): Promise<IncomingAnswer> {
  if (node.kind === "reference" && !module.meanings.has(node.id)) {
    const failure = node.name.text;
    if (failure === "timeout" || failure === "connect" || failure === "protocol") return { failure };
  }
  const value = await expressions.value(module, node, new Map(), world);
  const type = expressions.typeOf(module, node);
  if (type === undefined) throw new Unworkable(node, "this cannot be answered");
  const kind = base(type).kind;
  if (kind === "int") return { status: Number(value), headers: [], body: new Uint8Array() };
  return { status: 200, ...payload(value, type) };
}

/** A value as a body with its content type. */
export function payload(value: unknown, type: Type): { readonly headers: string[]; readonly body: Uint8Array } {
  const encoder = new TextEncoder();
  const kind = base(type.kind === "optional" ? type.of : type).kind;
  if (value instanceof Uint8Array) return { headers: ["content-type", "application/octet-stream"], body: value };
  if (kind === "string") {
    return { headers: ["content-type", "text/plain; charset=utf-8"], body: encoder.encode(textOf(value, type)) };
  }
  return { headers: ["content-type", "application/json"], body: encoder.encode(serialise(value, type)) };
}
