/** `… else …`: as an expression, as an early return, or as labelled blocks (see `shape.ts`). Nothing throws. */
import type { AttemptStep } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { leaveIfAborted } from "./body.ts";
import { builtinCall } from "./builtin.ts";
import { decodeText } from "./decode.ts";
import { expression, operand } from "./expression.ts";
import { attemptShape, isFused } from "./shape.ts";
import { assign, declareHoisted } from "./slot.ts";
import { awaitedCall, emitSteps } from "./step.ts";
import { readText } from "./read.ts";
import { gatherText } from "./gather.ts";
import { someExpression } from "./walk.ts";

/** False: no way goes on behind it. */
export function emitAttempt(body: Body, step: AttemptStep): boolean {
  switch (attemptShape(step)) {
    case "value":
      emitValue(body, step);
      return true;
    case "early":
      return emitSteps(
        {
          ...body,
          onFailure: {
            kind: "early",
            otherwise: (inner) => emitSteps({ ...inner, onFailure: body.onFailure }, step.otherwise),
          },
        },
        step.steps,
      );
    case "blocks":
      return emitBlocks(body, step);
  }
}

/** `const x = result instanceof Failure ? spare : result;` */
function emitValue(body: Body, step: AttemptStep): void {
  const [spare] = step.otherwise;
  const last = step.steps.at(-1);
  if (last === undefined || spare?.step !== "compute") return;
  const before = step.steps.at(-2);
  const fused = before?.step === "call" && isFused(before, last);
  emitSteps(body, step.steps.slice(0, fused ? -2 : -1));
  declareHoisted(body, last);
  let text: string;
  let waited = false;
  switch (last.step) {
    case "call":
      text = awaitedCall(body, last, null);
      waited = true;
      break;
    case "decode":
      if (fused && before?.step === "call") {
        text = awaitedCall(body, before, last);
        waited = true;
      } else {
        text = decodeText(body, last, expression(body.scope, last.from));
      }
      break;
    case "divide":
      text = builtinCall(body.scope, "divide", [last.left, last.right], last.slot.type);
      break;
    case "convert":
      text = builtinCall(body.scope, last.builtin, last.arguments, last.slot.type);
      break;
    case "read":
      text = readText(body, last);
      waited = last.source === "body";
      break;
    case "gather":
      text = gatherText(body, last);
      waited = true;
      break;
    default:
      return;
  }
  const result = body.scope.names.take(`${spare.slot.name}Result`);
  body.writer.line(`const ${result} = ${text};`);
  if (waited) leaveIfAborted(body);
  const value = `${result} instanceof ${body.emission.use("Failure")} ? ${operand(body.scope, spare.value)} : ${result}`;
  assign(body, spare.slot, value, spare.value);
}

/**
 *     done: {
 *       failed: {
 *         …                // a failure leaves by `break failed`
 *         break done;
 *       }
 *       …                  // otherwise
 *     }
 */
function emitBlocks(body: Body, step: AttemptStep): boolean {
  const { names } = body.scope;
  const done = names.take("done");
  const failed = names.take("failed");
  const readsFailure = someExpression(step.otherwise, (expr) => expr.expr === "failure");
  const variable = readsFailure ? names.take("failure") : null;
  if (variable !== null) body.writer.line(`let ${variable}: ${body.emission.useType("Failure")};`);
  let tried = true;
  let otherwise = true;
  const inner = (): Body => ({ ...body, scope: body.scope.inner() });
  const attempt = (): void => {
    body.writer.block(`${failed}:`, () => {
      tried = emitSteps({ ...inner(), onFailure: { kind: "break", label: failed, variable } }, step.steps);
      if (tried) body.writer.line(`break ${done};`);
    });
  };
  const spare = (): void => {
    const other = inner();
    if (variable !== null) other.scope.failure = () => variable;
    otherwise = emitSteps(other, step.otherwise);
  };
  if (alwaysLeaves(step)) {
    attempt();
    spare();
    return otherwise;
  }
  body.writer.block(`${done}:`, () => {
    attempt();
    spare();
  });
  return tried || otherwise;
}

function alwaysLeaves(step: AttemptStep): boolean {
  return step.steps.some((inner) => inner.step === "reply" || inner.step === "deny" || inner.step === "forward");
}
