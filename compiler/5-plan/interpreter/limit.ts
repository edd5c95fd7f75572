/** `limit` by the world's clock: GCRA in whole nanoseconds, one time per count in a map that is never cleaned up. */
import { Failure } from "../../../runtime/failure.ts";
import type { LimitStep } from "../plan.ts";
import type { Context } from "./context.ts";
import { evaluate } from "./expression.ts";
import type { Scope } from "./scope.ts";
import { textOf } from "./value.ts";

const SECOND = 1_000_000_000n;

/** null: admitted. */
export function limit(step: LimitStep, scope: Scope, context: Context): Failure | null {
  const { count, per } = evaluate(step.rate, scope, context) as { count: number; per: number };
  const burst = evaluate(step.burst, scope, context) as number;
  const cost = evaluate(step.cost, scope, context) as number;
  const key = step.key === null ? "" : textOf(evaluate(step.key, scope, context), step.key.type);

  const states = context.world.limits ?? context.limits;
  // One gateway, and its state is there: sharing changes only what is counted together.
  const id = JSON.stringify([step.shared?.how ?? "", step.identity, count, per, burst, key]);
  const now = BigInt(Math.round(context.world.now() * 1e6));
  // Rounded up, so that the rate is never passed.
  const interval = (BigInt(per) * 1_000_000n + BigInt(count) - 1n) / BigInt(count);
  const capacity = BigInt(burst) * interval;
  const before = later(states.get(id) ?? 0n, now);
  const after = before + BigInt(cost) * interval;
  const isAdmitted = after - now <= capacity || cost === 0;
  if (isAdmitted) states.set(id, after);

  const owed = (isAdmitted ? after : before) - now;
  if (step.headers) {
    append(context, "ratelimit-policy", `"${step.name}";q=${count};w=${per / 1000}`);
    const left = owed > capacity ? 0n : (capacity - owed) / interval;
    append(context, "ratelimit", `"${step.name}";r=${left};t=${seconds(owed)}`);
  }
  if (isAdmitted) return null;
  if (step.retryAfter && cost <= burst) {
    const value = String(seconds(after - now - capacity));
    context.responseChanges.push({ kind: "set", name: "retry-after", value });
  }
  return new Failure("limited", 429, "rate-limited", "a limit is used up");
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

/** Rounded up. */
function seconds(nanoseconds: bigint): bigint {
  return (nanoseconds + SECOND - 1n) / SECOND;
}

/** A list: what an earlier limit said stands before. */
function append(context: Context, name: string, item: string): void {
  const before = context.responseChanges.findLast((change) => change.name === name)?.value ?? null;
  const value = before === null ? item : `${before}, ${item}`;
  context.responseChanges.push({ kind: "set", name, value });
}
