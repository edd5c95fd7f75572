/** A streamed answer of which several models may have given a part: what the client gets of it, piece by piece, where another goes on with `broken: continue`. */
import type { ModelEvent } from "../../../runtime/model/canonical/answer.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import type { Usage } from "../../../runtime/model/canonical/usage.ts";
import type { AnswerContext, ClientDialect, EventWriter } from "../../../runtime/model/dialect/dialect.ts";
import { Splice } from "../../../runtime/model/engine/splice.ts";
import type { PoolPlan } from "../plan.ts";

export class JoinedStream {
  /** The client has had content. */
  begun = false;
  text = "";
  /** Stands before its end; "": nothing does. */
  comment = "";
  readonly #splice: Splice;
  readonly #writer: EventWriter;
  #usage: Usage | null = null;
  /** The latest model broke off behind its first content. */
  #broke = false;

  constructor({ saying }: NonNullable<PoolPlan["broken"]>, client: ClientDialect, context: AnswerContext) {
    this.#splice = new Splice(saying);
    this.#writer = client.eventWriter(context);
  }

  /** All that one model gave; null: it came to its end. Else nothing of the error has been told yet. */
  add(events: readonly ModelEvent[]): ModelError | null {
    this.begun = true;
    this.#usage = null;
    for (const event of events) if (event.type === "usage") this.#usage = event.usage;
    const failed = events.find((event) => event.type === "error");
    this.#write(this.#splice.pass(failed === undefined ? events : events.slice(0, events.indexOf(failed))));
    this.#broke = failed !== undefined;
    return failed?.error ?? null;
  }

  /** Whether another may go on; where one broke off, the client is told. */
  goesOn(request: ModelRequest): boolean {
    if (!this.#broke) return true;
    this.#broke = false;
    const joint = this.#splice.broke(this.#usage, request);
    if (joint === null) return false;
    this.text += this.#writer.continued();
    this.#write(joint);
    return true;
  }

  /** What the next one is asked. */
  request(asked: ModelRequest, prefills: boolean): ModelRequest {
    return this.#splice.request(asked, prefills);
  }

  fail(error: ModelError): void {
    this.#write([{ type: "error", error }]);
  }

  #write(events: readonly ModelEvent[]): void {
    for (const event of events) this.text += (event.type === "end" ? this.comment : "") + this.#writer.write(event);
  }
}
