/** How orders and answers travel between the main thread and a worker thread: plain data with a number, errors included. */
import type { StartError as StartErrorType } from "../start-error.ts";
import { StartError } from "../start-error.ts";
import type { Thread } from "./thread.ts";

type Argument<M extends keyof Thread> = Parameters<Thread[M]> extends [infer A] ? A : undefined;

/** One order to a worker. */
export type Order = {
  [M in keyof Thread]: { readonly number: number; readonly method: M; readonly argument: Argument<M> };
}[keyof Thread];

export type FromWorker =
  | { readonly type: "done"; readonly number: number; readonly value: unknown }
  | { readonly type: "error"; readonly number: number; readonly error: PlainError };

export interface PlainError {
  readonly message: string;
  /** null: not a `StartError`. */
  readonly start: Pick<StartErrorType, "code" | "problems" | "next"> | null;
}

export function toPlain(error: unknown): PlainError {
  if (error instanceof StartError) {
    return { message: error.message, start: { code: error.code, problems: error.problems, next: error.next } };
  }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), start: null };
}

export function fromPlain(error: PlainError): Error {
  if (error.start === null) return new Error(error.message);
  return new StartError(error.start.code, error.message, error.start.problems, error.start.next);
}

/** Carries an order out on the thread that serves. */
export function obey(thread: Thread, order: Order): Promise<unknown> {
  switch (order.method) {
    case "listen":
      return thread.listen(order.argument);
    case "prepare":
      return thread.prepare(order.argument);
    case "activate":
      return thread.activate(order.argument);
    case "abandon":
      return thread.abandon(order.argument);
    case "drain":
      return thread.drain(order.argument);
    case "status":
      return thread.status();
    case "metrics":
      return thread.metrics();
  }
}
