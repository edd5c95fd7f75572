/** Reads a streamed answer of Converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
import type { ModelEvent } from "../../canonical/answer.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import { sealState } from "../../canonical/signature.ts";
import type { Usage } from "../../canonical/usage.ts";
import { EventOrder, MAX_ANSWER_LENGTH } from "../../wire/event-order.ts";
import { EventStreamParser } from "../../wire/event-stream.ts";
import type { EventReader } from "../dialect.ts";
import { CUT_SHORT, EVENT_TOO_LONG, failedStop, NOT_UNDERSTOOD } from "../failures.ts";
import { isObject, parseJson } from "../fields.ts";
import { toolNames } from "../tool-names.ts";
import { isJsonTool } from "./answer.ts";
import { readStreamError } from "./error.ts";
import { TOOL_NAME } from "./request.ts";
import { readStop } from "./stop.ts";
import { readUsage } from "./usage.ts";

/** A block that is open at the provider. */
interface Block {
  readonly part: number;
  readonly kind: "text" | "call" | "thought" | "redacted";
  /** The signature, or the encrypted thought, which comes in pieces and is given whole. */
  state: string;
}

export function eventReader(request: ModelRequest): EventReader {
  return new BedrockEventReader(request);
}

class BedrockEventReader implements EventReader {
  readonly #request: ModelRequest;
  readonly #order = new EventOrder();
  readonly #parser = new EventStreamParser((headers, payload) => this.#message(headers, payload));
  readonly #blocks = new Map<number, Block>();
  readonly #back: (name: string) => string;
  /** A tool call was given as text (see `JSON_TOOL`), so that the stop is no tool call either. */
  #asText = false;
  #stateLength = 0;

  constructor(request: ModelRequest) {
    this.#request = request;
    this.#back = toolNames(request, TOOL_NAME).back;
  }

  get usage(): Usage | null {
    return this.#order.usage;
  }

  push(bytes: Uint8Array): readonly ModelEvent[] {
    if (!this.#order.over && !this.#parser.push(bytes)) {
      this.#order.fail(this.#parser.fault === "too long" ? EVENT_TOO_LONG : NOT_UNDERSTOOD);
    }
    return this.#order.take();
  }

  finish(): readonly ModelEvent[] {
    // The metadata comes behind the stop: half of it is a stream that was cut, none is one whose usage nobody knows.
    if (this.#parser.within || !this.#order.end()) this.#order.fail(CUT_SHORT);
    return this.#order.take();
  }

  #message(headers: ReadonlyMap<string, string>, payload: Buffer): void {
    if (this.#order.over) return;
    const value = parseJson(payload.toString("utf8"))?.value;
    const kind = headers.get(":message-type");
    if (kind === "exception") {
      this.#order.fail(readStreamError(headers.get(":exception-type") ?? "", value));
      return;
    }
    if (kind === "error") {
      this.#order.fail(readStreamError(headers.get(":error-code") ?? "", value, headers.get(":error-message")));
      return;
    }
    if (!isObject(value)) {
      this.#order.fail(NOT_UNDERSTOOD);
      return;
    }
    const at = typeof value.contentBlockIndex === "number" ? value.contentBlockIndex : 0;
    switch (headers.get(":event-type")) {
      case "messageStart":
        this.#order.start("", "");
        break;
      case "contentBlockStart":
        this.#start(at, isObject(value.start) ? value.start : {});
        break;
      case "contentBlockDelta":
        this.#delta(at, isObject(value.delta) ? value.delta : {});
        break;
      case "contentBlockStop":
        this.#close(at);
        break;
      case "messageStop":
        this.#stop(text(value.stopReason));
        break;
      case "metadata": {
        const usage = readUsage(value.usage);
        if (usage !== null) this.#order.usageIs(usage);
        this.#order.end();
        break;
      }
      // What comes to be.
      default:
        break;
    }
  }

  #start(at: number, start: JsonObject): void {
    if (!isObject(start.toolUse)) return;
    this.#close(at);
    const name = text(start.toolUse.name);
    if (isJsonTool(name, this.#request)) {
      this.#asText = true;
      this.#blocks.set(at, { part: this.#order.open({ kind: "text" }), kind: "text", state: "" });
    } else if (name === "") this.#order.fail(NOT_UNDERSTOOD);
    else {
      const part = this.#order.open({ kind: "tool-call", id: text(start.toolUse.toolUseId), name: this.#back(name) });
      this.#blocks.set(at, { part, kind: "call", state: "" });
    }
  }

  #delta(at: number, delta: JsonObject): void {
    if (typeof delta.text === "string") {
      // Texts begin without a word of it, and an empty one is none.
      if (delta.text !== "") this.#order.text(this.#block(at, "text").part, delta.text);
    } else if (isObject(delta.toolUse)) {
      const block = this.#blocks.get(at);
      const input = text(delta.toolUse.input);
      if (block?.kind === "call") this.#order.arguments(block.part, input);
      else if (block?.kind === "text" && this.#asText) this.#order.text(block.part, input);
    } else if (isObject(delta.reasoningContent)) this.#think(at, delta.reasoningContent);
  }

  #think(at: number, thought: JsonObject): void {
    const redacted = text(thought.redactedContent);
    const signature = text(thought.signature);
    this.#stateLength += redacted.length + signature.length;
    if (this.#stateLength > MAX_ANSWER_LENGTH) {
      this.#order.fail(EVENT_TOO_LONG);
      return;
    }
    if (redacted !== "") {
      this.#block(at, "redacted").state += redacted;
      return;
    }
    if (text(thought.text) === "" && signature === "") return;
    const block = this.#block(at, "thought");
    this.#order.text(block.part, text(thought.text));
    block.state += signature;
  }

  /** The block of this kind, which begins now if it has not. */
  #block(at: number, kind: "text" | "thought" | "redacted"): Block {
    const open = this.#blocks.get(at);
    if (open?.kind === kind) return open;
    this.#close(at);
    const part =
      kind === "redacted"
        ? -1
        : this.#order.open(kind === "text" ? { kind: "text" } : { kind: "reasoning", redacted: null });
    const block: Block = { part, kind, state: "" };
    this.#blocks.set(at, block);
    return block;
  }

  #close(at: number): void {
    const block = this.#blocks.get(at);
    if (block === undefined) return;
    this.#blocks.delete(at);
    if (block.kind === "redacted") {
      this.#order.close(this.#order.open({ kind: "reasoning", redacted: sealState("bedrock", block.state) }));
      return;
    }
    if (block.kind === "thought" && block.state !== "") {
      this.#order.signature(block.part, sealState("bedrock", block.state));
    }
    this.#order.close(block.part);
  }

  #stop(native: string): void {
    for (const at of [...this.#blocks.keys()]) this.#close(at);
    const stop = readStop(native);
    if (stop.reason === "failed") this.#order.fail(failedStop(stop));
    else this.#order.stop(this.#asText && stop.reason === "tool-calls" ? { ...stop, reason: "end" } : stop);
  }
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
