/** What is asked of models beside conversations: the codecs are the gateway's own, and who is asked when, and what becomes of what goes wrong, is written again. */
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import { EMPTY_REQUEST } from "../../../runtime/model/canonical/request.ts";
import { providers } from "../../../runtime/model/dialects.ts";
import type { ProviderRequest } from "../../../runtime/model/dialect/dialect.ts";
import { credentials } from "../../../runtime/model/engine/credentials.ts";
import { error, errorOf, refused } from "../../../runtime/model/engine/failures.ts";
import { readJob } from "../../../runtime/model/engine/operating.ts";
import {
  isAsking,
  type Job,
  type Operation,
  type ProviderAnswer,
  type Result,
} from "../../../runtime/model/operation/operation.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { ModelStep } from "../plan.ts";
import { upstreamFailure } from "./call.ts";
import { candidates } from "./choice.ts";
import { Spending } from "./budget.ts";
import type { Context } from "./context.ts";
import { configurationOf, type Modelled, promptOf, told } from "./model.ts";
import type { Scope } from "./scope.ts";

export async function operate(
  operation: Operation,
  step: ModelStep,
  scope: Scope,
  context: Context,
): Promise<Modelled> {
  const { body } = context.request;
  if (body.length > context.bodyLimit) {
    const failure = new Failure("invalid", 413, "", "The request's body is longer than allowed.");
    return told(operation, errorOf(failure), step);
  }
  const job = readJob(operation, body, context.path ?? "", promptOf(step, scope, context));
  if ("class" in job) return told(operation, job, step);
  const pool = context.plan.pools.find(({ name }) => name === step.model) ?? null;
  const names = pool === null ? [step.model] : ordered(pool, context);
  let problem: ModelError | null = null;
  const spending = operation.priced ? new Spending(step, scope, context) : null;
  for (const name of new Set(names)) {
    const { asked, result } = await ask(name, job, step, context, spending);
    if (!("class" in result)) {
      const ending = {
        status: 200,
        headers: ["content-type", "application/json", ...(spending?.headers(true) ?? [])],
        body: typeof result.body === "string" ? new TextEncoder().encode(result.body) : result.body,
        reason: "",
        origin: step.origin,
      };
      return { ending, failure: null };
    }
    problem = asked ? result : (problem ?? result);
    if (asked && pool?.on.includes(result.class) !== true) break;
  }
  return told(operation, problem ?? error("upstream", 502, "no model was asked"), step);
}

function ordered(pool: Parameters<typeof candidates>[0], context: Context): readonly string[] {
  const found = candidates(pool, {
    request: EMPTY_REQUEST,
    random: () => context.world.random(),
    configuration: (name) => configurationOf(name, context),
    key: null,
  });
  // A request of which nothing is asked fits everybody.
  return "class" in found ? [] : [...found.chosen, ...found.fallback];
}

/** `asked`: the provider heard of it. */
async function ask(
  name: string,
  job: Job,
  step: ModelStep,
  context: Context,
  spending: Spending | null,
): Promise<{ readonly asked: boolean; readonly result: Result | ModelError }> {
  const configuration = configurationOf(name, context);
  const asking = job.ask(configuration.dialect, configuration);
  if (!isAsking(asking)) return { asked: false, result: refused(asking) };
  const length = asking.requests.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  const call = spending?.open(configuration, { ...EMPTY_REQUEST, maxOutput: 0 }, length) ?? null;
  // Nobody stands in where a budget is used up: another model's vectors are of another kind.
  if (call !== null && "error" in call) return { asked: false, result: call.error };
  const answers: ProviderAnswer[] = [];
  for (const request of asking.requests) {
    const answer = await send(name, request, step, context);
    if ("class" in answer) {
      if (call !== null) spending?.settle(call, answers.length === 0 && answer.status !== 504 ? "nothing" : null);
      return { asked: true, result: answer };
    }
    answers.push(answer);
  }
  const result = asking.answer(answers, step.model);
  if (call !== null) spending?.settle(call, "class" in result ? null : result.usage);
  return { asked: true, result };
}

async function send(
  name: string,
  request: ProviderRequest<string | Uint8Array>,
  step: ModelStep,
  context: Context,
): Promise<ProviderAnswer | ModelError> {
  const configuration = configurationOf(name, context);
  const { target, body } = request;
  const incoming = await context.world.call(name, {
    method: "POST",
    target,
    headers: [...request.headers, ...credentials(configuration)(request), "accept-encoding", "identity"],
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    timeout: configuration.timeout,
  });
  const outcome = "failure" in incoming ? incoming.failure : String(incoming.status);
  context.trace.push({ entry: "call", origin: step.origin, service: name, method: "POST", target, outcome });
  if ("failure" in incoming) return errorOf(upstreamFailure(incoming.failure, name));
  const { status, headers } = incoming;
  if (status >= 200 && status <= 299) return { headers: [...headers], body: incoming.body };
  const provider = providers.get(configuration.dialect);
  if (provider === undefined) throw new Error(`no codec for ${configuration.dialect}`);
  return provider.readError(status, headers, incoming.body);
}
