/** Reads a streamed answer of Cohere. https://docs.cohere.com/v2/docs/streaming */
import type { ModelEvent } from "../../canonical/answer.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import type { Usage } from "../../canonical/usage.ts";
import { EventOrder } from "../../wire/event-order.ts";
import { ServerSentEventParser } from "../../wire/sse.ts";
import type { EventReader } from "../dialect.ts";
import { CUT_SHORT, EVENT_TOO_LONG, failedStop, NOT_UNDERSTOOD } from "../failures.ts";
import { isObject, parseJson } from "../fields.ts";
import { toolNames } from "../tool-names.ts";
import { TOOL_NAME } from "./request.ts";
import { readStop } from "./stop.ts";
import { readUsage } from "./usage.ts";

export function eventReader(request: ModelRequest): EventReader {
  return new CohereEventReader(request);
}

class CohereEventReader implements EventReader {
  readonly #order = new EventOrder();
  readonly #parser = new ServerSentEventParser((_name, data) => this.#event(data));
  readonly #back: (name: string) => string;
  /** Parts by Cohere's index, which calls and content count each for themselves. */
  readonly #content = new Map<number, number>();
  readonly #calls = new Map<number, number>();
  /** The plan that is being told; -1: none is. */
  #plan = -1;

  constructor(request: ModelRequest) {
    this.#back = toolNames(request, TOOL_NAME).back;
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

  #event(data: string): void {
    if (this.#order.over || data === "[DONE]") return;
    const event = parseJson(data)?.value;
    if (!isObject(event)) {
      this.#order.fail(NOT_UNDERSTOOD);
      return;
    }
    const delta = isObject(event.delta) ? event.delta : {};
    const message = isObject(delta.message) ? delta.message : {};
    const at = typeof event.index === "number" ? event.index : 0;
    switch (event.type) {
      case "message-start":
        this.#order.start(text(event.id), "");
        break;
      case "tool-plan-delta":
        if (this.#plan === -1) this.#plan = this.#order.open({ kind: "text" });
        this.#order.text(this.#plan, text(message.tool_plan));
        break;
      case "content-start":
        this.#startContent(at, isObject(message.content) ? message.content : {});
        break;
      case "content-delta":
        this.#moreContent(at, isObject(message.content) ? message.content : {});
        break;
      case "content-end":
        this.#close(this.#content, at);
        break;
      case "tool-call-start":
        this.#startCall(at, isObject(message.tool_calls) ? message.tool_calls : {});
        break;
      case "tool-call-delta":
        this.#moreCall(at, isObject(message.tool_calls) ? message.tool_calls : {});
        break;
      case "tool-call-end":
        this.#close(this.#calls, at);
        break;
      case "message-end":
        this.#end(delta);
        break;
      // Citations, "debug", and whatever comes to be.
      default:
        break;
    }
  }

  #endPlan(): void {
    this.#order.close(this.#plan);
    this.#plan = -1;
  }

  #startContent(at: number, content: JsonObject): void {
    this.#endPlan();
    this.#close(this.#content, at);
    const thinks = content.type === "thinking";
    this.#content.set(at, this.#order.open(thinks ? { kind: "reasoning", redacted: null } : { kind: "text" }));
    this.#moreContent(at, content);
  }

  #moreContent(at: number, content: JsonObject): void {
    const part = this.#content.get(at);
    if (part === undefined) return;
    this.#order.text(part, text(content.thinking));
    this.#order.text(part, text(content.text));
  }

  #startCall(at: number, call: JsonObject): void {
    this.#endPlan();
    this.#close(this.#calls, at);
    const called = isObject(call.function) ? call.function : {};
    const name = text(called.name);
    if (name === "") {
      this.#order.fail(NOT_UNDERSTOOD);
      return;
    }
    this.#calls.set(at, this.#order.open({ kind: "tool-call", id: text(call.id), name: this.#back(name) }));
    this.#moreCall(at, call);
  }

  #moreCall(at: number, call: JsonObject): void {
    const part = this.#calls.get(at);
    if (part !== undefined && isObject(call.function)) this.#order.arguments(part, text(call.function.arguments));
  }

  #close(parts: Map<number, number>, at: number): void {
    const part = parts.get(at);
    if (part === undefined) return;
    parts.delete(at);
    this.#order.close(part);
  }

  #end(delta: JsonObject): void {
    const usage = readUsage(delta.usage);
    if (usage !== null) this.#order.usageIs(usage);
    const native = text(delta.finish_reason);
    const stop = readStop(native);
    if (native === "") this.#order.fail(CUT_SHORT);
    else if (stop.reason === "failed") this.#order.fail(failedStop(stop));
    else this.#order.stop(stop);
    this.#order.end();
  }
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
