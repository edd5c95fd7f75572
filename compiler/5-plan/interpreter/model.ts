/**
 * `forward` to a model: the request read in the client's dialect, one model asked after another, the answer written in the client's dialect. The codecs are the
 * gateway's own, since what a provider means is no place for a second opinion; who is asked when, and what becomes of what goes wrong, is written again.
 */
import type { ModelConfiguration } from "../../../runtime/model/configuration.ts";
import type { ModelEvent } from "../../../runtime/model/canonical/answer.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import type {
  AnswerContext,
  ClientDialect,
  PassThrough,
  ProviderDialect,
} from "../../../runtime/model/dialect/dialect.ts";
import { credentials } from "../../../runtime/model/engine/credentials.ts";
import { eventsOf } from "../../../runtime/model/engine/events-of.ts";
import { error, errorOf, failureOf, refused } from "../../../runtime/model/engine/failures.ts";
import { isContent } from "../../../runtime/model/engine/holding.ts";
import { readModelRequest } from "../../../runtime/model/engine/request.ts";
import { clients, providers } from "../../../runtime/model/dialects.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { ModelStep, PoolPlan } from "../plan.ts";
import { resolved, upstreamFailure } from "./call.ts";
import type { Context, Ending } from "./context.ts";
import { firstHeader } from "./headers.ts";
import type { IncomingAnswer, OutgoingRequest } from "./world.ts";

/** What is sent to the client; or that this model could not answer. */
type Answered = Pick<Ending, "status" | "headers" | "body"> | ModelError;

/** An error stands for itself where nobody handles it: `failure` is what an `else` gets instead. */
export interface Modelled {
  readonly ending: Ending;
  readonly failure: Failure | null;
}

export async function askModel(step: ModelStep, context: Context): Promise<Modelled> {
  const client = clients.get(step.client);
  if (client === undefined) throw new Error(`no codec for ${step.client}`);
  const { body } = context.request;
  if (body.length > context.bodyLimit)
    return told(client, errorOf(new Failure("invalid", 413, "", "The request's body is longer than allowed.")), step);
  const read = readModelRequest(client, { path: context.path ?? "", query: context.query }, body);
  if ("class" in read) return told(client, read, step);
  const pool = context.plan.pools.find(({ name }) => name === step.model) ?? null;
  let problem: ModelError | null = null;
  for (const name of order(step, pool, context)) {
    const answered = await ask(name, pool, read.request, read.client, step, context);
    if (!("class" in answered.result))
      return { ending: { ...answered.result, reason: "", origin: step.origin }, failure: null };
    const earlier: ModelError | null = problem;
    problem = answered.asked ? answered.result : (earlier ?? answered.result);
    if (answered.asked && pool?.on.includes(answered.result.class) !== true) break;
  }
  return told(read.client, problem ?? error("upstream", 502, "no model was asked"), step);
}

/** The one that is preferred, then those of `fallback`. */
function order(step: ModelStep, pool: PoolPlan | null, { world }: Context): readonly string[] {
  if (pool === null) return [step.model];
  let first = pool.models[0] ?? "";
  if (pool.prefer === "weights") {
    let left = world.random() * pool.weights.reduce((sum, weight) => sum + weight, 0);
    const drawn = pool.models.find((_, index) => {
      left -= pool.weights[index] ?? 0;
      return left < 0;
    });
    first = drawn ?? pool.models.at(-1) ?? "";
  }
  return [first, ...pool.fallback.filter((name) => name !== first)];
}

/** `asked`: the provider heard of it. */
async function ask(
  name: string,
  pool: PoolPlan | null,
  request: ModelRequest,
  client: ClientDialect,
  step: ModelStep,
  context: Context,
): Promise<{ readonly asked: boolean; readonly result: Answered }> {
  const configuration = configurationOf(name, context);
  const provider = providers.get(configuration.dialect);
  if (provider === undefined) throw new Error(`no codec for ${configuration.dialect}`);
  const caps = [request.maxOutput, configuration.maxOutput, pool?.limit ?? null].filter((cap) => cap !== null);
  const capped = { ...request, maxOutput: caps.length === 0 ? null : Math.min(...caps) };
  const own = client.name === provider.name ? provider.pass : undefined;
  const passed = own?.request(context.request.body, capped, configuration) ?? null;
  const written = passed ?? provider.writeRequest(capped, configuration);
  if (!("target" in written)) return { asked: false, result: refused(written) };
  const headers = [...written.headers, ...credentials(configuration)(written), "accept-encoding", "identity"];
  const outgoing: OutgoingRequest = {
    method: "POST",
    target: written.target,
    headers,
    body: typeof written.body === "string" ? new TextEncoder().encode(written.body) : written.body,
    timeout: configuration.timeout,
  };
  const incoming = await context.world.call(name, outgoing);
  const outcome = "failure" in incoming ? incoming.failure : String(incoming.status);
  context.trace.push({
    entry: "call",
    origin: step.origin,
    service: name,
    method: "POST",
    target: written.target,
    outcome,
  });
  const answer: AnswerContext = {
    request,
    model: step.model,
    created: Math.floor(context.world.now() / 1000),
    random: (length) => "0".repeat(length),
  };
  return {
    asked: true,
    result: judge(incoming, name, provider, capped, client, answer, passed === null ? undefined : own),
  };
}

function judge(
  incoming: IncomingAnswer,
  name: string,
  provider: ProviderDialect,
  asked: ModelRequest,
  client: ClientDialect,
  context: AnswerContext,
  pass: PassThrough | undefined,
): Answered {
  if ("failure" in incoming) return errorOf(upstreamFailure(incoming.failure, name));
  const { status, headers, body } = incoming;
  if (status < 200 || status > 299) return provider.readError(status, headers, body);
  const json = /^application\/json\b/i.test(firstHeader(headers, "content-type") ?? "");
  if (asked.stream && !json) {
    const reader = provider.eventReader(asked);
    return streamed([...reader.push(body), ...reader.finish()], client, context);
  }
  const answer = provider.readAnswer(body, asked);
  if ("class" in answer) return answer;
  if (asked.stream) return streamed(eventsOf(answer), client, context);
  const written = pass?.answer(body, context.model) ?? new TextEncoder().encode(client.writeAnswer(answer, context));
  return { status: 200, headers: ["content-type", "application/json"], body: written };
}

/** What fails before its first content is an error of its own; behind it, one within the stream. */
function streamed(events: readonly ModelEvent[], client: ClientDialect, context: AnswerContext): Answered {
  const content = events.findIndex(isContent);
  const failing = events.findIndex(({ type }) => type === "error");
  const first = events[failing];
  if (first?.type === "error" && (content === -1 || failing < content)) return first.error;
  const writer = client.eventWriter(context);
  const text = events.map((event) => writer.write(event)).join("");
  const headers = ["content-type", client.streamMediaType, "cache-control", "no-cache"];
  return { status: 200, headers, body: new TextEncoder().encode(text) };
}

function configurationOf(name: string, context: Context): ModelConfiguration {
  const plan = context.plan.models.find((one) => one.name === name);
  if (plan === undefined) throw new Error(`the model ${name} is not in the plan`);
  const entries = Object.entries(plan.configuration).map(([key, value]) => [key, resolved(value, context)]);
  return Object.fromEntries(entries) as ModelConfiguration;
}

function told(client: ClientDialect, problem: ModelError, step: ModelStep): Modelled {
  const { status, headers, body } = client.writeError(problem);
  const ending = {
    status,
    headers,
    body: new TextEncoder().encode(body),
    reason: `model-${problem.class}`,
    origin: step.origin,
  };
  return { ending, failure: failureOf(problem, step.model) };
}
