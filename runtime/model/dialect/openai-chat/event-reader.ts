/** Reads a provider's stream of chunks. Calls are told apart by `index`, and several may be written at once. */
import type { ModelEvent, Stop } from "../../canonical/answer.ts";
import { isCut } from "../../canonical/answer.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import type { Usage } from "../../canonical/usage.ts";
import { EventOrder, failure } from "../../wire/event-order.ts";
import { ServerSentEventParser } from "../../wire/sse.ts";
import type { EventReader } from "../dialect.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { inBandError } from "../openai-common/error.ts";
import { type ToolNames, toolNames } from "../tool-names.ts";
import { callArguments, callSignature, readContent } from "./answer.ts";
import { TOOL_NAME } from "./provider-request.ts";
import { readStop } from "./stop.ts";
import { readDetails, reasoningText } from "./thoughts.ts";
import { addsUp, readUsage } from "./usage.ts";

/** Code units of the arguments of calls whose name has not come yet, all together. */
const MAX_HELD = 1024 * 1024;

interface Call {
  /** As the provider says it; "" until it does. */
  id: string;
  name: string;
  /** Arguments that came before the name. */
  held: string;
  signature: string | null;
  /** -1: not open yet. */
  part: number;
  written: boolean;
}

export class ChatEventReader implements EventReader {
  readonly #order = new EventOrder();
  readonly #parser = new ServerSentEventParser((name, data) => this.#event(name, data));
  readonly #names: ToolNames;
  #id = "";
  /** The part that is being written, for each kind that has at most one open; -1: none. */
  #text = -1;
  #refusal = -1;
  #thought = -1;
  #thoughtText = "";
  /** In the order in which they began. */
  readonly #calls: Call[] = [];
  /** The call that an index means now. */
  readonly #byIndex = new Map<number, Call>();
  #heldLength = 0;
  #stop: Stop | null = null;
  uncounted = false;

  constructor(request: ModelRequest) {
    this.#names = toolNames(request, TOOL_NAME);
  }

  get usage(): Usage | null {
    return this.#order.usage;
  }

  push(bytes: Uint8Array): readonly ModelEvent[] {
    if (!this.#order.over && !this.#parser.push(bytes)) {
      this.#order.fail(failure("An event of the provider's stream is longer than this gateway takes."));
    }
    return this.#order.take();
  }

  finish(): readonly ModelEvent[] {
    this.#parser.finish();
    this.#end();
    return this.#order.take();
  }

  /** `[DONE]`, or the end of the connection: some servers leave the one out. */
  #end(): void {
    if (!this.#order.end()) this.#order.fail(failure("The provider's stream ended before the answer was whole."));
  }

  #event(name: string, data: string): void {
    const order = this.#order;
    if (order.over) return;
    if (data === "[DONE]") {
      this.#end();
      return;
    }
    const chunk = parseJson(data)?.value;
    if (!isObject(chunk)) {
      order.fail(failure("The provider's stream holds what is no JSON object."));
      return;
    }
    if (chunk.error !== undefined && chunk.error !== null) {
      order.fail(inBandError(chunk.error));
      return;
    }
    if (name === "error" || chunk.object === "error") {
      order.fail(inBandError(chunk));
      return;
    }
    const choice = isList(chunk.choices) ? chunk.choices.find(isFirst) : undefined;
    if (!order.started && (choice !== undefined || (typeof chunk.id === "string" && chunk.id !== ""))) {
      this.#id = typeof chunk.id === "string" ? chunk.id : "";
      order.start(this.#id, typeof chunk.model === "string" ? chunk.model : "");
    }
    if (choice !== undefined && this.#stop === null) this.#choice(choice);
    const usage = readUsage(chunk.usage) ?? readUsage(isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined);
    if (usage !== null) order.usageIs(usage);
    this.uncounted = !addsUp(chunk.usage, usage);
  }

  #choice(choice: JsonObject): void {
    if (choice.error !== undefined && choice.error !== null) {
      this.#order.fail(inBandError(choice.error));
      return;
    }
    const delta = choice.delta ?? choice.message;
    if (isObject(delta)) this.#delta(delta);
    if (typeof choice.finish_reason !== "string" || choice.finish_reason === "") return;
    const matched = typeof choice.stop_reason === "string" ? choice.stop_reason : null;
    const stop = readStop(choice.finish_reason, this.#calls.length > 0, matched);
    this.#stop = stop;
    if (stop.reason === "failed") {
      this.#order.fail(failure("The model failed before its answer was whole.", stop.native));
      return;
    }
    for (const call of this.#calls) {
      if (call.part !== -1 && !call.written && !isCut(stop)) this.#order.arguments(call.part, "{}");
    }
    this.#order.stop(stop);
  }

  #delta(delta: JsonObject): void {
    this.#think(delta);
    const { content, refusal } = delta;
    if (typeof content === "string") this.#write(content);
    else if (isList(content)) {
      for (const part of readContent(content)) {
        if (part.type === "reasoning") this.#thinkText(part.text);
        else if (part.type === "text") this.#write(part.text);
        else if (part.type === "refusal") this.#refuse(part.text);
      }
    }
    if (typeof refusal === "string") this.#refuse(refusal);
    if (!isList(delta.tool_calls)) return;
    for (const fragment of delta.tool_calls) if (isObject(fragment)) this.#fragment(fragment);
  }

  #write(text: string): void {
    // Empty pieces of content stand between the pieces of a call, and open nothing.
    if (text === "") return;
    if (this.#text === -1) {
      this.#closeThought();
      this.#text = this.#order.open({ kind: "text" });
    }
    this.#order.text(this.#text, text);
  }

  #refuse(text: string): void {
    if (text === "") return;
    if (this.#refusal === -1) {
      this.#closeThought();
      this.#refusal = this.#order.open({ kind: "refusal" });
    }
    this.#order.text(this.#refusal, text);
  }

  #think(delta: JsonObject): void {
    const details = delta.reasoning_details;
    let told = false;
    if (isList(details)) {
      for (const part of readDetails(details, true)) {
        if (part.redacted !== null) {
          this.#closeThought();
          this.#order.close(this.#order.open({ kind: "reasoning", redacted: part.redacted }));
          continue;
        }
        told ||= part.text !== "";
        // A signature may come with all of the text that came before it in pieces.
        if (part.signature === null || part.text !== this.#thoughtText) this.#thinkText(part.text);
        if (part.signature === null) continue;
        if (this.#thought === -1) this.#openThought();
        this.#order.signature(this.#thought, part.signature);
        this.#closeThought();
      }
    }
    if (!told) this.#thinkText(reasoningText(delta));
  }

  #thinkText(text: string): void {
    if (text === "") return;
    if (this.#thought === -1) this.#openThought();
    this.#thoughtText += text;
    this.#order.text(this.#thought, text);
  }

  #openThought(): void {
    this.#closeText();
    this.#thoughtText = "";
    this.#thought = this.#order.open({ kind: "reasoning", redacted: null });
  }

  #closeThought(): void {
    if (this.#thought !== -1) this.#order.close(this.#thought);
    this.#thought = -1;
    this.#thoughtText = "";
  }

  #closeText(): void {
    if (this.#text !== -1) this.#order.close(this.#text);
    if (this.#refusal !== -1) this.#order.close(this.#refusal);
    this.#text = -1;
    this.#refusal = -1;
  }

  #fragment(fragment: JsonObject): void {
    const called = isObject(fragment.function) ? fragment.function : {};
    const id = typeof fragment.id === "string" ? fragment.id : "";
    const name = typeof called.name === "string" ? called.name : "";
    const call = this.#callOf(fragment.index, id, name);
    if (call === null) return;
    if (call.id === "") call.id = id;
    if (call.name === "") call.name = name;
    const text = callArguments(called.arguments);
    call.signature ??= callSignature(fragment);
    if (call.part === -1) {
      if (call.name === "") {
        this.#heldLength += text.length;
        if (this.#heldLength > MAX_HELD) this.#order.fail(failure("The provider's tool call has no name."));
        call.held += text;
        return;
      }
      this.#closeThought();
      this.#closeText();
      const known = call.id === "" ? `${this.#id === "" ? "call" : this.#id}_${this.#calls.indexOf(call)}` : call.id;
      call.part = this.#order.open({ kind: "tool-call", id: known, name: this.#names.back(call.name) });
      this.#arguments(call, call.held);
      call.held = "";
    }
    this.#arguments(call, text);
    if (call.signature !== null) this.#order.signature(call.part, call.signature);
  }

  #arguments(call: Call, text: string): void {
    if (text === "") return;
    call.written = true;
    this.#order.arguments(call.part, text);
  }

  /**
   * The call that a fragment continues, or a new one. Some servers give no index, and some the same to every call: a new identifier together with a
   * name is a new call even so. Null: it continues nothing.
   */
  #callOf(index: Json | undefined, id: string, name: string): Call | null {
    const known =
      typeof index === "number" ? this.#byIndex.get(index) : id === "" ? this.#calls.at(-1) : this.#byId(id);
    if (known !== undefined && (id === "" || known.id === "" || known.id === id || name === "")) return known;
    if (typeof index !== "number" && name === "") return null;
    const call: Call = { id, name: "", held: "", signature: null, part: -1, written: false };
    if (this.#calls.length >= 4096) {
      this.#order.fail(failure("The provider's answer holds too many tool calls."));
      return null;
    }
    this.#calls.push(call);
    if (typeof index === "number") this.#byIndex.set(index, call);
    return call;
  }

  #byId(id: string): Call | undefined {
    return this.#calls.find((call) => call.id === id);
  }
}

function isFirst(choice: Json): choice is JsonObject {
  return isObject(choice) && (choice.index === undefined || choice.index === 0);
}
