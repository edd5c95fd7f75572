/** Reads answers of generateContent: the chunks of a stream, and a whole answer, which is one chunk. */

import type { ModelAnswer, ModelEvent } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import { gather } from "../../canonical/gather.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import { sealState } from "../../canonical/signature.ts";
import type { Usage } from "../../canonical/usage.ts";
import { EventOrder } from "../../wire/event-order.ts";
import { ServerSentEventParser } from "../../wire/sse.ts";
import { argumentsText } from "../call-arguments.ts";
import type { EventReader } from "../dialect.ts";
import { CUT_SHORT, EVENT_TOO_LONG, failedStop, NOT_UNDERSTOOD } from "../failures.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { toolNames } from "../tool-names.ts";
import { stableId } from "./contents.ts";
import { readErrorChunk } from "./error.ts";
import { TOOL_NAME } from "./request-writer.ts";
import { readStop } from "./stop.ts";
import { addsUp, readUsage } from "./usage.ts";

export function eventReader(request: ModelRequest): EventReader {
  const chunks = new ChunkReader(request);
  const parser = new ServerSentEventParser((_name, data) => chunks.read(parseJson(data)?.value));
  return {
    push(bytes) {
      if (!chunks.order.over && !parser.push(bytes)) chunks.order.fail(EVENT_TOO_LONG);
      return chunks.order.take();
    },
    finish() {
      if (!chunks.order.over) parser.finish();
      return chunks.finish();
    },
    get usage(): Usage | null {
      return chunks.usage;
    },
    get uncounted(): boolean {
      return chunks.uncounted;
    },
  };
}

export function readAnswer(body: Uint8Array, request: ModelRequest): ModelAnswer | ModelError {
  const chunks = new ChunkReader(request);
  const parsed = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  chunks.read(parsed?.value);
  const answer = gather(chunks.finish()) ?? NOT_UNDERSTOOD;
  return chunks.uncounted && "parts" in answer ? { ...answer, uncounted: true } : answer;
}

/** What the last part was, so that more of the same continues it. */
type Open = "none" | "text" | "thought";

class ChunkReader {
  readonly order = new EventOrder();
  usage: Usage | null = null;
  uncounted = false;
  readonly #back: (name: string) => string;
  readonly #oneCall: boolean;
  /** Calls so far in the conversation: a call without an identifier gets one by its place. */
  #calls: number;
  #called = false;
  #open: Open = "none";
  #part = -1;

  constructor(request: ModelRequest) {
    this.#back = toolNames(request, TOOL_NAME).back;
    this.#oneCall = request.parallelTools === false;
    this.#calls = 0;
    for (const turn of request.turns) for (const part of turn.parts) if (part.type === "tool-call") this.#calls++;
  }

  finish(): readonly ModelEvent[] {
    // There is no sentinel: who has said why it stopped has said everything.
    if (!this.order.end()) this.order.fail(CUT_SHORT);
    return this.order.take();
  }

  read(chunk: Json | undefined): void {
    if (this.order.over) return;
    if (!isObject(chunk)) {
      this.order.fail(NOT_UNDERSTOOD);
      return;
    }
    if (isObject(chunk.error)) {
      this.order.fail(readErrorChunk(chunk.error));
      return;
    }
    this.order.start(text(chunk.responseId), text(chunk.modelVersion));
    const candidate = isList(chunk.candidates) ? chunk.candidates[0] : undefined;
    if (isObject(candidate)) {
      if (isObject(candidate.content) && isList(candidate.content.parts)) {
        for (const part of candidate.content.parts) if (isObject(part)) this.#read(part);
      }
    }
    if (isObject(chunk.usageMetadata)) {
      this.usage = readUsage(chunk.usageMetadata, this.usage);
      this.uncounted = !addsUp(chunk.usageMetadata, this.usage);
      if (this.usage !== null) this.order.usageIs(this.usage);
    }
    if (isObject(candidate)) this.#finished(text(candidate.finishReason));
    else if (isObject(chunk.promptFeedback)) this.#blocked(text(chunk.promptFeedback.blockReason));
  }

  #finished(reason: string): void {
    if (reason === "" || reason === "FINISH_REASON_UNSPECIFIED") return;
    const stop = readStop(reason, this.#called);
    if (stop.reason === "failed") this.order.fail(failedStop(stop));
    else this.order.stop(stop);
  }

  /** The prompt itself was blocked: there are no candidates. */
  #blocked(reason: string): void {
    if (reason !== "") this.order.stop({ reason: "policy", native: reason, matched: null });
  }

  #read(part: JsonObject): void {
    const signature = text(part.thoughtSignature);
    if (isObject(part.functionCall)) this.#call(part.functionCall, signature);
    else if (typeof part.text === "string") this.#text(part.text, part.thought === true, signature);
    // What Google's own tools did is no part of the form in the middle; their state is.
    else if (signature !== "") this.#text("", false, signature);
  }

  #text(words: string, thought: boolean, signature: string): void {
    if (words !== "") {
      this.#continue(thought ? "thought" : "text");
      this.order.text(this.#part, words);
    }
    if (signature === "") return;
    // A signed part is never continued, and the state of a text follows it as an empty thought.
    if (!thought || this.#open !== "thought") {
      this.#close();
      this.#continue("thought");
    }
    this.order.signature(this.#part, sealState("gemini", signature));
    this.#close();
  }

  #continue(kind: Open): void {
    if (this.#open === kind) return;
    this.#close();
    this.#part = this.order.open(kind === "text" ? { kind } : { kind: "reasoning", redacted: null });
    this.#open = kind;
  }

  #close(): void {
    if (this.#open !== "none") this.order.close(this.#part);
    this.#open = "none";
  }

  #call(call: JsonObject, signature: string): void {
    const name = text(call.name);
    if (name === "") {
      this.order.fail(NOT_UNDERSTOOD);
      return;
    }
    // Gemini cannot be told to call one tool at a time: of several calls the client that wants one gets the first, which carries the state.
    if (this.#oneCall && this.#called) return;
    this.#close();
    this.#called = true;
    const place = this.#calls++;
    const known = this.#back(name);
    const part = this.order.open({ kind: "tool-call", id: text(call.id) || stableId(place, known), name: known });
    this.order.arguments(part, argumentsText(call.args ?? {}));
    if (signature !== "") this.order.signature(part, sealState("gemini", signature));
    this.order.close(part);
  }
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
