/**
 * One model that was asked for a request, and what its provider tells: a head, then an error, a whole answer or a stream, of which whoever asked hears what
 * it means. Nothing of a stream is told before its first content.
 * Longer than other files because one object is the receiver of a connection and of its time limits, so that a request costs hardly a closure.
 */
import { performance } from "node:perf_hooks";
import { Failure } from "../../failure.ts";
import type { Headers } from "../../http/exchange.ts";
import { timedOut } from "../../upstream/failures.ts";
import type { Traced } from "../../upstream/index.ts";
import type { StreamedAttempt, StreamReceiver } from "../../upstream/streamed.ts";
import { TimerWheel } from "../../upstream/timer-wheel.ts";
import type { ModelAnswer, ModelEvent } from "../canonical/answer.ts";
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { EventReader, ProviderRequest, WrittenBody } from "../dialect/dialect.ts";
import type { OpenCall } from "../money/accounts.ts";
import { AskedCall } from "./asked-call.ts";
import { error, errorOf } from "./failures.ts";
import { eventsOf } from "./events-of.ts";
import { Gathered } from "./gathered.ts";
import { Holding, isContent } from "./holding.ts";
import type { Key, KeyRing } from "./keys.ts";
import { ModelSpan } from "./model-span.ts";
import type { Target } from "./target.ts";

/** The error of a provider is read up to so many bytes. */
const ERROR_LIMIT = 64 * 1024;
/** So much is read behind an answer that is complete, to keep its connection. */
const REST_LIMIT = 16 * 1024;

const limits = new TimerWheel();

/**
 * "asked": no head yet; "error", "whole": a body is gathered; "held": events came, but no content; "streaming": content is told; "rest": the answer is
 * there, the connection is kept; "over".
 */
type Phase = "asked" | "error" | "whole" | "held" | "streaming" | "rest" | "over";

/** What is sent with one key after another. */
interface Turns {
  readonly keys: KeyRing;
  readonly exchange: Traced;
  readonly written: ProviderRequest<WrittenBody>;
  readonly deadline: number | null;
  readonly tried: Key[];
  /** What the provider said last. */
  problem: ModelError | null;
}

/** Who asked. Exactly one of: `missed`; `answered`; or `told` any number of times, of which the last ends with `end` or `error`. */
export interface Asker {
  /** It gave no answer, and nothing of one has been told. */
  missed(asked: Asked, problem: ModelError): void;
  /** To a request that is not streamed. `body`: as the provider wrote it. */
  answered(asked: Asked, answer: ModelAnswer, body: Uint8Array): void;
  /** Events of a streamed answer; the first call brings content. None: of what is passed as it is there may be more. */
  told(asked: Asked, events: readonly ModelEvent[]): void;
}

export class Asked extends AskedCall implements StreamReceiver {
  /** A stream's bytes go to the client as they are, but for the model, which has this name there; null: they are written anew. */
  passedAs: string | null = null;
  /** What went wrong with the connection, for the log; "": nothing. */
  detail = "";
  /** Only where it has several keys. */
  #turns: Turns | null = null;
  readonly #asker: Asker;
  #phase: Phase = "asked";
  #headers: Headers = [];
  #attempt: StreamedAttempt | null = null;
  readonly #holding = new Holding();
  /** Held back by whoever reads what is told. */
  #paused = false;
  /** When content came last, or was taken again; performance.now(). */
  #heardAt = 0;
  #rest = 0;
  /** Why the answer ends has been told. */
  #toldStop = false;

  constructor(target: Target, request: ModelRequest, passed: boolean, call: OpenCall | null, asker: Asker) {
    super(target, request, passed, call);
    if (call !== null) call.sender = this;
    this.#asker = asker;
  }

  /** `deadline`: `performance.now()` by which all must be over; null: only the model's own limits hold. */
  send(exchange: Traced, written: ProviderRequest<WrittenBody>, deadline: number | null): void {
    const { keys } = this.target;
    if (keys === null) {
      this.#dispatch(exchange, written, deadline, null);
      return;
    }
    this.#turns = { keys, exchange, written, deadline, tried: [], problem: null };
    this.#sendWithKey(this.#turns);
  }

  #dispatch(exchange: Traced, written: ProviderRequest<WrittenBody>, deadline: number | null, key: Key | null): void {
    const { target } = this;
    const { configuration } = target;
    const { stream } = this.request;
    const now = performance.now();
    const total = now + configuration.total;
    if (stream) limits.set(this, now + configuration.firstToken, now);
    const { recording } = exchange;
    if (recording !== null) this.span = new ModelSpan(recording, configuration, "chat", this.request);
    this.#attempt = target.connections.stream(
      exchange,
      {
        method: "POST",
        target: written.target,
        headers: target.headers(written, key),
        body: written.body,
        timeout: stream ? Math.min(configuration.timeout, configuration.firstToken) : configuration.timeout,
        deadline: deadline === null ? total : Math.min(total, deadline),
        silence: stream ? configuration.silence : configuration.total,
        span: this.span,
      },
      this,
    );
  }

  /** With the key that goes next; where there is none, what the last one was told, or that all of them rest. */
  #sendWithKey(turns: Turns): void {
    const key = turns.keys.take(this.request, turns.tried);
    if (key === null) {
      this.unsent = turns.tried.length === 0;
      this.#turns = null;
      this.#broken(turns.problem ?? turns.keys.exhausted);
      return;
    }
    turns.tried.push(key);
    this.keyName = key.name;
    this.#dispatch(turns.exchange, turns.written, turns.deadline, key);
  }

  /** Whether it is sent once more, with another key: the model gave no answer because of the one that it was asked with. */
  #again(problem: ModelError): boolean {
    const turns = this.#turns;
    const key = turns?.tried.at(-1);
    if (turns === null || key === undefined || !turns.keys.told(key, problem)) return false;
    turns.problem = problem;
    this.endSpan(this.noteOf(problem.class, undefined));
    this.#phase = "asked";
    this.status = 0;
    this.#headers = [];
    this.body = null;
    this.reader = null;
    this.passing = null;
    this.toldUsage = null;
    this.unsent = false;
    this.#holding.take();
    this.intake?.again();
    this.#sendWithKey(turns);
    return true;
  }

  // ------------------------------------------------------------ of whoever asked

  /** Holds what it tells back; within `told`. */
  pause(): void {
    if (this.#phase !== "streaming" || this.#paused) return;
    this.#paused = true;
    this.heldBack = true;
    this.#attempt?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // It was held back, and not silent.
    this.#heardAt = performance.now();
    this.#attempt?.resume();
  }

  /** Its answer is not wanted any more, and nothing is told behind this. */
  abandon(): void {
    if (this.#phase === "over") return;
    this.#leave()?.abandon(null);
  }

  /** Whether what it tells goes to the client as `take` gives it, and not as events say. */
  get passes(): boolean {
    return this.passing !== null;
  }

  /** The client's bytes of what has been told; null: none. */
  take(): Uint8Array | null {
    return this.passing?.take() ?? null;
  }

  /** Its call cannot be written down, and has not left. */
  unwritten(): void {
    if (this.#phase === "rest" || this.#phase === "over") return;
    this.unsent = true;
    this.#stopped(error("overloaded", 503, "The model takes no more requests just now."));
  }

  // ------------------------------------------------------------ StreamReceiver: from the provider

  head(status: number, headers: Headers): void {
    this.status = status;
    this.#headers = headers;
    if (this.refused) {
      this.#phase = "error";
      this.body = new Gathered(ERROR_LIMIT);
    } else if (this.request.stream && !isJson(headers)) {
      this.#phase = "held";
      this.reader = this.#openReader();
    } else {
      this.#phase = "whole";
      this.body = new Gathered(this.target.configuration.answerLimit);
    }
  }

  data(chunk: Uint8Array): void {
    switch (this.#phase) {
      case "error":
      case "whole":
        // Only valid during the call.
        if (this.body!.keep(Buffer.from(chunk))) return;
        if (this.#phase === "error") this.#stopped(this.#readError());
        else this.#stopped(errorOf(new Failure("protocol", 502, "upstream-answer-too-large", "too large")));
        return;
      case "held":
      case "streaming":
        this.#events(this.reader!.push(chunk));
        return;
      case "rest":
        this.#rest += chunk.length;
        if (this.#rest > REST_LIMIT) this.abandon();
        return;
      default:
        return;
    }
  }

  complete(): void {
    switch (this.#phase) {
      case "error":
        this.#broken(this.#readError());
        return;
      case "whole":
        this.#whole(this.body!.take());
        return;
      case "held":
      case "streaming":
        this.#events(this.reader!.finish());
        // Every reader ends with one or the other; one that does not must not leave the client waiting.
        if (this.#phase === "held" || this.#phase === "streaming")
          this.#broken(errorOf(new Failure("protocol", 502, "", "")));
        return;
      default:
        this.#leave();
        return;
    }
  }

  failed(failure: Failure): void {
    if (this.#phase === "rest" || this.#phase === "over") {
      this.#leave();
      return;
    }
    this.detail = failure.detail;
    if (this.#saidAll()) return;
    this.unsent = failure.kind === "connect" || failure.kind === "overload";
    this.#broken(errorOf(failure));
  }

  /** Between two pieces of content, or before the first. */
  override expired(): void {
    const now = performance.now();
    if (this.#phase === "streaming") {
      const { silence } = this.target.configuration;
      const due = this.#paused ? now + silence : this.#heardAt + silence;
      if (due > now) {
        limits.set(this, due, now);
        return;
      }
    }
    const failure = timedOut(this.target.name);
    this.detail = failure.detail;
    if (this.#saidAll()) return;
    this.#stopped(errorOf(failure), failure);
  }

  // ------------------------------------------------------------ what it means

  #readError(): ModelError {
    return this.target.readError(this.status, this.#headers, this.body!.take());
  }

  #whole(body: Uint8Array): void {
    const answer = this.target.dialect.readAnswer(body, this.request);
    if ("class" in answer) {
      this.#broken(this.target.withoutSecrets(answer));
      return;
    }
    this.toldUsage = answer.usage;
    if (this.intake !== null && answer.usage === null) this.intake.whole(answer.parts);
    this.span?.answered(answer);
    if (this.request.stream) {
      this.#phase = "held";
      this.#events(eventsOf(answer));
      return;
    }
    this.#leave();
    this.#asker.answered(this, answer, body);
  }

  #openReader(): EventReader {
    const { dialect } = this.target;
    const { request, passedAs } = this;
    if (passedAs !== null) this.passing = dialect.pass?.stream?.(request, passedAs, request.streamUsage) ?? null;
    if (this.passing !== null && this.intake !== null) this.passing.measures = true;
    return this.passing ?? dialect.eventReader(request);
  }

  #events(events: readonly ModelEvent[]): void {
    if (events.length === 0) {
      // Signs of life, and events that mean nothing here, are the client's all the same.
      if (this.passing !== null && this.#phase === "streaming") this.#asker.told(this, events);
      return;
    }
    this.intake?.took(events);
    let from = 0;
    if (this.#phase === "held") {
      while (from < events.length) {
        const event = events[from]!;
        if (event.type === "error") {
          this.#stopped(this.target.withoutSecrets(event.error));
          return;
        }
        if (isContent(event)) break;
        this.#holding.keep(event);
        from++;
      }
      if (from === events.length) return;
      this.#begin();
    }
    this.#heardAt = performance.now();
    const held = this.#holding.take();
    const rest = from === 0 ? events : events.slice(from);
    const all = held.length === 0 ? rest : [...held, ...rest];
    for (const event of all) {
      if (event.type === "usage") this.toldUsage = event.usage;
      else if (event.type === "stop") this.#toldStop = true;
    }
    this.span?.told(all);
    const last = all[all.length - 1]!;
    if (last.type === "end") {
      limits.drop(this);
      this.#phase = "rest";
    }
    const attempt = last.type === "error" ? this.#leave() : null;
    this.#asker.told(this, last.type === "error" ? [...all.slice(0, -1), this.#clean(last)] : all);
    attempt?.abandon(null);
  }

  #clean(told: ModelEvent & { readonly type: "error" }): ModelEvent {
    return { type: "error", error: this.target.withoutSecrets(told.error) };
  }

  #begin(): void {
    const now = performance.now();
    this.#phase = "streaming";
    this.firstToken = now - this.at;
    limits.set(this, now + this.target.configuration.silence, now);
  }

  /** The stream broke off or fell silent, but behind all that there is of the answer: then it is whole. */
  #saidAll(): boolean {
    if (this.#phase !== "streaming" || !this.#toldStop) return false;
    const events = this.reader!.finish();
    if (events.at(-1)?.type !== "end") return false;
    this.#events(events);
    this.#leave()?.abandon(null);
    return true;
  }

  /** No answer, or the end of one. */
  #broken(problem: ModelError): void {
    const begun = this.#phase === "streaming";
    this.#leave();
    if (!begun && this.#again(problem)) return;
    if (begun) this.#asker.told(this, [{ type: "error", error: problem }]);
    else this.#asker.missed(this, problem);
  }

  /** As `#broken`, and the provider still sends. `blame`: for the provider's endpoint. */
  #stopped(problem: ModelError, blame: Failure | null = null): void {
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.abandon(blame);
    this.#broken(problem);
  }

  #leave(): StreamedAttempt | null {
    const attempt = this.#attempt;
    limits.drop(this);
    this.#phase = "over";
    this.#attempt = null;
    return attempt;
  }
}

function isJson(headers: Headers): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === "content-type") return /^application\/json\b/i.test(headers[index + 1]!);
  }
  return false;
}
