/**
 * Writes a stream of events for a client. Each part is an item of its own; what an item held is kept as text until the last event, which holds all of
 * them again. The end of an item is written when the next thing is known, since only then it is known whether it was cut.
 */
import type { ModelEvent, Stop } from "../../canonical/answer.ts";
import { isCut } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import type { Usage } from "../../canonical/usage.ts";
import { writeNamedEvent } from "../../wire/sse.ts";
import type { AnswerContext, EventWriter } from "../dialect.ts";
import { errorObject } from "../openai-common/error.ts";
import {
  callItem,
  type ItemStatus,
  messageItem,
  reasoningItem,
  refusalContent,
  ResponseObject,
  summaryPart,
  textContent,
} from "./response.ts";
import { stateOut } from "./thoughts.ts";

interface Opened {
  readonly part: (ModelEvent & { type: "open" })["part"];
  readonly id: string;
  /** `"item_id":…,"output_index":…` */
  readonly where: string;
  readonly output: number;
  text: string;
  signature: string | null;
}

export class ResponsesEventWriter implements EventWriter {
  readonly #context: AnswerContext;
  #response: ResponseObject | null = null;
  #sequence = 0;
  readonly #parts: Opened[] = [];
  /** Items as they ended. */
  readonly #items: string[] = [];
  #closing: Opened[] = [];
  #stop: Stop | null = null;
  #usage: Usage | null = null;
  #over = false;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  write(event: ModelEvent): string {
    if (this.#over) return "";
    switch (event.type) {
      case "start": {
        this.#response = new ResponseObject(this.#context, event.id);
        const running = `"response":${this.#response.running()}`;
        return this.#event("response.created", running) + this.#event("response.in_progress", running);
      }
      case "open":
        return this.#finishClosed(false) + this.#open(event);
      case "text":
        return this.#finishClosed(false) + this.#text(event.index, event.text);
      case "arguments": {
        const part = this.#parts[event.index];
        if (part?.part.kind !== "tool-call") return "";
        part.text += event.text;
        const delta = `${part.where},"delta":${JSON.stringify(event.text)}`;
        return this.#finishClosed(false) + this.#event("response.function_call_arguments.delta", delta);
      }
      case "signature": {
        const part = this.#parts[event.index];
        if (part !== undefined) part.signature = event.signature;
        return "";
      }
      case "close": {
        const part = this.#parts[event.index];
        if (part !== undefined) this.#closing.push(part);
        return "";
      }
      case "usage":
        this.#usage = event.usage;
        return "";
      case "stop":
        if (event.stop.reason === "failed") {
          return this.#fail({
            class: "upstream",
            status: 502,
            code: event.stop.native,
            message: "The model failed before its answer was whole.",
            parameter: null,
            retryAfter: null,
          });
        }
        this.#stop = event.stop;
        return this.#finishClosed(isCut(event.stop));
      case "end":
        return this.#end();
      case "error":
        return this.#fail(event.error);
    }
  }

  /** A comment, which clients skip: the dialect has no event that says nothing. */
  continued(): string {
    return this.#over ? "" : ": continued\n\n";
  }

  #event(type: string, fields: string): string {
    return writeNamedEvent(type, `{"type":"${type}","sequence_number":${this.#sequence++},${fields}}`);
  }

  #open({ index, part }: ModelEvent & { type: "open" }): string {
    const id = this.#context.random(24);
    const output = this.#parts.length;
    const [prefix, item] = itemBegin(id, part);
    const where = `"item_id":"${prefix}_${id}","output_index":${output}`;
    const opened: Opened = { part, id, where, output, text: "", signature: null };
    this.#parts[index] = opened;
    const added = this.#event("response.output_item.added", `"output_index":${output},"item":${item}`);
    if (part.kind !== "text" && part.kind !== "refusal") return added;
    const content = part.kind === "text" ? textContent("") : refusalContent("");
    return added + this.#event("response.content_part.added", `${where},"content_index":0,"part":${content}`);
  }

  #text(index: number, text: string): string {
    const part = this.#parts[index];
    if (part === undefined) return "";
    const first = part.text === "";
    part.text += text;
    const delta = `"delta":${JSON.stringify(text)}`;
    switch (part.part.kind) {
      case "text":
        return this.#event("response.output_text.delta", `${part.where},"content_index":0,${delta},"logprobs":[]`);
      case "refusal":
        return this.#event("response.refusal.delta", `${part.where},"content_index":0,${delta}`);
      case "reasoning": {
        const where = `${part.where},"summary_index":0`;
        const added = first
          ? this.#event("response.reasoning_summary_part.added", `${where},"part":${summaryPart("")}`)
          : "";
        return added + this.#event("response.reasoning_summary_text.delta", `${where},${delta}`);
      }
      case "tool-call":
        return "";
    }
  }

  /** `cut`: the answer ended here, in the middle of the part that was opened last. */
  #finishClosed(cut: boolean): string {
    if (this.#closing.length === 0) return "";
    const closing = this.#closing;
    this.#closing = [];
    const last = closing.reduce((latest, part) => Math.max(latest, part.output), -1);
    return closing.map((part) => this.#finish(part, cut, cut && part.output === last)).join("");
  }

  #finish(opened: Opened, cut: boolean, incomplete: boolean): string {
    const { part, id, where, output, signature } = opened;
    const status: ItemStatus = incomplete ? "incomplete" : "completed";
    let done = "";
    let item: string;
    switch (part.kind) {
      case "text":
      case "refusal": {
        const [type, content] =
          part.kind === "text" ? ["output_text", textContent(opened.text)] : ["refusal", refusalContent(opened.text)];
        const whole = `"${part.kind}":${JSON.stringify(opened.text)}${part.kind === "text" ? ',"logprobs":[]' : ""}`;
        done = this.#event(`response.${type}.done`, `${where},"content_index":0,${whole}`);
        done += this.#event("response.content_part.done", `${where},"content_index":0,"part":${content}`);
        item = messageItem(id, content, status);
        break;
      }
      case "reasoning": {
        if (opened.text !== "") {
          const at = `${where},"summary_index":0`;
          done = this.#event("response.reasoning_summary_text.done", `${at},"text":${JSON.stringify(opened.text)}`);
          done += this.#event("response.reasoning_summary_part.done", `${at},"part":${summaryPart(opened.text)}`);
        }
        const state = stateOut({ type: "reasoning", text: opened.text, signature, redacted: part.redacted });
        item = reasoningItem(id, opened.text, state);
        break;
      }
      case "tool-call": {
        if (opened.text === "" && !cut) {
          opened.text = "{}";
          done = this.#event("response.function_call_arguments.delta", `${where},"delta":"{}"`);
        }
        const whole = `"name":${JSON.stringify(part.name)},"arguments":${JSON.stringify(opened.text)}`;
        done += this.#event("response.function_call_arguments.done", `${where},${whole}`);
        item = callItem(id, part.id, part.name, opened.text, signature, status);
      }
    }
    opened.text = "";
    this.#items[output] = item;
    return done + this.#event("response.output_item.done", `"output_index":${output},"item":${item}`);
  }

  #end(): string {
    this.#over = true;
    if (this.#response === null || this.#stop === null) return "";
    const response = this.#response.finished(this.#stop, this.#items, this.#usage);
    const type = isIncomplete(this.#stop) ? "response.incomplete" : "response.completed";
    return this.#event(type, `"response":${response}`);
  }

  #fail(error: ModelError): string {
    this.#over = true;
    const said = errorObject(error);
    const flat = `"code":${JSON.stringify(said.code)},"message":${JSON.stringify(error.message)},"param":${JSON.stringify(error.parameter)}`;
    // Flat as it is described, and nested as it is sent, which is what the official SDKs take for an error.
    const written = this.#event("error", `${flat},"error":${JSON.stringify(said)}`);
    if (this.#response === null) return written;
    const items = this.#items.filter((item) => item !== undefined);
    return written + this.#event("response.failed", `"response":${this.#response.failed(error, items, this.#usage)}`);
  }
}

function isIncomplete({ reason }: Stop): boolean {
  return reason === "length" || reason === "context" || reason === "policy";
}

/** The prefix of its identifier, and the item as it begins. */
function itemBegin(id: string, part: Opened["part"]): readonly [string, string] {
  switch (part.kind) {
    case "reasoning":
      return ["rs", reasoningItem(id, "", null)];
    case "tool-call":
      return ["fc", callItem(id, part.id, part.name, "", null, "in_progress")];
    default:
      return ["msg", messageItem(id, "", "in_progress")];
  }
}
