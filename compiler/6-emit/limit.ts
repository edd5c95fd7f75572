/** `limit`: one question to the host's counters, and what the answer says about them. */
import type { LimitStep } from "../5-plan/plan.ts";
import { type Body, fail, guarded, leaveIfAborted } from "./body.ts";
import { textOf } from "./encode.ts";
import { expression } from "./expression.ts";

export function emitLimit(body: Body, step: LimitStep): void {
  const { emission, scope } = body;
  const limiter = emission.limiter(step);
  const key = step.key === null ? '""' : textOf(scope, step.key);
  const amounts = [key, rateText(body, step), expression(scope, step.burst), expression(scope, step.cost)].join(", ");
  if (step.shared !== null) {
    emitShared(body, step, `${limiter}.take(${amounts})`);
    return;
  }
  const admitted = step.headers
    ? `${emission.use("admit")}(exchange, ${limiter}, ${JSON.stringify(step.name)}, ${amounts})`
    : `${limiter}.take(${amounts})`;
  guarded(body, `!${admitted}`, (inner) => {
    if (step.retryAfter) inner.writer.line(`${emission.use("setRetryAfter")}(exchange, ${limiter});`);
    fail(inner, () => `${emission.use("failureOf")}("limited")`);
  });
}

/** Waits only where other gateways had to be asked. */
function emitShared(body: Body, step: LimitStep, asked: string): void {
  const { emission, scope, writer } = body;
  const taken = scope.names.take("taken");
  writer.line(`let ${taken} = ${asked};`);
  writer.block(`if (${taken} instanceof Promise)`, () => {
    writer.line(`${taken} = await ${taken};`);
    leaveIfAborted(body);
  });
  if (step.headers) {
    const told = `${emission.use("tellLimit")}(exchange, ${taken}, ${JSON.stringify(step.name)}, ${rateText(body, step)});`;
    writer.line(`if (!${taken}.away) ${told}`);
  }
  guarded(body, `!${taken}.admitted`, (inner) => {
    if (step.retryAfter) inner.writer.line(`${emission.use("setRetryAfter")}(exchange, ${taken});`);
    fail(inner, () => `${emission.use("limitFailure")}(${taken})`);
  });
}

/** A rate that is known is made once. */
function rateText(body: Body, step: LimitStep): string {
  const { emission, scope } = body;
  const text = expression(scope, step.rate);
  if (step.rate.expr !== "constant") return text;
  const wanted = `rate${String(step.rate.value).replace("/", "Per_")}`;
  return emission.declared(`rate ${text}`, wanted, (name) => `const ${name} = ${text};`);
}
