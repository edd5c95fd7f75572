/** `forward` to a model: the exchange handed on, and what happens when nothing came of it. */
import type { Model, SystemPrompt } from "../abi.ts";
import type { Failure } from "../failure.ts";
import type { Exchange } from "../http/exchange.ts";
import type { ClientDialect } from "../model/dialect/dialect.ts";
import type { Operation } from "../model/operation/operation.ts";

type Received = { readonly data: Uint8Array } | null;

/** What goes wrong is answered in the client's dialect. `deadline` in milliseconds from the request's start; null: none. */
export function serveModel(
  exchange: Exchange,
  model: Model,
  client: ClientDialect,
  body: Received,
  bodyLimit: number,
  deadline: number | null,
  prompt?: SystemPrompt,
  sticky?: string,
): void {
  model.serve(exchange, {
    client,
    body,
    bodyLimit,
    deadline: deadline === null ? null : exchange.startedAt + deadline,
    prompt,
    sticky,
  });
}

/** Resolves to the failure while nothing has been sent. */
export function answerByModel(
  exchange: Exchange,
  model: Model,
  client: ClientDialect,
  body: Received,
  bodyLimit: number,
  deadline: number | null,
  prompt?: SystemPrompt,
  sticky?: string,
): Promise<Failure | null> {
  const due = deadline === null ? null : exchange.startedAt + deadline;
  return model.answer(exchange, { client, body, bodyLimit, deadline: due, prompt, sticky });
}

/** As `serveModel`, for what is asked of a model beside an answer to a conversation. */
export function serveOperation(
  exchange: Exchange,
  model: Model,
  operation: Operation,
  body: Received,
  bodyLimit: number,
  deadline: number | null,
  prompt?: SystemPrompt,
): void {
  const due = deadline === null ? null : exchange.startedAt + deadline;
  model.serveOperation(exchange, { operation, body, bodyLimit, deadline: due, prompt });
}

/** As `answerByModel`. */
export function answerByOperation(
  exchange: Exchange,
  model: Model,
  operation: Operation,
  body: Received,
  bodyLimit: number,
  deadline: number | null,
  prompt?: SystemPrompt,
): Promise<Failure | null> {
  const due = deadline === null ? null : exchange.startedAt + deadline;
  return model.operate(exchange, { operation, body, bodyLimit, deadline: due, prompt });
}
