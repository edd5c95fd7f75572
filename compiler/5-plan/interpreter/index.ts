/**
 * The reference interpreter: what a plan means, written to be read. One request in, one whole answer out; no streaming, no
 * sockets, no timers. `vgw test` and `vgw why` run it, and the corpus holds the compiled bundle against it.
 */
import { faults } from "../../../runtime/model/dialects.ts";
import { canonicalPath, isQuery } from "../../../runtime/http/path.ts";
import type { Failure } from "../../../runtime/failure.ts";
import type { Verifier } from "../../../runtime/identity/index.ts";
import type { Expr, Plan, RoutePlan, Step } from "../plan.ts";
import { trustedProxies } from "./call.ts";
import { clientOf } from "./client.ts";
import type { Context, Ending, Loaded } from "./context.ts";
import { failed, gatewayError } from "./ending.ts";
import { readEnvironment } from "./environment.ts";
import { evaluate } from "./expression.ts";
import { applyChanges, firstHeader } from "./headers.ts";
import { allowHeader, hostMatches, matchPath, methodMatches } from "./match.ts";
import { Scope } from "./scope.ts";
import { Machine } from "./step.ts";
import type { CandidateEntry, TraceEntry } from "./trace.ts";
import type { InterpretedAnswer, InterpretedRequest, World } from "./world.ts";

export { renderTrace } from "./render.ts";
export type { TraceEntry } from "./trace.ts";
export { sentVerifier } from "./identify.ts";
export type {
  IncomingAnswer,
  InterpretedAnswer,
  InterpretedRequest,
  OutgoingRequest,
  SentCaller,
  World,
} from "./world.ts";

export interface Interpreter {
  answer(request: InterpretedRequest, world: World): Promise<InterpretedAnswer>;
  /** The value of an expression that belongs to no route, behind its steps; or why it has none. `slots` are known values. */
  evaluate(
    steps: readonly Step[],
    value: Expr,
    slots: ReadonlyMap<string, unknown>,
    world: World,
  ): Promise<unknown | Failure>;
}

/** Throws a `StartError` where the environment is incomplete. */
export function createInterpreter(
  plan: Plan,
  environment: { readonly [name: string]: string | undefined },
): Interpreter {
  const functions = new Map(plan.functions.map((one) => [one.name, one]));
  const program = {
    plan,
    functions,
    environment: readEnvironment(plan, environment),
    identities: new Map<string, Verifier>(),
    limits: new Map<string, bigint>(),
    spent: new Map<string, bigint>(),
    places: new Map(),
  };
  return {
    answer: async (request, world) => {
      const context = newContext(program, request, world);
      try {
        return await answer(context);
      } finally {
        for (const giveBack of context.held.values()) giveBack();
      }
    },
    evaluate: async (steps, value, slots, world) => {
      const context = newContext(program, NO_REQUEST, world);
      const scope = new Scope(null, slots);
      const outcome = await new Machine(context).run(steps, scope);
      return outcome.kind === "failed" ? outcome.failure : evaluate(value, scope, context);
    },
  };
}

const NO_REQUEST: InterpretedRequest = {
  method: "GET",
  target: "/",
  host: "",
  headers: [],
  body: new Uint8Array(),
  address: "127.0.0.1",
  secure: false,
};

/** Constants are worked out anew for each request, each seeing those before it: slow, and the same as once. */
function newContext(program: Omit<Loaded, "constants">, request: InterpretedRequest, world: World): Context {
  const question = request.target.indexOf("?");
  const constants = new Map<string, unknown>();
  const context: Context = {
    ...program,
    constants,
    world,
    request,
    client: clientOf(request, trustedProxies(program)),
    id: firstHeader(request.headers, "traceparent")?.split("-")[1] ?? "0".repeat(31).concat("1"),
    path: canonicalPath(question < 0 ? request.target : request.target.slice(0, question)),
    query: question < 0 ? "" : request.target.slice(question + 1),
    bodyLimit: 0,
    deadline: null,
    faults: null,
    held: new Map(),
    heldTo: [],
    requestChanges: [],
    responseChanges: [],
    responseStatus: null,
    upstream: null,
    failure: null,
    trace: [],
  };
  for (const { name, value } of program.plan.constants) constants.set(name, evaluate(value, new Scope(null), context));
  return context;
}

async function answer(context: Context): Promise<InterpretedAnswer> {
  if (context.path === null || !isQuery(context.query)) return finish(gatewayError("target-malformed"), null, context);
  const chosen = choose(context);
  if (!("route" in chosen)) return finish(chosen, null, context);
  const { route, scope } = chosen;
  context.bodyLimit = route.bodyLimit;
  context.deadline = route.deadline;
  context.faults = route.faults === null ? null : faults[route.faults];
  const outcome = await new Machine(context).run(route.steps, scope);
  switch (outcome.kind) {
    case "ended":
      return finish(outcome.ending, route, context);
    case "failed": {
      const { kind, detail, problems } = outcome.failure;
      context.trace.push({
        entry: "failure",
        origin: outcome.origin,
        kind,
        detail,
        problems: problems ?? [],
        handled: false,
      });
      return finish(outcome.ending ?? failed(outcome.failure, outcome.origin, context.faults), route, context);
    }
    case "next":
      throw new Error(`the route ${route.name} ends without an answer`);
  }
}

/** The first route that fits in every respect, or the gateway's own answer. */
function choose(context: Context): { route: RoutePlan; scope: Scope } | Ending {
  const { request, trace } = context;
  const samePath: RoutePlan[] = [];
  let methodFits = false;
  for (const route of context.plan.routes) {
    const note = (verdict: CandidateEntry["verdict"]): void => {
      trace.push({ entry: "candidate", route: route.name, origin: route.origin, verdict });
    };
    if (!hostMatches(route, request.host)) {
      note("host");
      continue;
    }
    const values = matchPath(route, context.path ?? "");
    if (values === null) {
      note("path");
      continue;
    }
    samePath.push(route);
    if (!methodMatches(route, request.method)) {
      note("method");
      continue;
    }
    methodFits = true;
    const scope = new Scope(null, values);
    if (route.guard !== null && evaluate(route.guard, scope, context) !== true) {
      note("guard");
      continue;
    }
    note("matched");
    return { route, scope };
  }
  if (samePath.length > 0 && !methodFits) return gatewayError("method-not-allowed", ["allow", allowHeader(samePath)]);
  return gatewayError("not-found");
}

/** Applies what `set response.…` asked for, and takes the body off where HTTP has none (RFC 9110 §6.4.1). */
function finish(ending: Ending, route: RoutePlan | null, context: Context): InterpretedAnswer {
  const status = context.responseStatus ?? ending.status;
  const bodiless = context.request.method === "HEAD" || status === 204 || status === 304;
  // What an upstream sent has its own; HEAD of our own answers says what GET would send (RFC 9110 §8.6).
  const own = context.upstream === null || ending.reason !== "";
  const isHead = context.request.method === "HEAD" && status !== 204 && status !== 304;
  const length = own && isHead ? ["content-length", String(ending.body.length)] : [];
  const trace: TraceEntry[] = [
    ...context.trace,
    { entry: "end", origin: ending.origin, status, reason: ending.reason },
  ];
  return {
    status,
    headers: [...applyChanges(ending.headers, context.responseChanges), ...length],
    body: bodiless ? new Uint8Array() : ending.body,
    route: route?.name ?? "",
    reason: ending.reason,
    trace,
  };
}
