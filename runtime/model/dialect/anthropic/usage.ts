/**
 * Anthropic's counters: `input_tokens` leaves out what was read from and written to a cache, `output_tokens` holds the thinking, and in a stream each
 * tells the whole so far.
 */
import type { Json, ModelRequest } from "../../canonical/request.ts";
import { type Usage, completionTokens } from "../../canonical/usage.ts";
import { isObject } from "../fields.ts";

/** As they stand in `usage`; later ones replace earlier ones, and what is left out keeps its number. */
export class Counters {
  #told = false;
  /** Something was told that is no count: what was used, nobody knows. */
  #nonsense = false;
  #input = 0;
  #cacheRead = 0;
  #cacheWrite = 0;
  #hour = 0;
  #output = 0;
  #thinking = 0;

  read(value: Json | undefined): void {
    if (!isObject(value)) return;
    this.#input = this.#counter(value.input_tokens) ?? this.#input;
    this.#cacheRead = this.#counter(value.cache_read_input_tokens) ?? this.#cacheRead;
    this.#cacheWrite = this.#counter(value.cache_creation_input_tokens) ?? this.#cacheWrite;
    this.#output = this.#counter(value.output_tokens) ?? this.#output;
    if (isObject(value.cache_creation)) {
      this.#hour = this.#counter(value.cache_creation.ephemeral_1h_input_tokens) ?? this.#hour;
      const five = this.#counter(value.cache_creation.ephemeral_5m_input_tokens) ?? 0;
      // Where only the parts are told, they are the whole.
      if (this.#counter(value.cache_creation_input_tokens) === null) this.#cacheWrite = this.#hour + five;
    }
    if (isObject(value.output_tokens_details)) {
      this.#thinking = this.#counter(value.output_tokens_details.thinking_tokens) ?? this.#thinking;
    }
  }

  /** Null: it is not told. */
  #counter(value: Json | undefined): number | null {
    if (value === undefined || value === null) return null;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) {
      this.#told = true;
      return value;
    }
    this.#nonsense = true;
    return null;
  }

  /** What was told cannot be. */
  get nonsense(): boolean {
    return this.#nonsense;
  }

  /** Null: nothing was told, or what was told cannot be. */
  get usage(): Usage | null {
    if (!this.#told || this.#nonsense) return null;
    const hour = Math.min(this.#hour, this.#cacheWrite);
    const reasoning = Math.min(this.#thinking, this.#output);
    return {
      input: this.#input,
      cacheRead: this.#cacheRead,
      cacheWrite: this.#cacheWrite - hour,
      cacheWriteHour: hour,
      output: this.#output - reasoning,
      reasoning,
    };
  }
}

export function writeUsage(usage: Usage): string {
  const written = usage.cacheWrite + usage.cacheWriteHour;
  return `{"input_tokens":${usage.input},"cache_creation_input_tokens":${written},"cache_read_input_tokens":${usage.cacheRead},"cache_creation":{"ephemeral_5m_input_tokens":${usage.cacheWrite},"ephemeral_1h_input_tokens":${usage.cacheWriteHour}},"output_tokens":${completionTokens(usage)},"output_tokens_details":{"thinking_tokens":${usage.reasoning}}}`;
}

const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_IMAGE = 1500;

/** Anthropic's streams tell the input's tokens first, other providers last: until then this stands, and is put right at the end. */
export function estimateInput(request: ModelRequest): number {
  let characters = 0;
  let media = 0;
  for (const part of request.system) characters += part.text.length;
  for (const turn of request.turns) {
    for (const part of turn.parts) {
      if (part.type === "text" || part.type === "reasoning" || part.type === "refusal") characters += part.text.length;
      else if (part.type === "tool-call") characters += part.name.length + part.arguments.length;
      else if (part.type === "tool-result") {
        for (const inner of part.parts) {
          if (inner.type === "text") characters += inner.text.length;
          else media++;
        }
      } else media++;
    }
  }
  for (const tool of request.tools) {
    characters += tool.name.length + (tool.description?.length ?? 0) + JSON.stringify(tool.parameters).length;
  }
  return Math.max(1, estimateTokens(characters) + media * TOKENS_PER_IMAGE);
}

export function estimateTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
