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
  if (step.shared !== null) {
    emitShared(body, step, `${limiter}.enter(${asked})`);
    return;
  }
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

/** Other gateways are asked, unless the request is inside already. */
function emitShared(body: Body, step: ConcurrencyStep, asked: string): void {
  const { emission, scope, writer } = body;
  const entered = scope.names.take("entered");
  writer.line(`let ${entered} = ${asked};`);
  writer.block(`if (typeof ${entered} !== "string")`, () => {
    writer.line(`${entered} = await ${entered};`);
    leaveIfAborted(body);
  });
  guarded(body, `${entered} !== "inside"`, (inner) => {
    tellRetry(inner, step);
    fail(inner, () => `${emission.use("sharedCrowded")}(${entered}, ${step.key !== null})`);
  });
}

function refuse(body: Body, step: ConcurrencyStep): void {
  tellRetry(body, step);
  fail(body, () => `${body.emission.use("crowded")}(${step.key !== null})`);
}

function tellRetry({ emission, writer }: Body, { retryAfter }: ConcurrencyStep): void {
  if (retryAfter !== null)
    writer.line(`${emission.use("setResponseHeader")}(exchange, "retry-after", "${retryAfter}");`);
}
