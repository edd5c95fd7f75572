/** Writes a streamed answer for Gemini's clients, as events or as one JSON array that comes bit by bit. Calls go out whole, as Gemini's do. */

import { isCut, type ModelEvent, type OpenedPart, type Stop } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Usage } from "../../canonical/usage.ts";
import { failure } from "../../wire/event-order.ts";
import { writeEvent } from "../../wire/sse.ts";
import type { AnswerContext, EventWriter } from "../dialect.ts";
import { failedStop } from "../failures.ts";
import { callPart, chunkText, statePart, textPart } from "./answer.ts";
import { errorBody } from "./error.ts";
import { writeStop } from "./stop.ts";
import { redactedForClient, signatureForClient } from "./thoughts.ts";
import { writeUsage } from "./usage.ts";

/** UTF-16 units of arguments that may wait for their end. */
export const MAX_WAITING = 8 * 1024 * 1024;

interface State {
  readonly part: OpenedPart;
  arguments: string;
  signature: string;
  /** A text has gone out. */
  said: boolean;
}

export function eventWriter(context: AnswerContext, form: "sse" | "array"): EventWriter {
  return new GeminiEventWriter(context, form === "array");
}

class GeminiEventWriter implements EventWriter {
  readonly #context: AnswerContext;
  readonly #array: boolean;
  readonly #parts = new Map<number, State>();
  #id = "";
  #first = true;
  #over = false;
  #waiting = 0;
  #usage: Usage | null = null;
  #stop: Stop | null = null;
  /** A call that is through, without arguments: whether it was cut before them, the stop will say. */
  #called: State | null = null;

  constructor(context: AnswerContext, array: boolean) {
    this.#context = context;
    this.#array = array;
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
        this.#parts.set(event.index, { part: event.part, arguments: "", signature: "", said: false });
        return "";
      case "text":
        return this.#text(event.index, event.text);
      case "arguments":
        return this.#arguments(event.index, event.text);
      case "signature": {
        const state = this.#parts.get(event.index);
        if (state !== undefined) state.signature = event.signature;
        return "";
      }
      case "close":
        return this.#close(event.index);
      case "stop":
        this.#stop = event.stop;
        return this.#flushCall(isCut(event.stop));
      case "end":
        return this.#end();
      case "error":
        return this.#fail(event.error);
    }
  }

  continued(): string {
    if (this.#over) return "";
    const chunk = chunkText([], null, null, this.#responseId(), this.#context);
    return this.#frame(`${chunk.slice(0, -1)},"continued":true}`);
  }

  #text(index: number, text: string): string {
    const state = this.#parts.get(index);
    if (state === undefined) return "";
    state.said = true;
    if (state.part.kind !== "reasoning") return this.#flushCall(false) + this.#chunk(textPart(text));
    return this.#flushCall(false) + this.#chunk(`{"text":${JSON.stringify(text)},"thought":true}`);
  }

  #arguments(index: number, text: string): string {
    const state = this.#parts.get(index);
    if (state === undefined) return "";
    this.#waiting += text.length;
    if (this.#waiting > MAX_WAITING) {
      return this.#fail(failure("A tool call's arguments are longer than this gateway can hold back."));
    }
    state.arguments += text;
    return "";
  }

  #close(index: number): string {
    const state = this.#parts.get(index);
    if (state === undefined) return "";
    this.#parts.delete(index);
    const { part, signature, said } = state;
    if (part.kind === "tool-call") {
      const frames = this.#flushCall(false);
      this.#called = state;
      // Only one that has no arguments at all could still turn out to have been cut before them.
      return state.arguments === "" ? frames : frames + this.#flushCall(false);
    }
    if (part.kind !== "reasoning") return "";
    if (part.redacted !== null)
      return this.#flushCall(false) + this.#chunk(statePart(redactedForClient(part.redacted), false));
    if (signature === "") return "";
    return this.#flushCall(false) + this.#chunk(statePart(signatureForClient(signature), said));
  }

  #flushCall(cut: boolean): string {
    const state = this.#called;
    if (state === null || state.part.kind !== "tool-call") return "";
    this.#called = null;
    this.#waiting -= state.arguments.length;
    const args = state.arguments === "" && !cut ? "{}" : state.arguments;
    const { id, name } = state.part;
    return this.#chunk(callPart(id, name, args, state.signature === "" ? null : state.signature));
  }

  #chunk(part: string): string {
    const usage = this.#usage === null ? null : writeUsage(this.#usage);
    return this.#frame(chunkText([part], null, usage, this.#responseId(), this.#context));
  }

  #responseId(): string {
    if (this.#id === "") this.#id = this.#context.random(22);
    return this.#id;
  }

  #frame(json: string): string {
    if (!this.#array) return writeEvent(json);
    const frame = this.#first ? `[${json}` : `,\n${json}`;
    this.#first = false;
    return frame;
  }

  #end(): string {
    const stop = this.#stop ?? { reason: "failed", native: "", matched: null };
    const reason = writeStop(stop);
    if (reason === null) return this.#fail(failedStop(stop));
    this.#over = true;
    const usage = this.#usage === null ? null : writeUsage(this.#usage);
    const frame = this.#frame(chunkText([], reason, usage, this.#responseId(), this.#context));
    return this.#array ? `${frame}]` : frame;
  }

  #fail(error: ModelError): string {
    this.#over = true;
    this.#parts.clear();
    const body = errorBody(error);
    if (this.#array) return `${this.#frame(body)}]`;
    // Google's JavaScript client before 2.0 takes an error for an empty chunk unless it stands outside of any event; other readers skip such a line.
    return `${writeEvent(body)}${body}\n`;
  }
}
