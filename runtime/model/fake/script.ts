/** What the fake model answers to a request, as the events of a stream; a whole answer is made of the same. The same request is always answered in the same way. */
import type { ModelEvent, StopReason } from "../canonical/answer.ts";
import type { ModelRequest, Tool } from "../canonical/request.ts";
import { sealState } from "../canonical/signature.ts";
import type { Usage } from "../canonical/usage.ts";
import type { ProviderDialectName } from "../dialect/dialect.ts";
import { mergeTurns } from "../dialect/turn-order.ts";
import { lorem, pieces, sample, tokens } from "./sample.ts";
import { type Switches, withoutMarks } from "./switches.ts";

/** Where models' thoughts have opaque state. */
const STATEFUL: ReadonlySet<ProviderDialectName> = new Set(["anthropic", "gemini", "openai-responses", "bedrock"]);
/** Where a thought may come encrypted instead of as text. */
const REDACTING: ReadonlySet<ProviderDialectName> = new Set(["anthropic", "bedrock"]);
const MOST_WRITTEN = 100_000;

interface Part {
  readonly opened: Extract<ModelEvent, { type: "open" }>["part"];
  readonly pieces: readonly string[];
  readonly signature: string | null;
}

export function script(asked: ModelRequest, switches: Switches, dialect: ProviderDialectName): ModelEvent[] {
  // Results of several tools are one turn, in whichever messages they come.
  const request = { ...asked, turns: mergeTurns(asked.turns) };
  const parts = partsOf(request, switches, dialect);
  const events: ModelEvent[] = [{ type: "start", id: `fake-${request.turns.length}`, model: request.model }];
  const cap = capOf(request, switches, parts);
  let written = 0;
  let thought = 0;
  let cut = false;
  /** False: the cap is reached, and nothing more is said. */
  const say = (index: number, { opened }: Part, text: string): boolean => {
    if (written >= cap) {
      cut = true;
      return false;
    }
    written++;
    if (opened.kind === "reasoning") thought++;
    events.push({ type: opened.kind === "tool-call" ? "arguments" : "text", index, text });
    return true;
  };
  const close = (index: number, part: Part): void => {
    if (part.signature !== null && !cut) events.push({ type: "signature", index, signature: part.signature });
    events.push({ type: "close", index });
  };
  const calls = parts.filter(({ opened }) => opened.kind === "tool-call");
  const together = switches.interleaved && calls.length > 1 ? calls : [];
  for (const [index, part] of parts.entries()) {
    if (together.includes(part) || cut) continue;
    events.push({ type: "open", index, part: part.opened });
    for (const piece of part.pieces) if (!say(index, part, piece)) break;
    if (part.opened.kind === "reasoning" && part.opened.redacted !== null) thought = written += 5;
    close(index, part);
  }
  if (together.length > 0 && !cut) interleave(parts.length - together.length, together, events, say, close);
  const reason: StopReason = cut
    ? "length"
    : switches.blocked
      ? "policy"
      : calls.length > 0
        ? "tool-calls"
        : stoppedBy(request, switches) === null
          ? "end"
          : "stop-string";
  events.push({
    type: "stop",
    stop: { reason, native: "", matched: reason === "stop-string" ? stoppedBy(request, switches) : null },
  });
  if (!switches.silent) events.push({ type: "usage", usage: usageOf(request, switches, written, thought) });
  events.push({ type: "end" });
  return events;
}

function interleave(
  first: number,
  calls: readonly Part[],
  events: ModelEvent[],
  say: (index: number, part: Part, text: string) => boolean,
  close: (index: number, part: Part) => void,
): void {
  for (const [at, part] of calls.entries()) events.push({ type: "open", index: first + at, part: part.opened });
  const most = Math.max(...calls.map((part) => part.pieces.length));
  loop: for (let round = 0; round < most; round++) {
    for (const [at, part] of calls.entries()) {
      const piece = part.pieces[round];
      if (piece !== undefined && !say(first + at, part, piece)) break loop;
    }
  }
  for (const [at, part] of calls.entries()) close(first + at, part);
}

function partsOf(request: ModelRequest, switches: Switches, dialect: ProviderDialectName): Part[] {
  const parts: Part[] = [];
  const wants = request.reasoning !== null && request.reasoning.effort !== "none" && request.reasoning.budget !== 0;
  const think = switches.think > 0 ? switches.think : wants ? 5 : 0;
  const state = (text: string) =>
    sealState(dialect, Buffer.from(`fake ${text} of turn ${request.turns.length}`).toString("base64"));
  if (think > 0) {
    const redacted = switches.redacted && REDACTING.has(dialect) ? state("encrypted thought") : null;
    const signature = STATEFUL.has(dialect) && dialect !== "gemini" && redacted === null ? state("signature") : null;
    const said = redacted === null ? tokens(lorem(think)) : [];
    parts.push({ opened: { kind: "reasoning", redacted }, pieces: said, signature });
  }
  const called = toolsToCall(request, switches);
  const text = called.length > 0 ? "I look it up." : answerText(request, switches);
  if (text !== "") parts.push({ opened: { kind: "text" }, pieces: tokens(text), signature: null });
  for (const [at, tool] of called.entries()) {
    const written = switches.empty ? "{}" : JSON.stringify(sample(tool.parameters));
    parts.push({
      opened: { kind: "tool-call", id: `call_${request.turns.length}_${at + 1}`, name: tool.name },
      pieces: written === "{}" ? [] : pieces(written),
      // Gemini's state sits on the first call of a turn.
      signature: dialect === "gemini" && at === 0 && think > 0 ? state("signature") : null,
    });
  }
  return parts;
}

/** None, where the results of as many rounds as are wanted are there. */
function toolsToCall(request: ModelRequest, switches: Switches): Tool[] {
  const { tools, toolChoice } = request;
  if (tools.length === 0 || toolChoice?.kind === "none") return [];
  const forced = toolChoice?.kind === "any" || toolChoice?.kind === "tool";
  let count = switches.tools > 0 ? switches.tools : forced ? 1 : 0;
  if (!forced && roundsDone(request) >= switches.rounds) return [];
  if (request.parallelTools === false) count = Math.min(1, count);
  const chosen = toolChoice?.kind === "tool" ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  return Array.from({ length: count }, (_none, at) => chosen[at % chosen.length]).filter((tool) => tool !== undefined);
}

/** Turns with results of tools since the user last said something. */
function roundsDone({ turns }: ModelRequest): number {
  let rounds = 0;
  for (const { role, parts } of turns.slice().reverse()) {
    if (role === "assistant") continue;
    if (!parts.some(({ type }) => type === "tool-result")) return rounds;
    rounds++;
  }
  return rounds;
}

function answerText(request: ModelRequest, switches: Switches): string {
  const { format } = request;
  if (format.kind === "json") return '{"answer":"Grüße 🌍"}';
  if (format.kind === "schema") return JSON.stringify(sample(format.schema));
  const text = switches.words === null ? echo(request) : lorem(switches.words);
  const stop = stoppedBy(request, switches);
  return stop === null ? text : text.slice(0, text.indexOf(stop));
}

function echo({ turns }: ModelRequest): string {
  const said: string[] = [];
  let media = 0;
  for (const part of turns.at(-1)?.parts ?? []) {
    if (part.type === "text") said.push(withoutMarks(part.text));
    else if (part.type === "tool-result") {
      const gave = part.parts.map((inner) => (inner.type === "text" ? inner.text : `(${inner.type})`)).join(" ");
      said.push(`${part.failed ? "The tool failed" : "The tool said"}: ${gave}`);
    } else if (part.type === "image" || part.type === "file" || part.type === "audio") media++;
  }
  const text = said
    .filter((one) => one !== "")
    .join(" ")
    .slice(0, MOST_WRITTEN);
  const seen = media === 0 ? "" : `(${media} attached)`;
  return [text, seen].filter((one) => one !== "").join(" ") || "Hello.";
}

function stoppedBy(request: ModelRequest, switches: Switches): string | null {
  if (request.format.kind !== "text") return null;
  const text = switches.words === null ? echo(request) : lorem(switches.words);
  const found = request.stop.filter((stop) => stop !== "" && text.includes(stop));
  return found.sort((left, right) => text.indexOf(left) - text.indexOf(right))[0] ?? null;
}

/** Tokens that may be written. */
function capOf(request: ModelRequest, switches: Switches, parts: readonly Part[]): number {
  const most = request.maxOutput ?? Number.MAX_SAFE_INTEGER;
  if (!switches.cap) return most;
  const last = parts.at(-1)?.pieces.length ?? 0;
  const all = parts.reduce((sum, part) => sum + part.pieces.length, 0);
  return Math.min(most, all - Math.ceil(last / 2));
}

const CHARACTERS_PER_TOKEN = 4;

/** Counters that add up, whatever the switches say: what is cached is a part of the prompt. */
function usageOf(request: ModelRequest, switches: Switches, written: number, thought: number): Usage {
  const characters = JSON.stringify([request.system, request.turns, request.tools]).length;
  const prompt = Math.ceil(characters / CHARACTERS_PER_TOKEN);
  const cacheRead = Math.min(switches.cached, prompt);
  const cacheWrite = Math.min(switches.written, prompt - cacheRead);
  return {
    input: prompt - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    cacheWriteHour: 0,
    output: written - thought,
    reasoning: thought,
  };
}
