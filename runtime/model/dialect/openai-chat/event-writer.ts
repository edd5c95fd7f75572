/** Writes a stream of chunks for a client. What is the same in every chunk is made once. */
import type { ModelEvent, Stop } from "../../canonical/answer.ts";
import { isCut } from "../../canonical/answer.ts";
import type { Usage } from "../../canonical/usage.ts";
import { writeEvent } from "../../wire/sse.ts";
import type { AnswerContext, EventWriter } from "../dialect.ts";
import { errorObject } from "../openai-common/error.ts";
import { signatureContent } from "./answer.ts";
import { stopDetails, writeStop } from "./stop.ts";
import { detailForClient } from "./thoughts.ts";
import { writeUsage } from "./usage.ts";

type Opened =
  | { readonly kind: "text" }
  | { readonly kind: "refusal" }
  | { readonly kind: "tool-call"; readonly index: number; written: boolean }
  | { readonly kind: "reasoning"; readonly redacted: string | null; text: string; signature: string | null };

export class ChatEventWriter implements EventWriter {
  readonly #context: AnswerContext;
  readonly #withUsage: boolean;
  #head = "";
  #tail = "";
  readonly #parts: Opened[] = [];
  #calls = 0;
  #details = 0;
  #usage: Usage | null = null;
  #over = false;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#withUsage = context.request.streamUsage;
  }

  write(event: ModelEvent): string {
    if (this.#over) return "";
    switch (event.type) {
      case "start":
        this.#begin(event.id);
        return this.#chunk('{"role":"assistant","content":""}');
      case "open":
        return this.#open(event);
      case "text": {
        const part = this.#parts[event.index];
        if (part === undefined || part.kind === "tool-call") return "";
        const text = JSON.stringify(event.text);
        if (part.kind !== "reasoning") {
          return this.#chunk(part.kind === "text" ? `{"content":${text}}` : `{"refusal":${text}}`);
        }
        part.text += event.text;
        return this.#chunk(`{"reasoning_content":${text}}`);
      }
      case "arguments": {
        const part = this.#parts[event.index];
        if (part?.kind !== "tool-call") return "";
        part.written = true;
        return this.#call(part.index, `"function":{"arguments":${JSON.stringify(event.text)}}`);
      }
      case "signature": {
        const part = this.#parts[event.index];
        if (part?.kind === "reasoning") part.signature = event.signature;
        if (part?.kind !== "tool-call") return "";
        return this.#call(part.index, JSON.stringify(signatureContent(event.signature)).slice(1, -1));
      }
      case "close":
        return this.#close(event.index);
      case "usage":
        this.#usage = event.usage;
        return "";
      case "stop":
        return this.#stop(event.stop);
      case "end":
        this.#over = true;
        return `${this.#withUsage && this.#usage !== null ? this.#usageChunk(this.#usage) : ""}data: [DONE]\n\n`;
      case "error":
        this.#over = true;
        return writeEvent(JSON.stringify({ error: errorObject(event.error) }));
    }
  }

  continued(): string {
    return this.#over || this.#head === "" ? "" : this.#chunk("{}").replace(/\}\n\n$/, ',"continued":true}\n\n');
  }

  #begin(answerId: string): void {
    const { model, created, random } = this.#context;
    const id = JSON.stringify(answerId === "" ? `chatcmpl-${random(24)}` : answerId);
    this.#head = `{"id":${id},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},"choices":[`;
    this.#tail = this.#withUsage ? '],"usage":null}\n\n' : "]}\n\n";
  }

  #chunk(delta: string, stop = '"finish_reason":null'): string {
    return `data: ${this.#head}{"index":0,"delta":${delta},"logprobs":null,${stop}}${this.#tail}`;
  }

  #call(index: number, fields: string): string {
    return this.#chunk(`{"tool_calls":[{"index":${index},${fields}}]}`);
  }

  #open({ index, part }: ModelEvent & { type: "open" }): string {
    switch (part.kind) {
      case "tool-call": {
        // Calls are counted by themselves: text and thoughts have no index here.
        const call = this.#calls++;
        this.#parts[index] = { kind: "tool-call", index: call, written: false };
        const called = `"function":{"name":${JSON.stringify(part.name)},"arguments":""}`;
        return this.#call(call, `"id":${JSON.stringify(part.id)},"type":"function",${called}`);
      }
      case "reasoning":
        this.#parts[index] = { kind: "reasoning", redacted: part.redacted, text: "", signature: null };
        return "";
      default:
        this.#parts[index] = part.kind === "text" ? { kind: "text" } : { kind: "refusal" };
        return "";
    }
  }

  #close(index: number): string {
    const part = this.#parts[index];
    if (part?.kind !== "reasoning") return "";
    const { text, signature, redacted } = part;
    part.text = "";
    const detail = detailForClient({ type: "reasoning", text, signature, redacted }, this.#details);
    if (detail === null) return "";
    this.#details++;
    return this.#chunk(`{"reasoning_details":[${JSON.stringify(detail)}]}`);
  }

  #stop(stop: Stop): string {
    if (stop.reason === "failed") {
      this.#over = true;
      const message = "The model failed before its answer was whole.";
      return writeEvent(
        JSON.stringify({ error: { message, type: "server_error", param: null, code: "server_error" } }),
      );
    }
    let written = "";
    if (!isCut(stop)) {
      for (const part of this.#parts) {
        if (part.kind === "tool-call" && !part.written) {
          written += this.#call(part.index, '"function":{"arguments":"{}"}');
        }
      }
    }
    return written + this.#chunk("{}", `"finish_reason":"${writeStop(stop)}"${stopDetails(stop)}`);
  }

  #usageChunk(usage: Usage): string {
    return `data: ${this.#head}],"usage":${writeUsage(usage)}}\n\n`;
  }
}
