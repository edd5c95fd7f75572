/** Random streamed answers that keep the promised order, for property tests of writers and readers. */
import fc from "fast-check";
import type { ModelAnswer, ModelEvent, OpenedPart, Stop } from "../canonical/answer.ts";
import type { ModelError } from "../canonical/error.ts";
import { gather } from "../canonical/gather.ts";
import type { Usage } from "../canonical/usage.ts";

const count = fc.integer({ min: 0, max: 100_000 });

export const arbitraryUsage: fc.Arbitrary<Usage> = fc.record({
  input: count,
  cacheRead: count,
  cacheWrite: count,
  cacheWriteHour: count,
  output: count,
  reasoning: count,
});

interface Planned {
  readonly part: OpenedPart;
  readonly pieces: readonly string[];
  readonly signature: string | null;
}

const words = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
const state = (origin: string) => fc.base64String({ minLength: 4, maxLength: 16 }).map((text) => origin + text);

/** `seal`: what stands before opaque state (see `signature.ts`). */
function planned(seal: string, at: number): fc.Arbitrary<Planned> {
  const said = fc.array(words, { minLength: 1, maxLength: 4 });
  const args = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(words, fc.integer(), fc.boolean()), {
    maxKeys: 3,
  });
  return fc.oneof(
    said.map((pieces) => ({ part: { kind: "text" as const }, pieces, signature: null })),
    fc
      .tuple(said, fc.option(state(seal)))
      .map(([pieces, signature]) => ({ part: { kind: "reasoning" as const, redacted: null }, pieces, signature })),
    fc.tuple(args, fc.nat(), fc.option(state(seal))).map(([object, cut, signature]) => {
      const text = JSON.stringify(object);
      const middle = cut % text.length;
      const pieces = [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== "");
      return { part: { kind: "tool-call" as const, id: `call_${at}`, name: `tool_${at % 3}` }, pieces, signature };
    }),
  );
}

/** A whole answer's events; up to three parts are open at once. */
export function arbitraryEvents(seal: string): fc.Arbitrary<ModelEvent[]> {
  const parts = fc
    .integer({ min: 0, max: 6 })
    .chain((length) => fc.tuple(...Array.from({ length }, (_none, at) => planned(seal, at))));
  return fc
    .record({ parts, picks: fc.infiniteStream(fc.nat()), usage: fc.option(arbitraryUsage), cut: fc.boolean() })
    .map(({ parts: list, picks, usage, cut }) => eventsOf(list, picks, usage, cut));
}

function eventsOf(parts: readonly Planned[], picks: Iterator<number>, usage: Usage | null, cut: boolean): ModelEvent[] {
  const pick = (length: number) => (picks.next().value ?? 0) % length;
  const events: ModelEvent[] = [{ type: "start", id: "an-answer", model: "a-model" }];
  const open: { index: number; left: ModelEvent[] }[] = [];
  let next = 0;
  while (next < parts.length || open.length > 0) {
    const choice = next < parts.length && open.length < 3 ? pick(open.length + 1) : pick(open.length);
    const current = open[choice];
    if (current === undefined) {
      const { part, pieces, signature } = parts[next]!;
      const index = next++;
      events.push({ type: "open", index, part });
      const left: ModelEvent[] = pieces.map((text) => ({
        type: part.kind === "tool-call" ? "arguments" : "text",
        index,
        text,
      }));
      if (signature !== null) left.push({ type: "signature", index, signature });
      left.push({ type: "close", index });
      open.push({ index, left });
    } else {
      events.push(current.left.shift()!);
      if (current.left.length === 0) open.splice(choice, 1);
    }
  }
  const called = parts.some(({ part }) => part.kind === "tool-call");
  const reason: Stop["reason"] = cut ? "length" : called ? "tool-calls" : "end";
  events.push({ type: "stop", stop: { reason, native: "", matched: null } });
  if (usage !== null) events.push({ type: "usage", usage });
  events.push({ type: "end" });
  return events;
}

/** What has to come back through a writer and a reader: neighbouring texts may become one, and the provider's own words are not part of it. */
export function essence(events: Iterable<ModelEvent>): unknown {
  const answer = gather(events);
  if (answer === null || !("parts" in answer)) return answer;
  const parts: ModelAnswer["parts"][number][] = [];
  for (const part of answer.parts) {
    const last = parts.at(-1);
    if (part.type === "text" && last?.type === "text")
      parts[parts.length - 1] = { ...last, text: last.text + part.text };
    else parts.push(part);
  }
  return { parts, reason: answer.stop.reason, usage: answer.usage };
}

/** The same bytes in pieces, cut where the numbers say. */
export function cutBytes(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const to of [...at, bytes.length]) {
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}

export const AN_ERROR: ModelError = {
  class: "overloaded",
  status: 529,
  code: "overloaded_error",
  message: "Overloaded",
  parameter: null,
  retryAfter: null,
};
