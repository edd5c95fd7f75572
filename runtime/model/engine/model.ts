/** What a program has of a model, or of a choice of several: made for one generation, over connections that outlive it. */
import type { Model, ModelOptions, OperationOptions } from "../../abi.ts";
import type { Failure } from "../../failure.ts";
import type { Exchange } from "../../http/exchange.ts";
import { Answering } from "./answering.ts";
import type { EngineParts } from "./parts.ts";
import type { Choice } from "./choose.ts";
import { Operating } from "./operating.ts";

class ChosenModel implements Model {
  readonly #choice: Choice;
  readonly #parts: EngineParts;

  constructor(choice: Choice, parts: EngineParts) {
    this.#choice = choice;
    this.#parts = parts;
  }

  get name(): string {
    return this.#choice.name;
  }

  answer(exchange: Exchange, options: ModelOptions): Promise<Failure | null> {
    return new Promise((resolve) => new Answering(this.#choice, this.#parts, exchange, options, resolve).start());
  }

  serve(exchange: Exchange, options: ModelOptions): void {
    new Answering(this.#choice, this.#parts, exchange, options, null).start();
  }

  operate(exchange: Exchange, options: OperationOptions): Promise<Failure | null> {
    return new Promise((resolve) => new Operating(this.#choice, this.#parts, exchange, options, resolve).start());
  }

  serveOperation(exchange: Exchange, options: OperationOptions): void {
    new Operating(this.#choice, this.#parts, exchange, options, null).start();
  }
}

export function createModel(choice: Choice, parts: EngineParts): Model {
  return new ChosenModel(choice, parts);
}
