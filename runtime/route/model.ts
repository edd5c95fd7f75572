/** `forward` to a model: the exchange handed on, and what happens when nothing came of it. */
import type { Model } from "../abi.ts";
import type { Failure } from "../failure.ts";
import type { Exchange } from "../http/exchange.ts";
import type { ClientDialect } from "../model/dialect/dialect.ts";

type Received = { readonly data: Uint8Array } | null;

/** What goes wrong is answered in the client's dialect. `deadline` in milliseconds from the request's start; null: none. */
export function serveModel(
  exchange: Exchange,
  model: Model,
  client: ClientDialect,
  body: Received,
  bodyLimit: number,
  deadline: number | null,
): void {
  model.serve(exchange, {
    client,
    body,
    bodyLimit,
    deadline: deadline === null ? null : exchange.startedAt + deadline,
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
): Promise<Failure | null> {
  const due = deadline === null ? null : exchange.startedAt + deadline;
  return model.answer(exchange, { client, body, bodyLimit, deadline: due });
}
