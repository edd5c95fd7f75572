/**
 * Steps, run one after the other as the plan has them. A failure ends the run and is handed outwards until an `attempt`
 * takes it; an ending step ends every run.
 */
import { Failure } from "../../../runtime/failure.ts";
import { jsonFromText, utf8FromBytes } from "../../../runtime/value/index.ts";
import type {
  AttemptStep,
  CallStep,
  DecodeStep,
  ForwardStep,
  GatherStep,
  ModelStep,
  Origin,
  SetStep,
  Slot,
  Step,
  TogetherStep,
} from "../plan.ts";
import { holdTo } from "./budget.ts";
import { callBuiltin } from "./builtin.ts";
import { type Answer, callRequest, forwardRequest, judge } from "./call.ts";
import { type Context, NEXT, type Outcome } from "./context.ts";
import { concurrency } from "./concurrency.ts";
import { writeCookie } from "./cookie.ts";
import { decodeValue } from "./decode.ts";
import { denied, passedOn, replied } from "./ending.ts";
import { evaluate } from "./expression.ts";
import { identify } from "./identify.ts";
import { limit } from "./limit.ts";
import { askModel } from "./model.ts";
import { divide } from "./operator.ts";
import { ABSENT, readInput, tooLarge } from "./read.ts";
import { Scope } from "./scope.ts";
import { jsonForm, show } from "./show.ts";
import { attempts } from "./retry.ts";
import { headerText, textOf } from "./value.ts";
import { agreed, handshakeOf, opened, withHandshake } from "./websocket.ts";
import type { IncomingAnswer } from "./world.ts";

/** Calls that a `together` has started and whose steps have not come yet. */
type Started = Map<CallStep, Promise<IncomingAnswer | Failure>>;

export class Machine {
  readonly #context: Context;
  readonly #started: Started = new Map();

  constructor(context: Context) {
    this.#context = context;
  }

  async run(steps: readonly Step[], scope: Scope): Promise<Outcome> {
    for (const step of steps) {
      const outcome = await this.#step(step, scope);
      if (outcome.kind !== "next") return outcome;
    }
    return NEXT;
  }

  async #step(step: Step, scope: Scope): Promise<Outcome> {
    const context = this.#context;
    switch (step.step) {
      case "compute":
        return this.#write(step, step.slot, evaluate(step.value, scope, context), scope);
      case "read": {
        const value = readInput(step, context);
        const given = value === ABSENT && step.default !== null ? evaluate(step.default, scope, context) : value;
        return this.#write(step, step.slot, given, scope);
      }
      case "call":
        return this.#call(step, scope);
      case "decode":
        return this.#write(step, step.slot, decodeFrom(step, evaluate(step.from, scope, context)), scope);
      case "divide": {
        const [left, right] = [evaluate(step.left, scope, context), evaluate(step.right, scope, context)];
        return this.#write(step, step.slot, divide(left, right, step.slot.type), scope);
      }
      case "convert": {
        const values = step.arguments.map((argument) => evaluate(argument, scope, context));
        return this.#write(step, step.slot, callBuiltin(step.builtin, step.arguments, values, context), scope);
      }
      case "together":
        return this.#together(step, scope);
      case "attempt":
        return this.#attempt(step, scope);
      case "fail":
        return this.#fail(step.origin, failureOf(step.kind));
      case "require": {
        const holds = evaluate(step.condition, scope, context) === true;
        this.#note(step, holds ? "holds" : "does not hold");
        return holds
          ? NEXT
          : this.#fail(step.origin, new Failure("refused", 403, "requirement-failed", "a requirement does not hold"));
      }
      case "limit": {
        const failure = limit(step, scope, context);
        this.#note(step, `${step.name}: ${failure === null ? "admitted" : "used up"}`);
        return failure === null ? NEXT : this.#fail(step.origin, failure);
      }
      case "concurrency": {
        const failure = await concurrency(step, scope, context);
        this.#note(step, `${step.name}: ${failure === null ? "inside" : "no room"}`);
        return failure === null ? NEXT : this.#fail(step.origin, failure);
      }
      case "budget":
        holdTo(step, scope, context);
        this.#note(step, step.budget);
        return NEXT;
      case "identify": {
        const caller = await identify(step, context);
        return this.#write(step, step.slot, caller, scope);
      }
      case "if": {
        const holds = evaluate(step.condition, scope, context) === true;
        this.#note(step, holds ? "holds" : "does not hold");
        return this.run(holds ? step.then : step.otherwise, scope);
      }
      case "gather":
        return this.#gather(step, scope);
      case "set":
        this.#set(step, scope);
        return NEXT;
      case "log": {
        const value = evaluate(step.value, scope, context);
        this.#note(step, show(value, step.value.type));
        context.world.log(step.level, jsonForm(value, step.value.type));
        return NEXT;
      }
      case "reply":
        this.#note(step, "");
        return { kind: "ended", ending: replied(step, scope, context) };
      case "deny":
        this.#note(step, "");
        return { kind: "ended", ending: denied(step, scope, context) };
      case "model":
        return this.#model(step, scope);
      case "forward":
        return this.#forward(step, scope);
    }
  }

  #note(step: Step, shown: string): void {
    this.#context.trace.push({ entry: "step", origin: step.origin, step: step.step, shown });
  }

  #fail(origin: Origin, failure: Failure): Outcome {
    return { kind: "failed", failure, origin };
  }

  #write(step: Step, slot: Slot, value: unknown, scope: Scope): Outcome {
    if (value instanceof Failure) return this.#fail(step.origin, value);
    scope.set(slot.name, value ?? undefined);
    this.#note(step, `${slot.name} = ${show(value, slot.type)}`);
    return NEXT;
  }

  async #attempt(step: AttemptStep, scope: Scope): Promise<Outcome> {
    const context = this.#context;
    const outcome = await this.run(step.steps, scope);
    if (outcome.kind !== "failed") return outcome;
    const { kind, detail, problems } = outcome.failure;
    context.trace.push({
      entry: "failure",
      origin: outcome.origin,
      kind,
      detail,
      problems: problems ?? [],
      handled: true,
    });
    const outer = context.failure;
    context.failure = outcome.failure;
    const handled = await this.run(step.otherwise, scope);
    context.failure = outer;
    return handled;
  }

  #start(step: CallStep, scope: Scope): Promise<IncomingAnswer | Failure> {
    const request = callRequest(step, scope, this.#context);
    if (request instanceof Failure) return Promise.resolve(request);
    return attempts(step.service, request, true, this.#context).then((answer) => {
      const outcome = "failure" in answer ? answer.failure : String(answer.status);
      const { origin, service } = step;
      this.#context.trace.push({
        entry: "call",
        origin,
        service,
        method: request.method,
        target: request.target,
        outcome,
      });
      return answer;
    });
  }

  async #call(step: CallStep, scope: Scope): Promise<Outcome> {
    const under = this.#started.get(step);
    this.#started.delete(step);
    const incoming = await (under ?? this.#start(step, scope));
    const answer = incoming instanceof Failure ? incoming : judge(incoming, step.service, false, step.absentOn404);
    if (answer instanceof Failure) return this.#fail(step.origin, answer);
    scope.set(step.slot.name, answer);
    return NEXT;
  }

  /** All first calls start before any is awaited; from there on it is as if the branches were written one after the other. */
  async #together(step: TogetherStep, scope: Scope): Promise<Outcome> {
    for (const branch of step.branches) {
      const first = firstCall(branch);
      if (first !== null) this.#started.set(first, this.#start(first, scope));
    }
    for (const branch of step.branches) {
      const outcome = await this.run(branch, scope);
      if (outcome.kind !== "next") return outcome;
    }
    return NEXT;
  }

  /** Each item has a scope and a machine of its own. Of several failures the one of the earliest item counts. */
  async #gather(step: GatherStep, scope: Scope): Promise<Outcome> {
    const list = evaluate(step.list, scope, this.#context);
    const items: readonly unknown[] = Array.isArray(list) ? list : [];
    const results: unknown[] = new Array(items.length);
    const outcomes: Outcome[] = [];
    let next = 0;
    let stopped = false;
    const work = async (): Promise<void> => {
      while (next < items.length && !stopped) {
        const index = next++;
        const inner = new Scope(scope, [[step.item.name, items[index]]]);
        const outcome = await new Machine(this.#context).run(step.steps, inner);
        if (outcome.kind === "next") results[index] = evaluate(step.result, inner, this.#context);
        else {
          outcomes[index] = outcome;
          stopped = true;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, step.atOnce) }, work));
    const bad = outcomes.find((outcome) => outcome !== undefined);
    return bad ?? this.#write(step, step.slot, results, scope);
  }

  #set(step: SetStep, scope: Scope): void {
    const context = this.#context;
    const given = step.value === null ? undefined : evaluate(step.value, scope, context);
    const value = given === undefined || given === null || step.value === null ? null : textOf(given, step.value.type);
    const { name } = step;
    const what = name === "" ? step.place : `${step.place} ${name}`;
    this.#note(step, step.value === null ? `${what} removed` : `${what} = ${show(given, step.value.type)}`);
    switch (step.place) {
      case "request.header":
        context.requestChanges.push({ place: "header", name, value: value === null ? null : headerText(value) });
        return;
      case "request.query":
        context.requestChanges.push({ place: "query", name, value });
        return;
      case "request.path":
        context.requestChanges.push({ place: "path", name, value });
        return;
      case "request.cookie":
        context.requestChanges.push({ place: "cookie", name, value });
        return;
      case "response.header":
        context.responseChanges.push({ kind: "set", name, value: value === null ? null : headerText(value) });
        return;
      case "response.cookie":
        context.responseChanges.push({ kind: "add", name: "set-cookie", value: writeCookie(name, value, step.cookie) });
        return;
      case "response.status":
        context.responseStatus = Number(given);
        return;
    }
  }

  /** What goes wrong is answered by itself, unless an `else` takes it. */
  async #model(step: ModelStep, scope: Scope): Promise<Outcome> {
    const { ending, failure } = await askModel(step, scope, this.#context);
    return failure === null ? { kind: "ended", ending } : { kind: "failed", failure, origin: step.origin, ending };
  }

  async #forward(step: ForwardStep, scope: Scope): Promise<Outcome> {
    const context = this.#context;
    const ordinary = forwardRequest(step, scope, context);
    if (ordinary instanceof Failure) return this.#fail(step.origin, ordinary);
    const handshake = handshakeOf(step, context.request);
    if (handshake instanceof Failure) return this.#fail(step.origin, handshake);
    if (step.body === null && context.request.body.length > context.bodyLimit)
      return this.#fail(step.origin, tooLarge());
    const request = handshake === null ? ordinary : withHandshake(ordinary, handshake);
    const incoming = await attempts(step.service, request, step.body !== null, context);
    const answer = judge(incoming, step.service, true, false);
    const { origin, service } = step;
    const outcome = answer instanceof Failure ? answer.kind : String(answer.status);
    context.trace.push({ entry: "call", origin, service, method: request.method, target: request.target, outcome });
    if (answer instanceof Failure) return this.#fail(step.origin, answer);
    const head = passedOn(answer, context);
    if (handshake !== null && answer.status === 101) {
      const fault = agreed(answer, handshake, service);
      if (fault !== null) return this.#fail(step.origin, fault);
      context.responseStatus = null;
      const headers = opened(head.headers, answer);
      return { kind: "ended", ending: { status: 101, headers, body: new Uint8Array(), reason: "", origin } };
    }
    context.upstream = head;
    const inner = await this.run(step.answer, scope);
    if (inner.kind !== "next") return inner;
    return { kind: "ended", ending: { ...head, body: answer.body, reason: "", origin } };
  }
}

/** Of a `fail` step: a value that is absent, or one that is out of its range. */
function failureOf(kind: Failure["kind"]): Failure {
  return kind === "invalid"
    ? new Failure(kind, 400, "invalid-value", "a value is out of its range")
    : new Failure(kind, 500, "absent-value", "a value that is needed is absent");
}

/** The call that a branch of a `together` starts with, perhaps inside attempts. */
export function firstCall(steps: readonly Step[]): CallStep | null {
  const [first] = steps;
  if (first?.step === "call") return first;
  return first?.step === "attempt" ? firstCall(first.steps) : null;
}

function decodeFrom(step: DecodeStep, from: unknown): unknown {
  let json = from;
  if (step.source === "answer") {
    const answer = from as Answer;
    if (step.absentOn404 && answer.status === 404) return undefined;
    const text = utf8FromBytes(answer.body);
    json = text === undefined ? undefined : jsonFromText(text);
  } else if (step.source === "string") json = jsonFromText(String(from));
  return decodeValue(json, step.slot.type);
}
