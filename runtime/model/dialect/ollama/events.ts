/** Reads a streamed answer of Ollama: lines of JSON, of which the last says `done`. https://docs.ollama.com/api/streaming */
import type { ModelEvent } from "../../canonical/answer.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import type { Usage } from "../../canonical/usage.ts";
import { EventOrder } from "../../wire/event-order.ts";
import { LineParser } from "../../wire/ndjson.ts";
import { argumentsText } from "../call-arguments.ts";
import type { EventReader } from "../dialect.ts";
import { CUT_SHORT, EVENT_TOO_LONG, NOT_UNDERSTOOD } from "../failures.ts";
import { isList, isObject, isObjectText, parseJson } from "../fields.ts";
import { readErrorLine } from "./error.ts";
import { readStop } from "./stop.ts";
import { readUsage } from "./usage.ts";

export function eventReader(request: ModelRequest): EventReader {
  return new OllamaEventReader(request);
}

export class OllamaEventReader implements EventReader {
  readonly #order = new EventOrder();
  readonly #parser = new LineParser((line) => this.#line(line));
  readonly #turn: number;
  /** The part that is open; -1: none is. Ollama writes one thing after the other. */
  #part = -1;
  #kind: "text" | "reasoning" = "text";
  #calls = 0;

  constructor(request: ModelRequest) {
    this.#turn = request.turns.length;
  }

  get usage(): Usage | null {
    return this.#order.usage;
  }

  push(bytes: Uint8Array): readonly ModelEvent[] {
    if (!this.#order.over && !this.#parser.push(bytes)) this.#order.fail(EVENT_TOO_LONG);
    return this.#order.take();
  }

  finish(): readonly ModelEvent[] {
    if (!this.#order.over) this.#parser.finish();
    if (!this.#order.end()) this.#order.fail(CUT_SHORT);
    return this.#order.take();
  }

  /** A whole answer is one line, however it is laid out. */
  whole(text: string): readonly ModelEvent[] {
    this.#line(text);
    return this.finish();
  }

  #line(line: string): void {
    if (this.#order.over) return;
    const value = parseJson(line)?.value;
    if (!isObject(value)) {
      this.#order.fail(NOT_UNDERSTOOD);
      return;
    }
    if (typeof value.error === "string") {
      this.#order.fail(readErrorLine(value.error));
      return;
    }
    if (!isObject(value.message) && value.done !== true) {
      this.#order.fail(NOT_UNDERSTOOD);
      return;
    }
    this.#order.start("", text(value.model));
    if (isObject(value.message)) this.#message(value.message);
    if (value.done !== true) return;
    const usage = readUsage(value);
    if (usage !== null) this.#order.usageIs(usage);
    this.#order.stop(readStop(text(value.done_reason), this.#calls > 0));
    this.#order.end();
  }

  #message(message: JsonObject): void {
    this.#more("reasoning", text(message.thinking));
    this.#more("text", text(message.content));
    if (!isList(message.tool_calls)) return;
    for (const call of message.tool_calls) {
      const called = isObject(call) ? call.function : undefined;
      if (!isObject(call) || !isObject(called) || text(called.name) === "") {
        this.#order.fail(NOT_UNDERSTOOD);
        return;
      }
      this.#call(text(call.id), text(called.name), called.arguments ?? {});
    }
  }

  #more(kind: "text" | "reasoning", more: string): void {
    if (more === "") return;
    if (this.#part === -1 || this.#kind !== kind) {
      this.#order.close(this.#part);
      this.#kind = kind;
      this.#part = this.#order.open(kind === "text" ? { kind } : { kind, redacted: null });
    }
    this.#order.text(this.#part, more);
  }

  /** Calls come whole. Without an identifier of the server's they get one that no other turn of the conversation has. */
  #call(id: string, name: string, input: Json): void {
    this.#order.close(this.#part);
    this.#part = -1;
    this.#calls++;
    const part = this.#order.open({
      kind: "tool-call",
      id: id === "" ? `call_${this.#turn}_${this.#calls}` : id,
      name,
    });
    this.#order.arguments(part, typeof input === "string" && isObjectText(input) ? input : argumentsText(input));
    this.#order.close(part);
  }
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
