/**
 * One operation from its body to its answer: read, asked of one model after another until one answers, and answered in the client's dialect. What a provider takes
 * in pieces is asked for in pieces, a few at a time. A plain relation of `Answering`: an operation has one answer, and never a stream.
 */
import { performance } from "node:perf_hooks";
import type { OperationOptions, SystemPrompt } from "../../abi.ts";
import type { Pieces } from "../../pieces.ts";
import type { Failure } from "../../failure.ts";
import type { Exchange, Headers, ModelNote } from "../../http/exchange.ts";
import { timedOut } from "../../upstream/failures.ts";
import { utf8FromBytes } from "../../value/index.ts";
import type { ModelError } from "../canonical/error.ts";
import { EMPTY_REQUEST } from "../canonical/request.ts";
import type { Usage } from "../canonical/usage.ts";
import { parseJson } from "../dialect/fields.ts";
import { OpenCall } from "../money/accounts.ts";
import { type Asking, isAsking, isJob, type Job, type Operation, type ProviderAnswer } from "../operation/operation.ts";
import type { Choice, Order } from "./choose.ts";
import { costHeaders, noteOf } from "./cost-headers.ts";
import { error, errorOf, refused } from "./failures.ts";
import { ModelSpan } from "./model-span.ts";
import type { EngineParts } from "./parts.ts";
import { Piece } from "./piece.ts";
import { operationOf } from "./provider-name.ts";
import { Purse } from "./purse.ts";
import { Serving, type Settle, type WrittenError } from "./serving.ts";
import { type Opening, openCall } from "./spending.ts";
import { withSystemPrompt } from "./system-prompt.ts";
import type { Target } from "./target.ts";

/** Pieces of one question that are asked for at a time. */
const AT_ONCE = 4;
const JSON_HEADERS: Headers = ["content-type", "application/json"];

/** What is asked of one model. */
interface Round {
  readonly target: Target;
  readonly asking: Asking;
  readonly call: OpenCall | null;
  readonly answers: (ProviderAnswer | null)[];
  readonly pieces: Set<Piece>;
  /** The next piece that is asked for. */
  next: number;
  left: number;
  /** Something has been sent, and may have been worked on. */
  sent: boolean;
  /** `performance.now()` */
  readonly at: number;
  /** null: the exchange is not recorded. */
  readonly span: ModelSpan | null;
}

/** As OpenTelemetry's conventions name them, where they do. */
const OPERATIONS: { readonly [name in Operation["name"]]: string } = {
  embeddings: "embeddings",
  moderations: "moderation",
  "count-tokens": "count_tokens",
};

export class Operating extends Serving<OperationOptions> {
  readonly #operation: Operation;
  #reading = true;
  #over = false;
  #job: Job | null = null;
  #order: Order | null = null;
  #next = 0;
  #fallbacks = 0;
  #round: Round | null = null;

  constructor(
    choice: Choice,
    parts: EngineParts,
    exchange: Exchange,
    options: OperationOptions,
    settle: Settle | null,
  ) {
    super(choice, parts, exchange, options, settle);
    this.#operation = options.operation;
  }

  // ------------------------------------------------------------ Serving: from the client

  protected override get awaitsBody(): boolean {
    return this.#reading;
  }

  protected override read(body: Pieces): void {
    this.#reading = false;
    const job = readJob(this.#operation, body.whole, this.exchange.path, this.options.prompt);
    if ("class" in job) {
      this.give(job, "invalid-input");
      return;
    }
    this.#job = job;
    const order = this.choice.order(EMPTY_REQUEST, this.parts.random, null);
    if ("class" in order) {
      this.give(order, `${this.choice.name}: nobody fits`);
      return;
    }
    this.#order = order;
    this.#ask(null);
  }

  // ------------------------------------------------------------ asking

  /** Asks the next model that can be asked at all. */
  #ask(before: ModelError | null): void {
    let problem = before;
    const { targets } = this.#order!;
    while (this.#next < targets.length) {
      const index = this.#next++;
      const target = targets[index]!;
      if (targets.indexOf(target) < index) continue;
      if (index > 0) this.#fallbacks++;
      const asking = this.#job!.ask(target.configuration.dialect, target.provider);
      if (!isAsking(asking)) {
        problem ??= refused(asking);
        continue;
      }
      const call = this.#open(target, asking);
      if (call instanceof Promise) {
        void call.then((opening) => this.#opened(opening, target, asking, problem));
        return;
      }
      const missed = this.#sendIf(call, target, asking, problem);
      if (missed === null) return;
      problem = missed;
    }
    this.give(problem ?? errorOf(timedOut(this.choice.name)), problem?.class === "auth" ? problem.code : null);
  }

  /** Budgets that are counted elsewhere have answered. */
  #opened(call: Opening, target: Target, asking: Asking, before: ModelError | null): void {
    if (this.#over) {
      // The client has left meanwhile.
      if (call instanceof OpenCall) call.settle({ kind: "nothing" });
      return;
    }
    const missed = this.#sendIf(call, target, asking, before);
    if (missed !== null) this.#ask(missed);
  }

  /** Sends what is asked where its call could be opened; else the problem with which the next one is asked. null: somebody is being asked. */
  #sendIf(call: Opening, target: Target, asking: Asking, before: ModelError | null): ModelError | null {
    // Another model's answer would not be one to the same question: nobody stands in where a budget is used up.
    if (call !== null && "held" in call) return before ?? call.error;
    if (call !== null && "class" in call) return before ?? call;
    const { length } = asking.requests;
    const { recording } = this.exchange;
    const round: Round = {
      target,
      asking,
      call,
      answers: new Array<ProviderAnswer | null>(length).fill(null),
      pieces: new Set(),
      next: 0,
      left: length,
      sent: false,
      at: performance.now(),
      span:
        recording === null
          ? null
          : new ModelSpan(recording, target.configuration, OPERATIONS[this.#operation.name], null),
    };
    this.#round = round;
    for (let at = 0; at < AT_ONCE && this.#round === round; at++) this.#send(round);
    return null;
  }

  #open(target: Target, asking: Asking): Opening | Promise<Opening> {
    const waiting = target.ready();
    if (waiting !== null) return waiting.then((problem) => problem ?? this.#openNow(target, asking));
    return this.#openNow(target, asking);
  }

  #openNow(target: Target, asking: Asking): Opening | Promise<Opening> {
    const { accounts } = this.parts;
    if (accounts === undefined || !this.#operation.priced) return null;
    let length = 0;
    for (const { body } of asking.requests) length += typeof body === "string" ? Buffer.byteLength(body) : body.length;
    const asked = { ...EMPTY_REQUEST, maxOutput: 0 };
    const charges = new Purse(this.choice, this.exchange.spending).charges(target);
    return openCall(accounts, charges, target, asked, length, this.exchange.route, this.parts.now());
  }

  #send(round: Round): void {
    const index = round.next;
    const request = round.asking.requests[index];
    if (request === undefined) return;
    round.next++;
    const piece = new Piece(round.target, (answer) => this.#heard(round, piece, index, answer));
    round.pieces.add(piece);
    piece.send(this.exchange, request, this.deadline, round.span);
  }

  #heard(round: Round, piece: Piece, index: number, answer: ProviderAnswer | ModelError): void {
    round.pieces.delete(piece);
    if (this.#round !== round) return;
    round.sent ||= !piece.unused;
    if ("class" in answer) {
      if (piece.detail !== "") this.exchange.detail = piece.detail;
      this.#missed(round, answer);
      return;
    }
    round.answers[index] = answer;
    if (--round.left > 0) {
      this.#send(round);
      return;
    }
    const answers = round.answers.filter((one) => one !== null);
    const result = round.asking.answer(answers, this.choice.name);
    if ("class" in result) {
      this.#missed(round, result);
      return;
    }
    this.#round = null;
    const note = this.#count(round, "answered", result.usage);
    const told = this.choice.tellsCost ? costHeaders(note, round.call?.remaining ?? [], this.parts.now()) : [];
    this.exchange.respond(200, [...JSON_HEADERS, ...told], result.body);
    this.finish(null);
  }

  /** Another one, or its error to the client. */
  #missed(round: Round, problem: ModelError): void {
    this.#drop(round);
    this.#count(round, problem.class, null);
    const { deadline } = this;
    const late = deadline !== null && performance.now() >= deadline;
    if (!late && this.#next < this.#order!.targets.length && this.choice.movesOn(problem.class)) this.#ask(problem);
    else this.give(problem, `${round.target.name}: ${problem.class}${problem.code === "" ? "" : ` (${problem.code})`}`);
  }

  /** The other pieces are not wanted any more. */
  #drop(round: Round): void {
    this.#round = null;
    for (const piece of round.pieces) {
      round.sent = true;
      piece.abandon();
    }
  }

  // ------------------------------------------------------------ endings

  #count(round: Round, outcome: ModelNote["outcome"], usage: Usage | null): ModelNote {
    const settled = round.call?.settle(
      outcome === "answered" && usage !== null
        ? { kind: "usage", usage }
        : { kind: round.sent ? "unknown" : "nothing" },
    );
    const cost = settled && noteOf(settled);
    const note: ModelNote = {
      model: round.target.name,
      usage,
      outcome,
      fallbacks: this.#fallbacks,
      continuations: 0,
      firstToken: null,
      ...(cost && { cost }),
    };
    this.exchange.modelNote = note;
    round.span?.end(note);
    const operation = operationOf(round.target.configuration, OPERATIONS[this.#operation.name]);
    this.parts.counters.count(note, operation, performance.now() - round.at);
    return note;
  }

  protected override writeError(problem: ModelError): WrittenError {
    return this.#operation.writeError(problem);
  }

  protected override clientLeft(): void {
    if (this.#over) return;
    const round = this.#round;
    if (round !== null) {
      this.#drop(round);
      this.#count(round, "left", null);
    }
    this.finish(null);
  }

  protected override finish(result: Failure | null): void {
    this.#over = true;
    this.#reading = false;
    super.finish(result);
  }
}

/** Bytes to JSON to what is asked, or the error that the client gets. */
export function readJob(
  operation: Operation,
  bytes: Uint8Array,
  path: string,
  prompt?: SystemPrompt,
): Job | ModelError {
  const text = utf8FromBytes(bytes);
  const parsed = text === undefined ? null : parseJson(text);
  if (parsed === null) return error("client", 400, "The request's body is not JSON.");
  const read = operation.read(
    bytes,
    parsed.value,
    path,
    prompt === undefined ? undefined : (request, dialect) => withSystemPrompt(request, prompt, dialect),
  );
  if ("class" in read) return read;
  return isJob(read) ? read : refused(read);
}
