/** Steps as straight TypeScript statements, from top to bottom, in the order of the plan. */
import type { Slot, Step } from "../5-plan/plan.ts";
import { emitAttempt } from "./attempt.ts";
import { type Body, end, fail, guarded, leaveIfAborted, write } from "./body.ts";
import { emitBudget } from "./budget.ts";
import { builtinCall } from "./builtin.ts";
import { callText } from "./call.ts";
import { emitConcurrency } from "./concurrency.ts";
import { decodeText } from "./decode.ts";
import { expression, operand } from "./expression.ts";
import { emitForward } from "./forward.ts";
import { emitGather } from "./gather.ts";
import { emitLimit } from "./limit.ts";
import { emitLog } from "./log.ts";
import { emitModel } from "./model.ts";
import { emitSet } from "./place.ts";
import { emitRead } from "./read.ts";
import { denyText, replyText } from "./reply.ts";
import { isFused } from "./shape.ts";
import { assign, declareHoisted } from "./slot.ts";
import { emitTogether } from "./together.ts";

/** Writes the steps; false: no way through them goes on behind them. */
export function emitSteps(body: Body, steps: readonly Step[]): boolean {
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (step === undefined) break;
    const next = steps[index + 1];
    let goesOn = true;
    write(body, step.origin, () => {
      declareHoisted(body, step);
      if (isFused(step, next) && step.step === "call") {
        declareHoisted(body, next);
        emitCall(body, step, next);
        index++;
      } else {
        goesOn = emitStep(body, step);
      }
    });
    // What follows cannot be reached; strict TypeScript would say so.
    if (!goesOn) return false;
  }
  return true;
}

function emitStep(body: Body, step: Step): boolean {
  const { scope, emission } = body;
  switch (step.step) {
    case "compute":
      if (body.usage.reads(step.slot.name) > 0) assign(body, step.slot, expression(scope, step.value), step.value);
      return true;
    case "read":
      emitRead(body, step);
      return true;
    case "call":
      emitCall(body, step, null);
      return true;
    case "decode":
      check(body, step, decodeText(body, step, expression(scope, step.from)));
      return true;
    case "divide":
      check(body, step, builtinCall(scope, "divide", [step.left, step.right], step.slot.type));
      return true;
    case "convert":
      check(body, step, builtinCall(scope, step.builtin, step.arguments, step.slot.type));
      return true;
    case "together":
      return emitTogether(body, step);
    case "attempt":
      return emitAttempt(body, step);
    case "fail":
      fail(body, () => `${emission.use("failureOf")}(${JSON.stringify(step.kind)})`);
      return false;
    case "require":
      guarded(body, `!${operand(scope, step.condition)}`, (inner) =>
        fail(inner, () => `${emission.use("failureOf")}("refused")`),
      );
      return true;
    case "limit":
      emitLimit(body, step);
      return true;
    case "concurrency":
      emitConcurrency(body, step);
      return true;
    case "budget":
      emitBudget(body, step);
      return true;
    case "identify":
      settle(body, step.slot, `await ${emission.recogniser(step)}.identify(exchange)`, true);
      return true;
    case "if":
      return emitIf(body, step);
    case "gather":
      emitGather(body, step);
      return true;
    case "set":
      emitSet(body, step);
      return true;
    case "log":
      emitLog(body, step);
      return true;
    case "reply":
      end(body, replyText(body, step));
      return false;
    case "deny":
      end(body, denyText(body, step));
      return false;
    case "forward":
      emitForward(body, step);
      return false;
    case "model":
      emitModel(body, step);
      return false;
  }
}

type FallibleStep = Extract<Step, { readonly step: "decode" | "divide" | "convert" }>;

/** A step whose text gives the value or a Failure. */
function check(body: Body, step: FallibleStep, text: string): void {
  settle(body, step.slot, text);
}

/** Puts what `text` gives into the slot, unless it is a Failure. */
export function settle(body: Body, slot: Slot, text: string, waited = false): void {
  const hoisted = body.usage.isHoisted(slot.name);
  const name = hoisted ? body.scope.names.take(`${slot.name}Result`) : body.scope.names.take(slot.name);
  body.writer.line(`const ${name} = ${text};`);
  if (waited) leaveIfAborted(body);
  guarded(body, `${name} instanceof ${body.emission.use("Failure")}`, (inner) => fail(inner, () => name));
  if (hoisted) body.writer.line(`${body.scope.binding(slot.name).text} = ${name};`);
  else body.scope.bind(slot, name);
}

type CallStep = Extract<Step, { readonly step: "call" }>;
type DecodeStep = Extract<Step, { readonly step: "decode" }>;

/** The text of a call, awaited, and of its decode where one follows. */
export function awaitedCall(body: Body, call: CallStep, decode: DecodeStep | null): string {
  const started = body.started.get(call);
  const awaited = `await ${started ?? callText(body, call, null)}`;
  if (decode === null) return awaited;
  if (body.usage.reads(call.slot.name) === 1) return decodeText(body, decode, awaited);
  const name = body.scope.names.take(call.slot.name);
  body.writer.line(`const ${name} = ${awaited};`);
  // Whoever reads the answer stands behind the decode, which has let no Failure through.
  body.scope.bind(call.slot, `(${name} as ${body.emission.useType("Answer")})`);
  return decodeText(body, decode, name);
}

function emitCall(body: Body, call: CallStep, decode: DecodeStep | null): void {
  settle(body, (decode ?? call).slot, awaitedCall(body, call, decode), true);
}

function emitIf(body: Body, step: Extract<Step, { readonly step: "if" }>): boolean {
  const condition = expression(body.scope, step.condition);
  const inner = (): Body => ({ ...body, scope: body.scope.inner() });
  if (step.otherwise.length === 0) {
    body.writer.conditional(condition, () => emitSteps(inner(), step.then));
    return true;
  }
  let then = true;
  let otherwise = true;
  body.writer.line(`if (${condition}) {`);
  body.writer.indented(() => {
    then = emitSteps(inner(), step.then);
  });
  body.writer.line("} else {");
  body.writer.indented(() => {
    otherwise = emitSteps(inner(), step.otherwise);
  });
  body.writer.line("}");
  return then || otherwise;
}
