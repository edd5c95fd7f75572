/**
 * `retry` of a service, as far as it has a meaning without time: which outcomes are tried again, how often, and what the next attempt
 * says. The budget, waits and the choice of another endpoint are the runtime's.
 */
import type { StaticValue } from "../../3-types/checked.ts";
import type { Context } from "./context.ts";
import { applyChanges, firstHeader } from "./headers.ts";
import type { IncomingAnswer, OutgoingRequest } from "./world.ts";

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);
/** A client's body that is longer, or of unknown length, is gone once it was sent. */
const LONGEST_BODY = 64 * 1024;
const ATTEMPT = "vgw-attempt";

/** Makes the attempts that one call or forward may make and gives the last one's outcome. `ownBody`: the program made the body. */
export async function attempts(
  service: string,
  request: OutgoingRequest,
  ownBody: boolean,
  context: Context,
): Promise<IncomingAnswer> {
  const retry = settingsOf(context.plan.services.find(({ name }) => name === service)?.settings.retry);
  const { world } = context;
  let answer = await world.call(service, request);
  if (retry === null || firstHeader(context.request.headers, ATTEMPT) !== undefined) return answer;
  const chunked = firstHeader(context.request.headers, "transfer-encoding") !== undefined;
  if (!ownBody && (chunked || context.request.body.length > LONGEST_BODY)) return answer;
  for (let number = 2; number <= retry.times + 1; number++) {
    const trigger = triggerOf(answer);
    if (!retry.on.includes(trigger) || !(trigger === "connect" || IDEMPOTENT.has(request.method))) return answer;
    if (waitsLonger(answer, retry.longest, world.now())) return answer;
    const headers = applyChanges(request.headers, [{ kind: "set", name: ATTEMPT, value: String(number) }]);
    answer = await world.call(service, { ...request, headers });
  }
  return answer;
}

function triggerOf(answer: IncomingAnswer): string | number {
  if (!("failure" in answer)) return answer.status;
  return answer.failure === "protocol" ? "closed" : answer.failure;
}

/** Whether Retry-After (RFC 9110 §10.2.3) asks for more than the service's longest wait. */
function waitsLonger(answer: IncomingAnswer, longest: number, now: number): boolean {
  if ("failure" in answer) return false;
  const value = firstHeader(answer.headers, "retry-after") ?? "";
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return wait > longest;
}

function settingsOf(
  value: StaticValue | undefined,
): { readonly times: number; readonly on: readonly StaticValue[]; readonly longest: number } | null {
  if (typeof value !== "object" || value === null || !("times" in value) || !("on" in value)) return null;
  const { times, on } = value;
  const wait = "wait" in value ? value.wait : null;
  const longest = typeof wait === "object" && wait !== null && "to" in wait ? Number(wait.to) : 0;
  return { times: Number(times), on: Array.isArray(on) ? on : [], longest };
}
