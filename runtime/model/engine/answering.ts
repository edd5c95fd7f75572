/**
 * One request to a model from its body to the end of its answer: read, asked of one model after another until one answers, and handed to the client,
 * whole or as a stream. A single object is the receiver of both sides, so that a request costs hardly a closure.
 *
 * Until the first content nothing is sent, so a failure can become another model's answer or a status of its own; behind it, it becomes an error
 * within the stream, in the client's dialect. Longer than other files because its phases are one machine: an event of either side may meet any of them.
 */
import { performance } from "node:perf_hooks";
import type { ModelOptions } from "../../abi.ts";
import { Failure } from "../../failure.ts";
import type { BodySink, Exchange, Headers, ModelNote } from "../../http/exchange.ts";
import type { ModelCounterSet } from "../../observe/model-counters.ts";
import { timedOut } from "../../upstream/failures.ts";
import type { StreamedAttempt, StreamReceiver } from "../../upstream/streamed.ts";
import { Timed, TimerWheel } from "../../upstream/timer-wheel.ts";
import type { ModelEvent } from "../canonical/answer.ts";
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { Accounts, OpenCall } from "../money/accounts.ts";
import type { AnswerContext, ClientDialect } from "../dialect/dialect.ts";
import { Asked } from "./asked.ts";
import { ClientStream } from "./client-stream.ts";
import { Gathered } from "./gathered.ts";
import type { Choice } from "./choose.ts";
import { openCall } from "./spending.ts";
import { errorOf, failureOf } from "./failures.ts";
import { eventsOf } from "./events-of.ts";
import { Holding, isContent } from "./holding.ts";
import { readModelRequest } from "./request.ts";
import type { Target } from "./target.ts";

export interface EngineParts {
  /** Left out: nothing that calls cost is counted. */
  readonly accounts?: Accounts | undefined;
  readonly counters: ModelCounterSet;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** So many letters and digits that nobody can guess. */
  readonly identifier: (length: number) => string;
}

/** The error of a provider is read up to so many bytes. */
const ERROR_LIMIT = 64 * 1024;
/** So much is read behind an answer that is complete, to keep its connection. */
const REST_LIMIT = 16 * 1024;
/** The route's deadline cuts whatever is under way; so long before it, in milliseconds, the client can still be told in its dialect. */
const LEAD = 25;

const JSON_HEADERS: Headers = ["content-type", "application/json"];

const limits = new TimerWheel();

/**
 * "request": its body is coming; "asked": no head yet; "error", "whole": a body is gathered; "held": events came, but no content;
 * "streaming": the client gets content; "rest": the client has its answer, the connection is kept; "over".
 */
type Phase = "request" | "asked" | "error" | "whole" | "held" | "streaming" | "rest" | "over";

export class Answering extends Timed implements BodySink, StreamReceiver {
  readonly #choice: Choice;
  readonly #parts: EngineParts;
  readonly #exchange: Exchange;
  readonly #options: ModelOptions;
  /** Null: nobody waits, and an error is answered here. */
  readonly #settle: ((result: Failure | null) => void) | null;
  #phase: Phase = "request";
  #body: Gathered;
  #client: ClientDialect;
  #request: ModelRequest | null = null;
  /** What `#request` was read from. */
  #source: Uint8Array | null = null;
  #targets: readonly Target[] = [];
  /** The index of the one that is asked next. */
  #next = 0;
  #asked: Asked | null = null;
  #attempt: StreamedAttempt | null = null;
  /** Within `stream`: a failure is told before there is an attempt. */
  #sending = false;
  #failedEarly: Failure | null = null;
  #holding = new Holding();
  #stream: ClientStream | null = null;
  #rest = 0;
  #fallbacks = 0;

  constructor(
    choice: Choice,
    parts: EngineParts,
    exchange: Exchange,
    options: ModelOptions,
    settle: ((result: Failure | null) => void) | null,
  ) {
    super();
    this.#choice = choice;
    this.#parts = parts;
    this.#exchange = exchange;
    this.#options = options;
    this.#settle = settle;
    this.#client = options.client;
    this.#body = new Gathered(options.bodyLimit);
  }

  start(): void {
    const exchange = this.#exchange;
    if (exchange.aborted) {
      this.#finish(null);
      return;
    }
    exchange.service = this.#choice.name;
    exchange.onAbort(() => this.#clientLeft());
    const { body } = this.#options;
    if (body !== null) this.#received(body.data);
    else if (exchange.body.length === 0) this.#received(new Uint8Array(0));
    else {
      exchange.body.limit = this.#options.bodyLimit;
      exchange.body.consume(this);
    }
  }

  // ------------------------------------------------------------ BodySink: from the client

  chunk(data: Uint8Array): void {
    if (this.#phase === "request") this.#body.keep(data);
  }

  end(): void {
    if (this.#phase !== "request") return;
    const bytes = this.#body.take();
    this.#received(bytes);
  }

  fail(reason: "too-large" | "aborted" | "malformed"): void {
    if (this.#phase !== "request") return;
    if (reason === "aborted") {
      this.#clientLeft();
      return;
    }
    const large = reason === "too-large";
    const text = large ? "The request's body is longer than allowed." : "The request's body did not arrive whole.";
    const code = large ? "body-too-large" : "body-malformed";
    this.#give(errorOf(new Failure("invalid", large ? 413 : 400, code, text)), code);
    this.#exchange.closeAfter();
  }

  #received(bytes: Uint8Array): void {
    const read = readModelRequest(this.#options.client, this.#exchange, bytes);
    if ("class" in read) {
      this.#give(read, "invalid-input");
      return;
    }
    this.#request = read.request;
    this.#source = bytes;
    this.#client = read.client;
    this.#targets = this.#choice.order(this.#parts.random);
    this.#ask(null);
  }

  // ------------------------------------------------------------ asking

  /** Asks the next model that can be asked at all. `before`: what went wrong with the one before it. */
  #ask(before: ModelError | null): void {
    let problem = before;
    const request = this.#request!;
    while (this.#next < this.#targets.length) {
      const target = this.#targets[this.#next++]!;
      if (this.#next > 1) this.#fallbacks++;
      const asked = target.capped(request, this.#choice.limit);
      const passed = target.pass(this.#source!, this.#client.name, asked);
      const written = passed ?? target.write(asked);
      if ("class" in written) {
        // Another one may be able to say it.
        problem ??= written;
        continue;
      }
      const call = this.#open(target, asked, written.body);
      if (call !== null && "class" in call) {
        // Another one may cost less.
        problem ??= call;
        continue;
      }
      this.#asked = new Asked(target, asked, passed !== null, call);
      this.#send(target, written.target, target.headers(written), written.body);
      return;
    }
    this.#give(problem ?? errorOf(timedOut(this.#choice.name)), null);
  }

  #open(target: Target, asked: ModelRequest, body: string | Uint8Array): OpenCall | ModelError | null {
    const { accounts } = this.#parts;
    if (accounts === undefined) return null;
    const names = { route: this.#exchange.route, caller: "" };
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    return openCall(accounts, this.#choice.budgets, target, asked, length, names, this.#parts.now());
  }

  #send(target: Target, path: string, headers: string[], body: string | Uint8Array): void {
    const { configuration } = target;
    const now = performance.now();
    const stream = this.#request!.stream;
    const total = now + configuration.total;
    const own = this.#options.deadline;
    this.#phase = "asked";
    if (stream) limits.set(this, now + configuration.firstToken, now);
    this.#sending = true;
    this.#attempt = target.connections.stream(
      this.#exchange,
      {
        method: "POST",
        target: path,
        headers,
        body,
        timeout: stream ? Math.min(configuration.timeout, configuration.firstToken) : configuration.timeout,
        deadline: own === null ? total : Math.min(total, own - LEAD),
        silence: stream ? configuration.silence : configuration.total,
      },
      this,
    );
    this.#sending = false;
    const early = this.#failedEarly;
    if (early === null) return;
    this.#failedEarly = null;
    this.failed(early);
  }

  /** The model that was asked did not answer: another one, or its error to the client. */
  #missed(problem: ModelError): void {
    limits.drop(this);
    const { name } = this.#asked!.target;
    this.#count(problem.class);
    this.#holding.take();
    this.#attempt = null;
    const late = this.#options.deadline !== null && performance.now() >= this.#options.deadline - LEAD;
    if (!late && this.#next < this.#targets.length && this.#choice.movesOn(problem.class)) this.#ask(problem);
    else this.#give(problem, `${name}: ${problem.class}${problem.code === "" ? "" : ` (${problem.code})`}`);
  }

  // ------------------------------------------------------------ StreamReceiver: from the provider

  head(status: number, headers: Headers): void {
    const asked = this.#asked!;
    asked.status = status;
    asked.headers = headers;
    if (asked.refused) {
      this.#phase = "error";
      this.#body = new Gathered(ERROR_LIMIT);
    } else if (this.#request!.stream && !isJson(headers)) {
      this.#phase = "held";
      asked.reader = asked.target.dialect.eventReader(asked.request);
    } else {
      this.#phase = "whole";
      this.#body = new Gathered(asked.target.configuration.answerLimit);
    }
  }

  data(chunk: Uint8Array): void {
    switch (this.#phase) {
      case "error":
      case "whole":
        // Only valid during the call.
        if (this.#body.keep(Buffer.from(chunk))) return;
        if (this.#phase === "error") this.#stopped(this.#asked!.readError(this.#body.take()));
        else this.#stopped(errorOf(new Failure("protocol", 502, "upstream-answer-too-large", "too large")));
        return;
      case "held":
      case "streaming":
        this.#events(this.#asked!.reader!.push(chunk));
        return;
      case "rest":
        this.#rest += chunk.length;
        if (this.#rest > REST_LIMIT) {
          this.#attempt?.abandon(null);
          this.#finish(null);
        }
        return;
      default:
        return;
    }
  }

  complete(): void {
    switch (this.#phase) {
      case "error":
        this.#missed(this.#asked!.readError(this.#body.take()));
        return;
      case "whole":
        this.#answer(this.#body.take());
        return;
      case "held":
      case "streaming":
        this.#events(this.#asked!.reader!.finish());
        // Every reader ends with one or the other; one that does not must not leave the client waiting.
        if (this.#phase === "held" || this.#phase === "streaming")
          this.#broken(errorOf(new Failure("protocol", 502, "", "")));
        return;
      case "rest":
        this.#finish(null);
        return;
      default:
        return;
    }
  }

  failed(failure: Failure): void {
    if (this.#sending) {
      this.#failedEarly = failure;
      return;
    }
    this.#exchange.detail = failure.detail;
    this.#asked!.unsent = failure.kind === "connect" || failure.kind === "overload";
    if (this.#phase === "rest") this.#finish(null);
    else this.#broken(errorOf(failure));
  }

  /** No answer, or the end of one: whatever the client has decides what it is told. */
  #broken(problem: ModelError): void {
    if (this.#phase !== "streaming") {
      this.#missed(problem);
      return;
    }
    this.#stream!.write([{ type: "error", error: problem }], this.#attempt);
    this.#ended(problem);
  }

  /** As `#broken`, and the provider still sends. */
  #stopped(problem: ModelError, blame: Failure | null = null): void {
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.abandon(blame);
    this.#broken(problem);
  }

  // ------------------------------------------------------------ whole answers

  #answer(body: Uint8Array): void {
    const asked = this.#asked!;
    const { dialect } = asked.target;
    const answer = dialect.readAnswer(body, asked.request);
    if ("class" in answer) {
      this.#missed(answer);
      return;
    }
    if (this.#request!.stream) {
      this.#phase = "held";
      this.#events(eventsOf(answer));
      return;
    }
    asked.tell(answer.usage);
    const passed = asked.passed ? (dialect.pass?.answer(body, this.#choice.name) ?? null) : null;
    const text = passed ?? this.#client.writeAnswer(answer, this.#context());
    this.#count("answered");
    this.#phase = "rest";
    this.#exchange.respond(200, JSON_HEADERS, text);
    this.#finish(null);
  }

  // ------------------------------------------------------------ streams

  #events(events: readonly ModelEvent[]): void {
    if (events.length === 0) return;
    let from = 0;
    if (this.#phase === "held") {
      while (from < events.length) {
        const event = events[from]!;
        if (event.type === "error") {
          this.#stopped(event.error);
          return;
        }
        if (isContent(event)) break;
        this.#holding.keep(event);
        from++;
      }
      if (from === events.length) return;
      this.#begin();
    }
    const stream = this.#stream!;
    stream.heardAt = performance.now();
    const held = this.#holding.take();
    const rest = from === 0 ? events : events.slice(from);
    const all = held.length === 0 ? rest : [...held, ...rest];
    for (const event of all) if (event.type === "usage") this.#asked!.tell(event.usage);
    stream.write(all, this.#attempt);
    const last = all[all.length - 1]!;
    if (last.type === "end") this.#ended(null);
    else if (last.type === "error") {
      const attempt = this.#attempt;
      this.#attempt = null;
      this.#ended(last.error);
      attempt?.abandon(null);
    }
  }

  #begin(): void {
    const asked = this.#asked!;
    const now = performance.now();
    this.#phase = "streaming";
    asked.firstToken = now - asked.at;
    this.#stream = new ClientStream(this.#exchange, this.#client, this.#context());
    limits.set(this, now + asked.target.configuration.silence, now);
  }

  /** The client has all that it will get. */
  #ended(problem: ModelError | null): void {
    limits.drop(this);
    this.#count(problem === null ? "answered" : problem.class);
    this.#phase = "rest";
    if (problem !== null) this.#exchange.reason = `model-${problem.class}`;
    this.#exchange.end([]);
    if (problem !== null || this.#attempt === null) this.#finish(null);
    else this.#stream!.resume();
  }

  /** Between two pieces of content, or before the first. */
  override expired(): void {
    const now = performance.now();
    const { target } = this.#asked!;
    const stream = this.#stream;
    if (stream !== null) {
      const { silence } = target.configuration;
      const due = stream.paused ? now + silence : stream.heardAt + silence;
      if (due > now) {
        limits.set(this, due, now);
        return;
      }
    }
    const failure = timedOut(target.name);
    this.#exchange.detail = failure.detail;
    this.#stopped(errorOf(failure), failure);
  }

  // ------------------------------------------------------------ endings

  #context(): AnswerContext {
    return {
      request: this.#request!,
      model: this.#choice.name,
      created: Math.floor(this.#parts.now() / 1000),
      random: this.#parts.identifier,
    };
  }

  /** Nothing has been sent: the error in the client's dialect, or the program's turn. `detail`: for the log. */
  #give(problem: ModelError, detail: string | null): void {
    const exchange = this.#exchange;
    this.#phase = "over";
    if (this.#settle !== null) {
      this.#finish(failureOf(problem, this.#choice.name));
      return;
    }
    const { status, headers, body } = this.#client.writeError(problem);
    exchange.reason = `model-${problem.class}`;
    if (exchange.detail === "" && detail !== null) exchange.detail = detail;
    exchange.respond(status, [...headers], body);
    this.#finish(null);
  }

  #clientLeft(): void {
    if (this.#phase === "over") return;
    const attempt = this.#attempt;
    this.#attempt = null;
    const asked = this.#asked !== null && this.#phase !== "rest" && this.#phase !== "request";
    attempt?.abandon(null);
    if (asked) this.#count("left");
    this.#finish(null);
  }

  /** What the model that was asked gave, for the accounts, metrics and log. */
  #count(outcome: ModelNote["outcome"]): void {
    const note = this.#asked!.over(outcome, this.#fallbacks);
    this.#exchange.modelNote = note;
    this.#parts.counters.count(note);
  }

  #finish(result: Failure | null): void {
    limits.drop(this);
    this.#phase = "over";
    this.#attempt = null;
    this.#exchange.onAbort(null);
    this.#stream?.release();
    this.#settle?.(result);
  }
}

function isJson(headers: Headers): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === "content-type") return /^application\/json\b/i.test(headers[index + 1]!);
  }
  return false;
}
