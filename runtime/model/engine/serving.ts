/**
 * What requests to models of every kind have in common: their body is read, they are over when the client leaves, they must be done by a deadline, and what goes
 * wrong is told to the client in its dialect, or to the program that waits.
 */
import type { ModelOptions } from "../../abi.ts";
import type { Failure } from "../../failure.ts";
import type { Exchange } from "../../http/exchange.ts";
import type { Pieces } from "../../pieces.ts";
import type { ModelError } from "../canonical/error.ts";
import type { ClientDialect } from "../dialect/dialect.ts";
import type { Choice } from "./choose.ts";
import { failureOf } from "./failures.ts";
import type { EngineParts } from "./parts.ts";
import { type BodyReceiver, readBody } from "./request-body.ts";

/** The route's deadline cuts whatever is under way; so long before it, in milliseconds, the client can still be told in its dialect. */
const LEAD = 25;

/** Of whoever waits: what went wrong, or null: the client has its answer. */
export type Settle = (result: Failure | null) => void;

export type WrittenError = ReturnType<ClientDialect["writeError"]>;

export abstract class Serving<Options extends Pick<ModelOptions, "body" | "bodyLimit" | "deadline">>
  implements BodyReceiver
{
  protected readonly choice: Choice;
  protected readonly parts: EngineParts;
  protected readonly exchange: Exchange;
  protected readonly options: Options;
  /** Null: nobody waits, and an error is answered here. */
  readonly #settle: Settle | null;

  constructor(choice: Choice, parts: EngineParts, exchange: Exchange, options: Options, settle: Settle | null) {
    this.choice = choice;
    this.parts = parts;
    this.exchange = exchange;
    this.options = options;
    this.#settle = settle;
  }

  start(): void {
    const { exchange, options } = this;
    if (exchange.aborted) {
      this.finish(null);
      return;
    }
    exchange.service = this.choice.name;
    exchange.onAbort(() => this.clientLeft());
    readBody(exchange, options.body, options.bodyLimit, this);
  }

  // ------------------------------------------------------------ BodyReceiver: from the client

  unreadable(problem: ModelError, code: string): void {
    if (!this.awaitsBody) return;
    this.give(problem, code);
    this.exchange.closeAfter();
  }

  left(): void {
    this.clientLeft();
  }

  received(body: Pieces): void {
    if (this.awaitsBody) this.read(body);
  }

  // ------------------------------------------------------------ of each kind

  /** Whether the request is still to come. */
  protected abstract get awaitsBody(): boolean;

  protected abstract read(body: Pieces): void;

  /** At any time; behind the end it means nothing. */
  protected abstract clientLeft(): void;

  /** In the client's dialect. */
  protected abstract writeError(problem: ModelError): WrittenError;

  // ------------------------------------------------------------ endings

  /** `performance.now()` by which the client must have been told. */
  protected get deadline(): number | null {
    const own = this.options.deadline;
    return own === null ? null : own - LEAD;
  }

  /** Nothing has been sent: the error in the client's dialect, or the program's turn. `detail`: for the log. */
  protected give(problem: ModelError, detail: string | null): void {
    const { exchange } = this;
    if (this.#settle !== null) {
      this.finish(failureOf(problem, this.choice.name));
      return;
    }
    const { status, headers, body } = this.writeError(problem);
    exchange.reason = `model-${problem.class}`;
    if (exchange.detail === "" && detail !== null) exchange.detail = detail;
    exchange.respond(status, [...headers], body);
    this.finish(null);
  }

  /** It is over, in whatever way. */
  protected finish(result: Failure | null): void {
    this.exchange.onAbort(null);
    this.#settle?.(result);
  }
}
