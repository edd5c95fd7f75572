/**
 * One request to a model from its body to the end of its answer: read, asked of one model after another until one answers, and handed to the client,
 * whole or as a stream.
 *
 * Until the first content nothing is sent, so a failure can become another model's answer or a status of its own; behind it, it becomes an error
 * within the stream, in the client's dialect. Longer than other files because its phases are one machine: the client, budgets that answer late and
 * several models at once may each meet any of them.
 */
import { performance } from "node:perf_hooks";
import type { ModelOptions } from "../../abi.ts";
import { doBefore } from "../../end-of-turn.ts";
import type { Pieces } from "../../pieces.ts";
import type { Failure } from "../../failure.ts";
import type { CostNote, Exchange, Headers, ModelNote } from "../../http/exchange.ts";
import { timedOut } from "../../upstream/failures.ts";
import type { ModelAnswer, ModelEvent } from "../canonical/answer.ts";
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import { OpenCall } from "../money/accounts.ts";
import type { AnswerContext, ClientDialect, ProviderRequest, WrittenBody } from "../dialect/dialect.ts";
import { Asked, type Asker } from "./asked.ts";
import { ClientStream } from "./client-stream.ts";
import { costHeaders, costText, quoted } from "./cost-headers.ts";
import type { Choice, Order } from "./choose.ts";
import { type HeldBudget, Purse } from "./purse.ts";
import { type Opening, openCall } from "./spending.ts";
import type { Skipped } from "./fits.ts";
import { errorOf } from "./failures.ts";
import type { EngineParts } from "./parts.ts";
import { Race } from "./race.ts";
import { readModelRequest } from "./request.ts";
import { Serving, type Settle, type WrittenError } from "./serving.ts";
import { Splice } from "./splice.ts";
import type { Target } from "./target.ts";
import type { RequestBytes } from "../wire/request-bytes.ts";

const NO_HEADERS: Headers = [];
const NOBODY: readonly Skipped[] = [];
const JSON_HEADERS: Headers = ["content-type", "application/json"];

/** "request": its body is coming; "asked": a model has it; "streaming": the client gets content; "over": it has all that it will get. */
type Phase = "request" | "asked" | "streaming" | "over";

/** What one model is asked. */
interface Question {
  readonly target: Target;
  readonly asked: ModelRequest;
  /** `written` is the client's own bytes. */
  readonly passed: boolean;
  readonly written: ProviderRequest<WrittenBody>;
}

export class Answering extends Serving<ModelOptions> implements Asker {
  #phase: Phase = "request";
  #client: ClientDialect;
  #request: ModelRequest | null = null;
  /** What `#request` was read from; null: these bytes do not say it. */
  #source: RequestBytes | null = null;
  /** Whose models are asked: what the client asked for, or what stands in for it. */
  #choosing: Choice;
  /** Most tokens of one answer; null: as the model and the client say. */
  #limit: number | null;
  /** Null until a call is counted. */
  #purse: Purse | null = null;
  /** Null until the request has been read. */
  #order: Order | null = null;
  /** The index of the one that is asked next. */
  #next = 0;
  /** So many of those that were chosen from were tried. */
  #visited = Number.POSITIVE_INFINITY;
  #asked: Asked | null = null;
  #stream: ClientStream | null = null;
  /** Only where another model may go on with a stream that broke. */
  #splice: Splice | null = null;
  #fallbacks = 0;
  /** Somebody has been asked. */
  #sent = false;
  /** Only where others may be asked beside one that takes its time. */
  #race: Race | null = null;
  #skipped: readonly Skipped[] = NOBODY;

  constructor(choice: Choice, parts: EngineParts, exchange: Exchange, options: ModelOptions, settle: Settle | null) {
    super(choice, parts, exchange, options, settle);
    this.#choosing = choice;
    this.#limit = choice.limit;
    this.#client = options.client;
  }

  // ------------------------------------------------------------ Serving: from the client

  protected override get awaitsBody(): boolean {
    return this.#phase === "request";
  }

  protected override read(body: Pieces): void {
    const read = readModelRequest(this.options.client, this.exchange, body, this.options.prompt);
    if ("class" in read) {
      this.give(read, "invalid-input");
      return;
    }
    this.#request = read.request;
    this.#source = read.altered ? null : read.bytes;
    this.#client = read.client;
    const order = this.choice.order(read.request, this.parts.random, this.options.sticky ?? null);
    for (const { model, reason } of order.skipped) this.#skip(model, reason);
    if ("class" in order) {
      const why = order.skipped.map(({ model, reason }) => `${model}: ${reason}`).join(", ");
      this.give(order, why === "" ? order.code : `nobody fits (${why})`);
      return;
    }
    this.#order = order;
    const { hedging } = this.choice;
    if (hedging !== null && read.request.stream && order.targets.length > 1) {
      hedging.deposit();
      this.#race = new Race(hedging, () => this.#ask(null));
    }
    this.#ask(null);
  }

  // ------------------------------------------------------------ asking

  /** Asks the next model that can be asked at all. `before`: what went wrong with the one before it. */
  #ask(before: ModelError | null): void {
    let problem = before;
    const request = this.#request!;
    const { targets, chosen } = this.#order!;
    while (this.#next < targets.length) {
      const index = this.#next++;
      const target = targets[index]!;
      // One of those that were chosen from, which was tried as such.
      if (index >= chosen && targets.indexOf(target) < Math.min(chosen, this.#visited)) continue;
      if (index > 0 && !this.#races) this.#fallbacks++;
      const capped = target.capped(request, this.#limit);
      // Only set once a stream has begun.
      const splice = this.#splice;
      const asked = splice === null ? capped : splice.request(capped, target.prefills);
      const passed = splice !== null ? null : target.pass(this.#source, this.#client.name, asked);
      const written = passed ?? target.write(asked);
      if ("class" in written) {
        // Another one may be able to say it.
        this.#skip(target.name, "dialect");
        problem ??= written;
        continue;
      }
      const question: Question = { target, asked, passed: passed !== null, written };
      const call = this.#open(target, asked, written.body);
      if (call instanceof Promise) {
        // Nobody is asked while budgets that are counted elsewhere are.
        this.#asked = null;
        const race = this.#race;
        race?.waits();
        void call.then((opening) => {
          race?.waited();
          // Another one has won meanwhile.
          if (race?.over === true && splice === null) unused(opening);
          else this.#opened(opening, question, problem);
        });
        return;
      }
      const missed = this.#sendIf(call, question, problem);
      if (missed === null) return;
      problem = missed;
    }
    if (this.#races) return;
    this.give(problem ?? errorOf(timedOut(this.choice.name)), problem?.class === "auth" ? problem.code : null);
  }

  /** Budgets that are counted elsewhere have answered. */
  #opened(call: Opening, question: Question, before: ModelError | null): void {
    if (this.#phase === "over") {
      // The client has left meanwhile.
      unused(call);
      return;
    }
    const missed = this.#sendIf(call, question, before);
    if (missed !== null) this.#ask(missed);
  }

  /** Sends the request where its call could be opened; else the problem with which the next one is asked. null: somebody is being asked. */
  #sendIf(call: Opening, question: Question, before: ModelError | null): ModelError | null {
    const { target, asked, passed, written } = question;
    if (call !== null && "held" in call) {
      const problem = before ?? call.error;
      // Whoever is asked instead would be asked beside the one that runs.
      if (this.#races || !this.#giveWay(call.held)) return problem;
      this.#ask(problem);
      return null;
    }
    // Another one may cost less.
    if (call !== null && "class" in call) {
      this.#skip(target.name, "budget");
      return before ?? call;
    }
    const splice = this.#splice;
    if (splice === null) this.#phase = "asked";
    const one = new Asked(target, asked, passed, call, this);
    // What another model may have to go on with is written here from its first event.
    if (passed && splice === null && this.choice.broken === null && this.#client.rewrites !== true)
      one.passedAs = this.#name;
    one.fallbacks = this.#fallbacks;
    one.by = this.#next > this.#order!.chosen || this.#fallbacks > 0 ? "fallback" : this.#order!.by;
    if (splice !== null) one.continuations = splice.breaks;
    if (this.#races) one.by = "hedge";
    this.#asked = one;
    if (this.#race?.over === false) this.#race.started(one);
    const first = !this.#sent;
    this.#sent = true;
    one.send(this.exchange, written, this.deadline);
    // Behind the client's own request, and only where somebody may answer it.
    if (first) this.choice.shadowing?.offer(this.#request!, this.choice.limit, this.exchange, this.exchange.route);
    return null;
  }

  #open(target: Target, asked: ModelRequest, body: WrittenBody): Opening | Promise<Opening> {
    const waiting = target.ready();
    if (waiting !== null) return waiting.then((problem) => problem ?? this.#openNow(target, asked, body));
    return this.#openNow(target, asked, body);
  }

  #openNow(target: Target, asked: ModelRequest, body: WrittenBody): Opening | Promise<Opening> {
    const { accounts } = this.parts;
    if (accounts === undefined) return null;
    this.#purse ??= new Purse(this.choice, this.exchange.spending);
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    const charges = this.#purse.charges(target);
    return openCall(accounts, charges, target, asked, length, this.exchange.route, this.parts.now(), true);
  }

  /** A budget is used up: whether another model is asked next, in its stead. */
  #giveWay(held: HeldBudget): boolean {
    const instead = this.#purse?.giveWay(held) ?? null;
    if (instead === null) return false;
    const order = instead.order(this.#request!, this.parts.random, this.options.sticky ?? null);
    if ("class" in order) return false;
    // What the client asked for is as long as it was at most.
    const { limit } = instead;
    if (limit !== null) this.#limit = this.#limit === null ? limit : Math.min(limit, this.#limit);
    this.#choosing = instead;
    this.#order = order;
    this.#next = 0;
    this.#visited = Number.POSITIVE_INFINITY;
    this.#fallbacks++;
    return true;
  }

  /** Whether others are being asked already, for whom this one is a hedge. */
  get #races(): boolean {
    return this.#race?.runs === true;
  }

  // ------------------------------------------------------------ Asker: from the models

  /** Another one, or its error to the client. */
  missed(asked: Asked, problem: ModelError): void {
    if (asked.detail !== "") this.exchange.detail = asked.detail;
    this.#count(asked, problem.class);
    if (this.#race?.left(asked) === true) return;
    if (this.#movesOn(problem)) this.#ask(problem);
    else this.give(problem, `${asked.target.name}: ${problem.class}${problem.code === "" ? "" : ` (${problem.code})`}`);
  }

  /** Whether another one is asked. */
  #movesOn(problem: ModelError): boolean {
    const deadline = this.deadline;
    if (deadline !== null && performance.now() >= deadline) return false;
    const { targets, chosen } = this.#order!;
    // The others that were chosen from stand in for one that cannot be asked, and for none that has failed.
    if (this.#next < chosen) {
      this.#visited = this.#next;
      this.#next = chosen;
    }
    return this.#next < targets.length && this.#choosing.movesOn(problem.class);
  }

  answered(asked: Asked, answer: ModelAnswer, body: Uint8Array): void {
    const { dialect } = asked.target;
    const passed =
      asked.passed && answer.uncounted !== true ? (dialect.pass?.answer(body, answer.model, this.#name) ?? null) : null;
    const text = passed ?? this.#client.writeAnswer(answer, this.#context());
    this.#count(asked, "answered");
    const told = this.#headers(asked);
    this.exchange.respond(200, told.length === 0 ? JSON_HEADERS : [...JSON_HEADERS, ...told], text);
    this.finish(null);
  }

  told(asked: Asked, events: readonly ModelEvent[]): void {
    if (this.#race?.over === false) this.#won(this.#race, asked);
    const stream = this.#stream ?? this.#begin();
    const last = events[events.length - 1];
    if (last === undefined) stream.write(events, asked);
    else if (this.#splice !== null) this.#told(this.#splice, stream, asked, events, last);
    else {
      if (last.type === "end") {
        this.#close(stream, asked, events);
        return;
      }
      stream.write(events, asked);
      if (last.type === "error") this.#ended(asked, last.error);
    }
  }

  /** Where the stream breaks, the next model goes on if it can. */
  #told(splice: Splice, stream: ClientStream, asked: Asked, events: readonly ModelEvent[], last: ModelEvent): void {
    const failed = last.type === "error" ? last : null;
    const passed = splice.pass(failed === null ? events : events.slice(0, -1));
    if (last.type === "end") {
      this.#close(stream, asked, passed);
      return;
    }
    stream.write(passed, asked);
    if (failed === null) return;
    const joint = this.#movesOn(failed.error) ? splice.broke(asked.usage, this.#request!) : null;
    if (joint === null) {
      stream.write([failed], asked);
      this.#ended(asked, failed.error);
      return;
    }
    if (asked.detail !== "") this.exchange.detail = asked.detail;
    this.#count(asked, failed.error.class);
    stream.continued();
    stream.write(joint, asked);
    this.#ask(failed.error);
  }

  /** Of those who were asked, it has content first. */
  #won(race: Race, asked: Asked): void {
    for (const loser of race.won(asked)) {
      loser.abandon();
      this.#count(loser, "outrun");
      // It took longer than this; of those that were asked later nobody knows.
      if (loser.at < asked.at) loser.target.speed?.answered(true, performance.now() - loser.at, 0, 0);
    }
    this.#asked = asked;
  }

  #begin(): ClientStream {
    this.#phase = "streaming";
    const stream = new ClientStream(this.exchange, this.#client, this.#context(), this.#headers(null));
    this.#stream = stream;
    const { broken } = this.choice;
    if (broken !== null) this.#splice = new Splice(broken.saying);
    return stream;
  }

  /** The last events of a stream that came to its end; what it cost stands before it, where clients read over it. */
  #close(stream: ClientStream, asked: Asked, events: readonly ModelEvent[]): void {
    if (this.choice.tellsCost && takesComments(this.#client)) {
      // What is passed as it is has its end in the same bytes.
      if (!asked.passes) stream.write(events.slice(0, -1), asked);
      this.#count(asked, "answered");
      const cost = this.exchange.modelNote?.cost;
      doBefore();
      if (cost !== undefined) stream.comment(`model-cost: ${costText(cost)}`);
      stream.write(events.slice(-1), asked);
    } else {
      this.#count(asked, "answered");
      doBefore();
      stream.write(events, asked);
    }
    this.#ended(asked, null);
  }

  /** The client has all that it will get. */
  #ended(asked: Asked, problem: ModelError | null): void {
    const exchange = this.exchange;
    if (asked.detail !== "") exchange.detail = asked.detail;
    if (problem !== null) this.#count(asked, problem.class);
    if (problem !== null) exchange.reason = `model-${problem.class}`;
    exchange.end([]);
    this.finish(null);
  }

  // ------------------------------------------------------------ endings

  /** Of an answer: what the client is told of its budgets; `asked`: whoever gave it, where it is whole. */
  #headers(asked: Asked | null): Headers {
    const degraded = this.#purse?.degradedBy ?? null;
    const note = asked !== null && this.choice.tellsCost ? this.exchange.modelNote : null;
    if (degraded === null && note === null) return NO_HEADERS;
    const headers: Headers = degraded === null ? [] : ["model-degraded", degradedText(this.#choosing.name, degraded)];
    if (note !== null && asked !== null) headers.push(...costHeaders(note, asked.remaining, this.parts.now()));
    return headers;
  }

  /** As the client knows the model. */
  get #name(): string {
    return this.#order?.model ?? this.choice.name;
  }

  /** It cannot be asked, so another one is. */
  #skip(model: string, reason: Skipped["reason"]): void {
    this.#skipped = [...this.#skipped, { model, reason }];
    this.parts.counters.skipped(model, reason);
  }

  #context(): AnswerContext {
    return {
      request: this.#request!,
      model: this.#name,
      created: Math.floor(this.parts.now() / 1000),
      random: this.parts.identifier,
    };
  }

  protected override give(problem: ModelError, detail: string | null): void {
    if (this.#stream === null) {
      this.#phase = "over";
      super.give(problem, detail);
      return;
    }
    // The one that was to go on did not.
    this.#stream.write([{ type: "error", error: problem }], null);
    this.exchange.reason = `model-${problem.class}`;
    this.exchange.end([]);
    this.finish(null);
  }

  protected override writeError(problem: ModelError): WrittenError {
    return this.#client.writeError(problem);
  }

  protected override clientLeft(): void {
    if (this.#phase === "over") return;
    const racing = this.#race?.over === false;
    const left = racing ? this.#race!.end() : this.#asked === null ? [] : [this.#asked];
    for (const asked of left) {
      asked.abandon();
      this.#count(asked, "left");
    }
    this.finish(null);
  }

  /** What a model that was asked gave, for the accounts, metrics and log. */
  #count(asked: Asked, outcome: ModelNote["outcome"]): void {
    const splice = this.#splice;
    asked.skipped = this.#skipped;
    const note = asked.over(outcome);
    this.parts.counters.count(note, asked.operation, performance.now() - asked.at);
    // What the request used is what all used that the client has words of.
    const counted = this.exchange.modelNote?.cost;
    const told = splice === null || asked.continuations === 0 ? note : { ...note, usage: splice.sum(note.usage) };
    // What it cost is what all of them cost.
    this.exchange.modelNote =
      counted === undefined || counted.amount === 0n ? told : { ...told, cost: sumOf(counted, note.cost) };
  }

  protected override finish(result: Failure | null): void {
    this.#phase = "over";
    this.#stream?.release();
    this.#race?.end();
    super.finish(result);
  }
}

/** Nothing is sent for it. */
function unused(call: Opening): void {
  if (call instanceof OpenCall) call.settle({ kind: "nothing" });
}

function sumOf(one: CostNote, other: CostNote | undefined): CostNote {
  if (other === undefined || other.currency !== one.currency) return one;
  const amount = one.amount + other.amount;
  const both = { amount, currency: one.currency, exact: one.exact && other.exact };
  return one.estimated || other.estimated ? { ...both, estimated: true } : both;
}

/** Who stands in, and for which budget, as an item with a parameter (RFC 8941). */
function degradedText(instead: string, budget: string): string {
  return `${instead};budget=${quoted(budget)}`;
}

/** Google's clients take a comment for a broken event. */
function takesComments({ name, streamMediaType }: ClientDialect): boolean {
  return name !== "gemini" && streamMediaType.startsWith("text/event-stream");
}
