/**
 * `forward` to a model: the request read in the client's dialect, one model asked after another, the answer written in the client's dialect. The codecs are the
 * gateway's own, since what a provider means is no place for a second opinion; who is asked when, and what becomes of what goes wrong, is written again.
 */
import type { SystemPrompt } from "../../../runtime/abi.ts";
import type { ModelConfiguration } from "../../../runtime/model/configuration.ts";
import type { ModelEvent } from "../../../runtime/model/canonical/answer.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import type {
  AnswerContext,
  ClientDialect,
  PassingReader,
  PassThrough,
  ProviderDialect,
  WrittenBody,
} from "../../../runtime/model/dialect/dialect.ts";
import { credentials } from "../../../runtime/model/engine/credentials.ts";
import { eventsOf } from "../../../runtime/model/engine/events-of.ts";
import { error, errorOf, failureOf, refused } from "../../../runtime/model/engine/failures.ts";
import { isContent } from "../../../runtime/model/engine/holding.ts";
import { readModelRequest, type ReadRequest } from "../../../runtime/model/engine/request.ts";
import { clients, operations, providers } from "../../../runtime/model/dialects.ts";
import { Failure } from "../../../runtime/failure.ts";
import { isPieces, Pieces } from "../../../runtime/pieces.ts";
import { isOperationClient } from "../../vocabulary/operations.ts";
import type { StaticValue } from "../../3-types/checked.ts";
import type { ModelStep, PoolPlan } from "../plan.ts";
import { Spending, usageOf } from "./budget.ts";
import { resolved, upstreamFailure } from "./call.ts";
import { aliasOf, type Candidates, candidates, refusedAlone } from "./choice.ts";
import type { Context, Ending } from "./context.ts";
import { Keys } from "./keys.ts";
import { evaluate } from "./expression.ts";
import { firstHeader } from "./headers.ts";
import { JoinedStream } from "./joined-stream.ts";
import { operate } from "./operation.ts";
import type { Scope } from "./scope.ts";
import { textOf } from "./value.ts";
import type { IncomingAnswer, OutgoingRequest } from "./world.ts";

/** What is sent to the client; or that this model could not answer. */
type Answered = Pick<Ending, "status" | "headers" | "body"> | ModelError;

/** An error stands for itself where nobody handles it: `failure` is what an `else` gets instead. */
export interface Modelled {
  readonly ending: Ending;
  readonly failure: Failure | null;
}

export async function askModel(step: ModelStep, scope: Scope, context: Context): Promise<Modelled> {
  const operation = operations.get(step.client);
  if (operation !== undefined) return operate(operation, step, scope, context);
  const client = isOperationClient(step.client) ? undefined : clients.get(step.client);
  if (client === undefined) throw new Error(`no codec for ${step.client}`);
  const { body } = context.request;
  if (body.length > context.bodyLimit)
    return told(client, errorOf(new Failure("invalid", 413, "", "The request's body is longer than allowed.")), step);
  const place = { path: context.path ?? "", query: context.query };
  const read = readModelRequest(client, place, new Pieces([body]), promptOf(step, scope, context));
  if ("class" in read) return told(client, read, step);
  const pool = context.plan.pools.find(({ name }) => name === step.model) ?? null;
  let problem: ModelError | null = null;
  const { request } = read;
  const joined =
    request.stream && pool?.broken !== undefined
      ? new JoinedStream(pool.broken, read.client, answerContext(request, step, context))
      : null;
  const spending = new Spending(step, scope, context);
  let asking = pool;
  let limit = pool?.limit ?? null;
  const key = step.sticky === null ? null : textOf(evaluate(step.sticky, scope, context), step.sticky.type);
  const first = choose(step.model, pool, request, context, key);
  if ("class" in first) return told(read.client, first, step);
  let { chosen, fallback } = first;
  const tried = new Set<string>();
  let failed = false;
  for (let index = 0; index < chosen.length + fallback.length; index++) {
    const name = [...chosen, ...fallback][index] ?? "";
    if (tried.has(name) || (failed && index < chosen.length)) continue;
    tried.add(name);
    const answered = await ask(name, limit, read, step, context, joined, spending);
    if (!("class" in answered.result)) {
      const headers = [...answered.result.headers, ...spending.headers(!request.stream)];
      return { ending: { ...answered.result, headers, reason: "", origin: step.origin }, failure: null };
    }
    failed ||= answered.asked;
    const earlier: ModelError | null = problem;
    problem = answered.asked ? answered.result : (earlier ?? answered.result);
    if (answered.instead !== null) {
      const { instead } = answered;
      const other = context.plan.pools.find((one) => one.name === instead) ?? null;
      const next = choose(instead, other, request, context, key);
      if ("class" in next) continue;
      asking = other;
      limit = least([limit, asking?.limit ?? null]);
      ({ chosen, fallback } = next);
      tried.clear();
      failed = false;
      index = -1;
      continue;
    }
    if (answered.asked && asking?.on.includes(answered.result.class) !== true) break;
    if (joined?.begun === true && (fallback.every((other) => tried.has(other)) || !joined.goesOn(request))) break;
  }
  if (joined?.begun === true && problem !== null) {
    joined.fail(problem);
    return { ending: { ...sent(joined.text, read.client), reason: "", origin: step.origin }, failure: null };
  }
  return told(read.client, problem ?? error("upstream", 502, "no model was asked"), step);
}

/** What the program gives as instructions; undefined: nothing, and the client's go as they are. */
export function promptOf({ prompt }: ModelStep, scope: Scope, context: Context): SystemPrompt | undefined {
  if (prompt === null) return undefined;
  const { system, client } = prompt;
  return { system: system === null ? null : String(evaluate(system, scope, context)), client };
}

function choose(
  name: string,
  pool: PoolPlan | null,
  request: ModelRequest,
  context: Context,
  key: string | null,
): Candidates | ModelError {
  const configuration = (model: string): ModelConfiguration => configurationOf(model, context);
  if (pool === null) return refusedAlone(request, configuration(name)) ?? { chosen: [name], fallback: [] };
  return candidates(pool, { request, random: () => context.world.random(), configuration, key });
}

function octetsOf(body: WrittenBody): Uint8Array {
  if (typeof body === "string") return new TextEncoder().encode(body);
  return isPieces(body) ? body.whole : body;
}

function least(caps: readonly (number | null)[]): number | null {
  const known = caps.filter((cap) => cap !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** `asked`: the provider heard of it; `instead`: who is asked now, because a budget is used up. */
async function ask(
  name: string,
  limit: number | null,
  { request, client, altered, bytes: source }: ReadRequest,
  step: ModelStep,
  context: Context,
  joined: JoinedStream | null,
  spending: Spending,
): Promise<{ readonly asked: boolean; readonly instead: string | null; readonly result: Answered }> {
  const configuration = configurationOf(name, context);
  const provider = providers.get(configuration.dialect);
  if (provider === undefined) throw new Error(`no codec for ${configuration.dialect}`);
  const most = { ...request, maxOutput: least([request.maxOutput, configuration.maxOutput, limit]) };
  const begun = joined?.begun === true;
  const capped = begun ? joined.request(most, provider.prefills?.(configuration) === true) : most;
  const own = client.name === provider.name && !altered && !begun ? provider.pass : undefined;
  const passed = own?.request(source, capped, configuration) ?? null;
  const written = passed ?? provider.writeRequest(capped, configuration);
  if (!("target" in written)) return { asked: false, instead: null, result: refused(written) };
  const bytes = octetsOf(written.body);
  const call = spending.open(configuration, capped, bytes.length);
  if ("error" in call) return { asked: false, instead: call.instead, result: call.error };
  const keys = configuration.keys === undefined ? null : new Keys(configuration, context);
  let incoming: IncomingAnswer | null = null;
  for (;;) {
    const key = keys?.take(capped) ?? null;
    if (keys !== null && key === null) break;
    const given = key === null ? configuration : { ...configuration, key: key.key };
    const headers = [...written.headers, ...credentials(given)(written), "accept-encoding", "identity"];
    const { timeout } = configuration;
    const outgoing: OutgoingRequest = { method: "POST", target: written.target, headers, body: bytes, timeout };
    incoming = within(configuration.answerLimit, capped.stream, await context.world.call(name, outgoing));
    const outcome = "failure" in incoming ? incoming.failure : String(incoming.status);
    context.trace.push({
      entry: "call",
      origin: step.origin,
      service: name,
      method: "POST",
      target: written.target,
      outcome,
    });
    const problem = keys === null ? null : refusalIn(incoming, provider);
    if (key === null || problem === null || keys?.told(key, problem) !== true) break;
  }
  if (incoming === null) {
    spending.settle(call, "nothing");
    return { asked: true, instead: null, result: keys?.exhausted ?? error("upstream", 502, "no model was asked") };
  }
  spending.settle(call, usageOf(incoming, provider, configuration, capped));
  const answer = answerContext(request, step, context);
  const comment = spending.comment(client);
  if (joined !== null) joined.comment = comment;
  const pass = passed === null ? undefined : own;
  return {
    asked: true,
    instead: null,
    result: judge(incoming, name, provider, capped, client, answer, pass, joined, comment),
  };
}

/** A whole answer that is longer than may be is none. */
function within(limit: number, isStream: boolean, incoming: IncomingAnswer): IncomingAnswer {
  const isTooLong = !isStream && !("failure" in incoming) && incoming.body.byteLength > limit;
  return isTooLong ? { failure: "protocol" } : incoming;
}

function refusalIn(incoming: IncomingAnswer, provider: ProviderDialect): ModelError | null {
  if ("failure" in incoming) return null;
  const { status, headers, body } = incoming;
  return status >= 200 && status <= 299 ? null : provider.readError(status, headers, body);
}

function answerContext(request: ModelRequest, step: ModelStep, { world, plan }: Context): AnswerContext {
  const pool = plan.pools.find(({ name }) => name === step.model);
  return {
    request,
    model: pool !== undefined && aliasOf(pool, request) !== null ? request.model : step.model,
    created: Math.floor(world.now() / 1000),
    random: (length) => "0".repeat(length),
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
  joined: JoinedStream | null,
  comment: string,
): Answered {
  if ("failure" in incoming) return errorOf(upstreamFailure(incoming.failure, name));
  const { status, headers, body } = incoming;
  if (status < 200 || status > 299) return provider.readError(status, headers, body);
  const json = /^application\/json\b/i.test(firstHeader(headers, "content-type") ?? "");
  if (asked.stream && !json) {
    if (pass?.stream !== undefined && joined === null && client.rewrites !== true)
      return passed(pass.stream(asked, context.model, asked.streamUsage), body, client, context);
    const reader = provider.eventReader(asked);
    return streamed([...reader.push(body), ...reader.finish()], client, context, joined, comment);
  }
  const answer = provider.readAnswer(body, asked);
  if ("class" in answer) return answer;
  if (asked.stream) return streamed(eventsOf(answer), client, context, joined, comment);
  const handedOn = answer.uncounted === true ? null : (pass?.answer(body, answer.model, context.model) ?? null);
  const written = handedOn ?? new TextEncoder().encode(client.writeAnswer(answer, context));
  return { status: 200, headers: ["content-type", "application/json"], body: written };
}

/** The provider's own bytes; of them an error alone is written anew. */
function passed(reader: PassingReader, body: Uint8Array, client: ClientDialect, context: AnswerContext): Answered {
  const events = [...reader.push(body), ...reader.finish()];
  const last = events.at(-1);
  if (last?.type !== "error") return { ...sent("", client), body: reader.take() ?? new Uint8Array(0) };
  if (!events.some(isContent)) return last.error;
  const text = client.eventWriter(context).write(last);
  return { ...sent("", client), body: Buffer.concat([reader.take() ?? new Uint8Array(0), Buffer.from(text)]) };
}

/** What fails before its first content is an error of its own; behind it, one within the stream. */
function streamed(
  events: readonly ModelEvent[],
  client: ClientDialect,
  context: AnswerContext,
  joined: JoinedStream | null,
  comment: string,
): Answered {
  const content = events.findIndex(isContent);
  const failing = events.findIndex(({ type }) => type === "error");
  const first = events[failing];
  if (first?.type === "error" && (content === -1 || failing < content)) return first.error;
  if (joined !== null) return joined.add(events) ?? sent(joined.text, client);
  const writer = client.eventWriter(context);
  return sent(events.map((event) => (event.type === "end" ? comment : "") + writer.write(event)).join(""), client);
}

function sent(text: string, client: ClientDialect): Pick<Ending, "status" | "headers" | "body"> {
  const headers = ["content-type", client.streamMediaType, "cache-control", "no-cache"];
  return { status: 200, headers, body: new TextEncoder().encode(text) };
}

export function configurationOf(name: string, context: Context): ModelConfiguration {
  const plan = context.plan.models.find((one) => one.name === name);
  if (plan === undefined) throw new Error(`the model ${name} is not in the plan`);
  const entries = Object.entries(plan.configuration).map(([key, value]) => [key, resolvedDeep(value, context)]);
  return Object.fromEntries(entries) as ModelConfiguration;
}

/** Variables within lists and records too: keys stand there. */
function resolvedDeep(value: StaticValue, context: Context): unknown {
  if (typeof value !== "object" || value === null || ("kind" in value && value.kind === "env"))
    return resolved(value, context);
  if (Array.isArray(value)) return value.map((item: StaticValue) => resolvedDeep(item, context));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolvedDeep(item, context)]));
}

export function told(client: Pick<ClientDialect, "writeError">, problem: ModelError, step: ModelStep): Modelled {
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
