/** `limit … concurrent`: asks the host for a place; only who has to wait costs a promise. */
import type { ConcurrencyStep } from "../5-plan/plan.ts";
import { type Body, fail, guarded, leaveIfAborted } from "./body.ts";
import { textOf } from "./encode.ts";
import { expression } from "./expression.ts";

export function emitConcurrency(body: Body, step: ConcurrencyStep): void {
  const { emission, scope } = body;
  const limiter = emission.concurrency(step);
  const key = step.key === null ? '""' : textOf(scope, step.key);
  const asked = `exchange, ${key}, ${expression(scope, step.most)}`;
  if (step.queue === 0) {
    guarded(body, `!${limiter}.enter(${asked})`, (inner) => refuse(inner, step));
    return;
  }
  const entered = scope.names.take("entered");
  body.writer.line(`const ${entered} = ${limiter}.join(${asked}, ${step.queue}, ${step.wait});`);
  guarded(body, `${entered} !== true && !(await ${entered})`, (inner) => {
    leaveIfAborted(inner);
    refuse(inner, step);
  });
}

function refuse(body: Body, step: ConcurrencyStep): void {
  const { emission } = body;
  if (step.retryAfter !== null)
    body.writer.line(`${emission.use("setResponseHeader")}(exchange, "retry-after", "${step.retryAfter}");`);
  fail(body, () => `${emission.use("crowded")}(${step.key !== null})`);
}
