/** Reads a provider's stream of events. Items are told apart by `output_index`; what a piece left out is taken from the item's end. */
import type { ModelEvent } from "../../canonical/answer.ts";
import { isCut } from "../../canonical/answer.ts";
import type { Json, JsonObject, ModelRequest } from "../../canonical/request.ts";
import type { Usage } from "../../canonical/usage.ts";
import { EventOrder, failure, MAX_PARTS } from "../../wire/event-order.ts";
import { ServerSentEventParser } from "../../wire/sse.ts";
import type { EventReader } from "../dialect.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { inBandError } from "../openai-common/error.ts";
import { type ToolNames, toolNames } from "../tool-names.ts";
import { itemSignature, responseError } from "./answer.ts";
import { TOOL_NAME } from "./provider-request.ts";
import { readStop } from "./stop.ts";
import { itemState, itemText } from "./thoughts.ts";
import { addsUp, readUsage } from "./usage.ts";

/** One text that is being written. */
interface Piece {
  /** -1: not open yet. */
  part: number;
  /** What came so far, in code units. */
  length: number;
}

interface Item {
  /** Of a call or a thought. */
  readonly whole: Piece;
  /** Of a message: by `content_index`. */
  readonly contents: Map<number, Piece>;
  /** Another part of a thought's summary has begun. */
  paragraph: boolean;
  done: boolean;
}

export class ResponsesEventReader implements EventReader {
  readonly #order = new EventOrder();
  readonly #parser = new ServerSentEventParser((name, data) => this.#event(name, data));
  readonly #names: ToolNames;
  readonly #items = new Map<number, Item>();
  #contents = 0;
  #called = false;
  /** Calls that have no arguments so far. */
  readonly #empty: Piece[] = [];

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
    this.#order.fail(failure("The provider's stream ended before the answer was whole."));
    return this.#order.take();
  }

  #event(name: string, data: string): void {
    const order = this.#order;
    if (order.over || data === "[DONE]") return;
    const event = parseJson(data)?.value;
    if (!isObject(event)) {
      order.fail(failure("The provider's stream holds what is no JSON object."));
      return;
    }
    const type = typeof event.type === "string" ? event.type : name;
    switch (type) {
      case "response.output_text.delta":
        this.#content(event, "text", event.delta);
        break;
      case "response.function_call_arguments.delta":
        this.#arguments(event.output_index, event.delta);
        break;
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        this.#think(event.output_index, event.delta);
        break;
      case "response.refusal.delta":
        this.#content(event, "refusal", event.delta);
        break;
      case "response.output_item.added":
        this.#begin(event.output_index, event.item);
        break;
      case "response.reasoning_summary_part.added": {
        const item = this.#item(event.output_index);
        if (item !== null) item.paragraph = item.whole.length > 0;
        break;
      }
      case "response.output_item.done":
        this.#finishItem(event.output_index, event.item);
        break;
      case "response.created":
      case "response.in_progress":
      case "response.queued":
        this.#start(event.response);
        break;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        this.#end(event.response);
        break;
      case "error":
        order.fail(inBandError(isObject(event.error) ? event.error : event));
        break;
      default:
        if (event.error !== undefined && event.error !== null) order.fail(inBandError(event.error));
    }
  }

  #start(response: Json | undefined): void {
    if (!isObject(response)) return;
    const { id, model } = response;
    this.#order.start(typeof id === "string" ? id : "", typeof model === "string" ? model : "");
  }

  /** Null: there is no such index, or there are too many. */
  #item(index: Json | undefined): Item | null {
    if (typeof index !== "number") return null;
    const known = this.#items.get(index);
    if (known !== undefined) return known.done ? null : known;
    if (this.#items.size >= MAX_PARTS) {
      this.#order.fail(failure("The provider's answer holds too many items."));
      return null;
    }
    const item: Item = { whole: { part: -1, length: 0 }, contents: new Map(), paragraph: false, done: false };
    this.#items.set(index, item);
    return item;
  }

  #begin(index: Json | undefined, value: Json | undefined): void {
    const item = this.#item(index);
    if (item === null || !isObject(value) || value.type !== "function_call") return;
    this.#open(item, value);
    this.#rest(item.whole, value.arguments, "arguments");
  }

  #open({ whole }: Item, value: JsonObject): void {
    const { name, call_id: callId, id } = value;
    if (whole.part !== -1 || typeof name !== "string" || name === "") return;
    this.#called = true;
    const known = typeof callId === "string" && callId !== "" ? callId : typeof id === "string" ? id : "";
    whole.part = this.#order.open({ kind: "tool-call", id: known, name: this.#names.back(name) });
    this.#empty.push(whole);
  }

  /** Arguments of a call that never began are taken from its end. */
  #arguments(index: Json | undefined, delta: Json | undefined): void {
    const item = this.#item(index);
    if (item !== null && item.whole.part !== -1) this.#append(item.whole, delta, "arguments");
  }

  #content(
    { output_index: index, content_index: at }: JsonObject,
    kind: "text" | "refusal",
    text: Json | undefined,
  ): void {
    if (typeof text !== "string" || text === "") return;
    const item = this.#item(index);
    const piece = item === null ? null : this.#piece(item, at, kind);
    if (piece !== null) this.#append(piece, text, "text");
  }

  #piece(item: Item, at: Json | undefined, kind: "text" | "refusal"): Piece | null {
    const number = typeof at === "number" ? at : 0;
    const known = item.contents.get(number);
    if (known !== undefined) return known;
    if (++this.#contents > MAX_PARTS) {
      this.#order.fail(failure("The provider's answer holds too many parts."));
      return null;
    }
    const piece = { part: this.#order.open({ kind }), length: 0 };
    item.contents.set(number, piece);
    return piece;
  }

  #think(index: Json | undefined, text: Json | undefined): void {
    if (typeof text !== "string" || text === "") return;
    const item = this.#item(index);
    if (item === null) return;
    if (item.whole.part === -1) item.whole.part = this.#order.open({ kind: "reasoning", redacted: null });
    this.#append(item.whole, item.paragraph ? `\n\n${text}` : text, "text");
    item.paragraph = false;
  }

  #append(piece: Piece, text: Json | undefined, kind: "text" | "arguments"): void {
    if (typeof text !== "string") return;
    piece.length += text.length;
    if (kind === "text") this.#order.text(piece.part, text);
    else this.#order.arguments(piece.part, text);
  }

  /** What a whole text has beyond its pieces. */
  #rest(piece: Piece, text: Json | undefined, kind: "text" | "arguments"): void {
    if (typeof text === "string" && text.length > piece.length) this.#append(piece, text.slice(piece.length), kind);
  }

  #finishItem(index: Json | undefined, value: Json | undefined): void {
    const item = this.#item(index);
    if (item === null || !isObject(value)) return;
    const { whole } = item;
    switch (value.type) {
      case "function_call": {
        this.#open(item, value);
        if (whole.part === -1) break;
        this.#rest(whole, value.arguments, "arguments");
        const signature = itemSignature(value);
        if (signature !== null) this.#order.signature(whole.part, signature);
        // One without arguments stays open: whether it was cut is known at the end.
        if (whole.length > 0) this.#order.close(whole.part);
        break;
      }
      case "reasoning": {
        const signature = itemState(value);
        const text = itemText(value);
        if (whole.part === -1 && (signature !== null || text !== "")) {
          whole.part = this.#order.open({ kind: "reasoning", redacted: null });
        }
        if (whole.part === -1) break;
        this.#rest(whole, text, "text");
        if (signature !== null) this.#order.signature(whole.part, signature);
        this.#order.close(whole.part);
        break;
      }
      case "message":
        this.#finishMessage(item, value);
    }
    item.done = true;
  }

  #finishMessage(item: Item, value: JsonObject): void {
    (isList(value.content) ? value.content : []).forEach((content, at) => {
      if (!isObject(content)) return;
      const refusal = content.type === "refusal";
      const text = refusal ? content.refusal : content.text;
      if (typeof text !== "string" || text === "") return;
      const piece = this.#piece(item, at, refusal ? "refusal" : "text");
      if (piece !== null) this.#rest(piece, text, "text");
    });
    for (const { part } of item.contents.values()) this.#order.close(part);
  }

  #end(response: Json | undefined): void {
    const order = this.#order;
    if (!isObject(response)) {
      order.fail(failure("The provider's stream ended without its answer."));
      return;
    }
    this.#start(response);
    const usage = readUsage(response.usage);
    this.uncounted = !addsUp(response.usage, usage);
    const failed = responseError(response);
    if (failed !== null) {
      if (usage !== null) order.usageIs(usage);
      order.fail(failed);
      return;
    }
    if (isList(response.output)) for (const [index, item] of response.output.entries()) this.#finishItem(index, item);
    const stop = readStop(response, this.#called);
    for (const piece of this.#empty) if (piece.length === 0 && !isCut(stop)) order.arguments(piece.part, "{}");
    order.stop(stop);
    if (usage !== null) order.usageIs(usage);
    order.end();
  }
}
