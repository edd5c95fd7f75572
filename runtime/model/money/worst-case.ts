/**
 * The most that a call can cost, known before it is made: budgets reserve it. Every bound here is one that tokenisers keep, not an average: a token
 * stands for at least one byte of what was sent.
 */
import type { ModelRequest, Part } from "../canonical/request.ts";
import { dataLength } from "../canonical/sizes.ts";
import { PICO_PER_MICRO } from "./amount.ts";
import type { Price, Rates } from "./price.ts";

/** What providers put around a conversation themselves: marks of turns, and the instructions that go with tools. */
const FRAME = 64;
const TOOLS = 1024;

export interface InputBound {
  /** Most tokens of the prompt. */
  readonly tokens: number;
  readonly audio: boolean;
  /** The request asks for a cache of an hour. */
  readonly hour: boolean;
}

/** The most that a call can cost and use, and of what it is made. */
export interface CallBound {
  /** Pico-units. */
  readonly worst: bigint;
  /** In and out together. */
  readonly tokens: number;
  /** The request holds audio. */
  readonly audio: boolean;
  readonly input: InputBound;
  /** Most tokens of all answers. */
  readonly output: number;
  /** Output is paid for that never comes to the gateway: further answers, predictions that were not taken. */
  readonly unseen: boolean;
}

/**
 * `bytes`: of the body that is sent; null: the provider adds to it what the request only names. `imageTokens`: the most that the model makes of one image. `context`: the model's context in tokens, null where it is not
 * known. null: nothing bounds the input, because it has documents of unknown size.
 */
export function boundInput(
  request: ModelRequest,
  bytes: number | null,
  imageTokens: number,
  context: number | null,
): InputBound | null {
  let tokens = (bytes ?? 0) + FRAME + (request.tools.length > 0 ? TOOLS : 0);
  let audio = false;
  let hour = request.tools.some(isHour) || request.system.some(isHour);
  let known = bytes !== null;
  const look = (part: Part): void => {
    if (part.type === "image") {
      tokens += imageTokens;
      // Its bytes are no text.
      if (part.source.kind === "base64") tokens -= dataLength(part.source);
    } else if (part.type === "audio") {
      // The thinnest audio has more bytes than tokens; what lies elsewhere has no known length.
      audio = true;
      if (part.source.kind !== "base64") known = false;
    } else if (part.type === "file" || part.type === "native") {
      // A compressed page may hold more text than its file has bytes.
      known = false;
    } else if (part.type === "tool-result") {
      for (const inner of part.parts) look(inner);
    }
    if ("cache" in part && part.cache?.ttl === "1h") hour = true;
  };
  for (const turn of request.turns) {
    for (const part of turn.parts) {
      // Of nearly all: no more is looked at than there is.
      if (part.type !== "text") look(part);
      else if (part.cache?.ttl === "1h") hour = true;
    }
  }
  if (context !== null) tokens = known ? Math.min(tokens, context) : context;
  else if (!known) return null;
  return { tokens, audio, hour };
}

function isHour(part: { readonly cache?: { readonly ttl: string } | undefined }): boolean {
  return part.cache?.ttl === "1h";
}

/** Pico-units. `output`: most tokens of one answer; `count`: answers that are asked for; `searches`: most searches of the provider. */
export function worstCost(price: Price, input: InputBound, output: number, count = 1, searches = 0): bigint {
  const fees = price.request + searches * (price.search ?? 0);
  let worst = -1n;
  let reached: readonly Rates[] = [price.rates];
  for (const band of price.bands) if (input.tokens > band.above) reached = [...reached, band.rates];
  for (const rates of reached) {
    const cost = tokensCost(input.tokens, dearestInput(rates, input), output * count, dearestOutput(rates));
    if (cost > worst) worst = cost;
  }
  return fees === 0 ? worst : worst + BigInt(fees) * PICO_PER_MICRO;
}

function dearestInput(rates: Rates, { audio, hour }: InputBound): number {
  return Math.max(
    rates.input,
    rates.cacheRead,
    rates.cacheWrite,
    hour ? rates.cacheWriteHour : 0,
    audio ? (rates.audioInput ?? 0) : 0,
  );
}

export function dearestOutput(rates: Rates): number {
  return Math.max(rates.output, rates.reasoning, rates.audioOutput ?? 0);
}

/** Both products together, exactly: as numbers where they are small enough to be, as nearly all are. */
function tokensCost(input: number, inputRate: number, output: number, outputRate: number): bigint {
  const sum = input * inputRate + output * outputRate;
  if (sum <= Number.MAX_SAFE_INTEGER) return BigInt(sum);
  return BigInt(input) * BigInt(inputRate) + BigInt(output) * BigInt(outputRate);
}
