/** Reads a streamed answer of the Messages API. https://platform.claude.com/docs/en/build-with-claude/streaming */

import { CUT_SHORT, EVENT_TOO_LONG, failedStop, NOT_UNDERSTOOD } from "../failures.ts";
import type { EventReader } from "../dialect.ts";
import { isObject, parseJson } from "../fields.ts";
import { toolNames } from "../tool-names.ts";
import type { ModelEvent } from "../../canonical/answer.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import { sealState } from "../../canonical/signature.ts";
import type { Usage } from "../../canonical/usage.ts";
import { EventOrder } from "../../wire/event-order.ts";
import { ServerSentEventParser } from "../../wire/sse.ts";
import { isJsonTool } from "./answer.ts";
import { readErrorEvent } from "./error.ts";
import { TOOL_NAME } from "./request-writer.ts";
import { readStop } from "./stop.ts";
import { Counters } from "./usage.ts";

/** A block that is open at the provider. */
interface Block {
  /** Of the part, or -1 where the block is none (what the provider's own tools do). */
  readonly part: number;
  readonly kind: "text" | "thinking" | "call" | "other";
  signature: string;
}

export function eventReader(request: ModelRequest): EventReader {
  return new AnthropicEventReader(request);
}

class AnthropicEventReader implements EventReader {
  readonly #request: ModelRequest;
  readonly #order = new EventOrder();
  readonly #parser = new ServerSentEventParser((_name, data) => this.#event(data));
  readonly #counters = new Counters();
  readonly #blocks = new Map<number, Block>();
  readonly #back: (name: string) => string;
  /** A tool call was given as text (see `JSON_TOOL`), so that the stop is no tool call either. */
  #asText = false;

  constructor(request: ModelRequest) {
    this.#request = request;
    this.#back = toolNames(request, TOOL_NAME).back;
  }

  get usage(): Usage | null {
    return this.#counters.usage;
  }

  get uncounted(): boolean {
    return this.#counters.nonsense;
  }

  push(bytes: Uint8Array): readonly ModelEvent[] {
    if (!this.#order.over && !this.#parser.push(bytes)) this.#order.fail(EVENT_TOO_LONG);
    return this.#order.take();
  }

  finish(): readonly ModelEvent[] {
    if (!this.#order.over) this.#parser.finish();
    // A provider that has said why it stopped has said everything.
    if (!this.#order.end()) this.#order.fail(CUT_SHORT);
    return this.#order.take();
  }

  #event(data: string): void {
    if (this.#order.over) return;
    const parsed = parseJson(data);
    if (parsed === null || !isObject(parsed.value)) {
      this.#order.fail(NOT_UNDERSTOOD);
      return;
    }
    const event = parsed.value;
    switch (event.type) {
      case "message_start": {
        const message = isObject(event.message) ? event.message : {};
        this.#order.start(text(message.id), text(message.model));
        this.#count(message.usage);
        break;
      }
      case "content_block_start":
        this.#start(position(event.index), isObject(event.content_block) ? event.content_block : {});
        break;
      case "content_block_delta":
        this.#delta(position(event.index), isObject(event.delta) ? event.delta : {});
        break;
      case "content_block_stop":
        this.#close(position(event.index));
        break;
      case "message_delta":
        this.#count(event.usage);
        if (isObject(event.delta) && typeof event.delta.stop_reason === "string") this.#stop(event.delta);
        break;
      case "message_stop":
        if (!this.#order.end()) this.#order.fail(CUT_SHORT);
        break;
      case "error":
        this.#order.fail(readErrorEvent(event.error));
        break;
      // "ping", and whatever comes to be.
      default:
        break;
    }
  }

  #count(usage: Json | undefined): void {
    if (!isObject(usage)) return;
    this.#counters.read(usage);
    const all = this.#counters.usage;
    if (all !== null) this.#order.usageIs(all);
  }

  #start(at: number, block: JsonObject): void {
    this.#close(at);
    switch (block.type) {
      case "text": {
        const part = this.#order.open({ kind: "text" });
        this.#order.text(part, text(block.text));
        this.#blocks.set(at, { part, kind: "text", signature: "" });
        break;
      }
      case "thinking": {
        const part = this.#order.open({ kind: "reasoning", redacted: null });
        this.#order.text(part, text(block.thinking));
        this.#blocks.set(at, { part, kind: "thinking", signature: text(block.signature) });
        break;
      }
      case "redacted_thinking": {
        const data = text(block.data);
        const part = data === "" ? -1 : this.#order.open({ kind: "reasoning", redacted: sealState("anthropic", data) });
        this.#blocks.set(at, { part, kind: "other", signature: "" });
        break;
      }
      case "tool_use":
        this.#call(at, block);
        break;
      default:
        this.#blocks.set(at, { part: -1, kind: "other", signature: "" });
    }
  }

  #call(at: number, block: JsonObject): void {
    const name = text(block.name);
    // Anthropic sends the input in pieces; some compatible servers send it whole, at the start.
    const whole = isObject(block.input) && Object.keys(block.input).length > 0 ? JSON.stringify(block.input) : "";
    if (isJsonTool(name, this.#request)) {
      this.#asText = true;
      const part = this.#order.open({ kind: "text" });
      this.#order.text(part, whole);
      this.#blocks.set(at, { part, kind: "text", signature: "" });
      return;
    }
    if (name === "") {
      this.#order.fail(NOT_UNDERSTOOD);
      return;
    }
    const part = this.#order.open({ kind: "tool-call", id: text(block.id), name: this.#back(name) });
    this.#order.arguments(part, whole);
    this.#blocks.set(at, { part, kind: "call", signature: "" });
  }

  #delta(at: number, delta: JsonObject): void {
    const block = this.#blocks.get(at);
    if (block === undefined) return;
    switch (delta.type) {
      case "text_delta":
        if (block.kind === "text") this.#order.text(block.part, text(delta.text));
        break;
      case "thinking_delta":
        if (block.kind === "thinking") this.#order.text(block.part, text(delta.thinking));
        break;
      case "signature_delta":
        if (block.kind === "thinking") block.signature = text(delta.signature);
        break;
      case "input_json_delta":
        if (block.kind === "call") this.#order.arguments(block.part, text(delta.partial_json));
        else if (block.kind === "text") this.#order.text(block.part, text(delta.partial_json));
        break;
      default:
        break;
    }
  }

  #close(at: number): void {
    const block = this.#blocks.get(at);
    if (block === undefined) return;
    this.#blocks.delete(at);
    if (block.signature !== "") this.#order.signature(block.part, sealState("anthropic", block.signature));
    this.#order.close(block.part);
  }

  #stop(delta: JsonObject): void {
    for (const at of [...this.#blocks.keys()]) this.#close(at);
    const matched = typeof delta.stop_sequence === "string" ? delta.stop_sequence : null;
    const stop = readStop(text(delta.stop_reason), matched);
    if (stop.reason === "failed") this.#order.fail(failedStop(stop));
    else this.#order.stop(this.#asText && stop.reason === "tool-calls" ? { ...stop, reason: "end" } : stop);
  }
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function position(value: Json | undefined): number {
  return typeof value === "number" ? value : -1;
}
