/**
 * Writes a streamed answer for Anthropic's clients. Their blocks are strictly one after the other, so what belongs to a part while another one's block
 * is open waits for its turn. Nothing is written before there is content, so that the input's count is told if it can be.
 */

import type { AnswerContext, EventWriter } from "../dialect.ts";
import { failedStop } from "../failures.ts";
import { writeNamedEvent } from "../../wire/sse.ts";
import type { ModelEvent, OpenedPart, Stop } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import { stateForClient } from "../../canonical/signature.ts";
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import { failure } from "../../wire/event-order.ts";
import { messageId, thought } from "./answer.ts";
import { errorBody } from "./error.ts";
import { writeStop } from "./stop.ts";
import { estimateInput, estimateTokens, writeUsage } from "./usage.ts";

/** UTF-16 units that may wait for their turn. */
export const MAX_WAITING = 8 * 1024 * 1024;

/** A part that is not through yet. */
interface Waiting {
  readonly index: number;
  readonly part: OpenedPart;
  /** What came while another block was open. */
  text: string;
  signature: string;
  closed: boolean;
}

export function eventWriter(context: AnswerContext): EventWriter {
  return new AnthropicEventWriter(context);
}

class AnthropicEventWriter implements EventWriter {
  readonly #context: AnswerContext;
  /** In the order in which they were opened; the first one's block is open. */
  readonly #parts: Waiting[] = [];
  #id = "";
  #begun = false;
  #over = false;
  #block = 0;
  #waiting = 0;
  #characters = 0;
  #usage: Usage | null = null;
  #estimate = 0;
  #stop: Stop | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  write(event: ModelEvent): string {
    if (this.#over) return "";
    switch (event.type) {
      case "start":
        this.#id = event.id;
        return "";
      case "usage":
        this.#usage = event.usage;
        return "";
      case "open":
        return this.#open(event.index, event.part);
      case "text":
      case "arguments":
        return this.#more(event.index, event.text);
      case "signature": {
        const part = this.#find(event.index);
        if (part !== undefined) part.signature = event.signature;
        return "";
      }
      case "close":
        return this.#close(event.index);
      case "stop":
        this.#stop = event.stop;
        return "";
      case "end":
        return this.#end();
      case "error":
        return this.#fail(event.error);
    }
  }

  continued(): string {
    return this.#over || !this.#begun ? "" : writeNamedEvent("ping", '{"type":"ping","continued":true}');
  }

  #find(index: number): Waiting | undefined {
    return this.#parts.find((part) => part.index === index);
  }

  #begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    this.#estimate = this.#usage === null ? estimateInput(this.#context.request) : 0;
    const { model } = this.#context;
    const id = messageId(this.#id, this.#context);
    const usage = writeUsage(this.#usage ?? { ...NO_USAGE, input: this.#estimate });
    return writeNamedEvent(
      "message_start",
      `{"type":"message_start","message":{"id":${JSON.stringify(id)},"type":"message","role":"assistant","model":${JSON.stringify(model)},"content":[],"stop_reason":null,"stop_sequence":null,"usage":${usage}}}`,
    );
  }

  #open(index: number, part: OpenedPart): string {
    const waiting: Waiting = { index, part, text: "", signature: "", closed: false };
    this.#parts.push(waiting);
    return this.#parts.length === 1 ? this.#begin() + this.#startBlock(waiting) : this.#begin();
  }

  #more(index: number, text: string): string {
    const part = this.#find(index);
    if (part === undefined) return "";
    this.#characters += text.length;
    if (part === this.#parts[0]) return this.#delta(part, text);
    this.#waiting += text.length;
    if (this.#waiting > MAX_WAITING) {
      return this.#fail(failure("The answer's parts are interleaved further than this gateway can hold back."));
    }
    part.text += text;
    return "";
  }

  #close(index: number): string {
    const part = this.#find(index);
    if (part === undefined) return "";
    part.closed = true;
    return part === this.#parts[0] ? this.#flush() : "";
  }

  /** Ends the open block if its part is through, and gives the next ones their turn. */
  #flush(): string {
    let frames = "";
    for (let part = this.#parts[0]; part?.closed === true; part = this.#parts[0]) {
      frames += this.#stopBlock(part);
      this.#parts.shift();
      const next = this.#parts[0];
      if (next === undefined) break;
      frames += this.#startBlock(next);
      if (next.text !== "") frames += this.#delta(next, next.text);
      this.#waiting -= next.text.length;
      next.text = "";
    }
    return frames;
  }

  #startBlock({ part }: Waiting): string {
    return this.#frame("content_block_start", `"content_block":${blockOf(part)}`);
  }

  #delta({ part }: Waiting, text: string): string {
    const [type, field] =
      part.kind === "tool-call"
        ? ["input_json_delta", "partial_json"]
        : part.kind === "reasoning"
          ? ["thinking_delta", "thinking"]
          : ["text_delta", "text"];
    return this.#frame("content_block_delta", `"delta":{"type":"${type}","${field}":${JSON.stringify(text)}}`);
  }

  #stopBlock({ part, signature }: Waiting): string {
    let frames = "";
    const signed = signature !== "" && part.kind === "reasoning";
    if (signed) {
      const state = JSON.stringify(stateForClient("anthropic", signature));
      frames += this.#frame("content_block_delta", `"delta":{"type":"signature_delta","signature":${state}}`);
    }
    frames += this.#frame("content_block_stop", "");
    this.#block++;
    if (signature === "" || signed) return frames;
    // A tool call's state: an empty thought behind it (see `thought`).
    frames += this.#frame("content_block_start", `"content_block":${thought("", null, null)}`);
    const state = JSON.stringify(stateForClient("anthropic", signature));
    frames += this.#frame("content_block_delta", `"delta":{"type":"signature_delta","signature":${state}}`);
    frames += this.#frame("content_block_stop", "");
    this.#block++;
    return frames;
  }

  #frame(type: string, member: string): string {
    const rest = member === "" ? "" : `,${member}`;
    return writeNamedEvent(type, `{"type":"${type}","index":${this.#block}${rest}}`);
  }

  #end(): string {
    const stop = this.#stop ?? { reason: "failed", native: "", matched: null };
    const reason = writeStop(stop);
    if (reason === null) return this.#fail(failedStop(stop));
    this.#over = true;
    let frames = this.#begin();
    for (const part of this.#parts) part.closed = true;
    frames += this.#flush();
    const usage = this.#usage ?? {
      ...NO_USAGE,
      input: this.#estimate,
      output: estimateTokens(this.#characters),
    };
    const matched = JSON.stringify(stop.matched);
    frames += writeNamedEvent(
      "message_delta",
      `{"type":"message_delta","delta":{"stop_reason":"${reason}","stop_sequence":${matched}},"usage":${writeUsage(usage)}}`,
    );
    return frames + writeNamedEvent("message_stop", '{"type":"message_stop"}');
  }

  #fail(error: ModelError): string {
    this.#over = true;
    this.#parts.length = 0;
    return writeNamedEvent("error", errorBody(error));
  }
}

function blockOf(part: OpenedPart): string {
  switch (part.kind) {
    case "text":
    case "refusal":
      return '{"type":"text","text":""}';
    case "reasoning":
      return thought("", null, part.redacted);
    case "tool-call":
      return `{"type":"tool_use","id":${JSON.stringify(part.id)},"name":${JSON.stringify(part.name)},"input":{}}`;
  }
}
