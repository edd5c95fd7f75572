/** Random answers as events in the promised order: what a provider's fake writes down, before anything is done to its bytes. */
import type { ModelEvent, OpenedPart, Stop } from "../../../runtime/model/canonical/answer.ts";
import { sealState } from "../../../runtime/model/canonical/signature.ts";
import type { Usage } from "../../../runtime/model/canonical/usage.ts";
import type { ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";
import type { Random } from "../../fakes/random.ts";

const TEXTS = [
  "a",
  " ",
  "\n",
  "Grüße",
  "🌍",
  "👩‍👩‍👧",
  '"quoted"',
  "\\",
  "data: x\n\n",
  "\u2028",
  "\u0000",
  "the quick brown fox ",
  "{",
  "]]>",
];
const ARGUMENTS = [
  "{}",
  '{"city":"Oslo"}',
  '{"a":[1,2,{"b":null}],"c":"🌍\\n"}',
  '{"a":',
  "",
  "null",
  "[1]",
  "not JSON",
];
const NAMES = ["weather", "now", "look_up"];
const REASONS: readonly (readonly [Stop["reason"], number])[] = [
  ["end", 8],
  ["tool-calls", 4],
  ["length", 3],
  ["stop-string", 1],
  ["policy", 1],
  ["context", 1],
  ["paused", 1],
  ["failed", 1],
];

export function randomEvents(random: Random, dialect: ProviderDialectName): ModelEvent[] {
  const events: ModelEvent[] = [{ type: "start", id: random.chance(0.9) ? "answer-1" : "", model: "a-model" }];
  const parts = random.below(6);
  const open: { readonly index: number; readonly left: ModelEvent[] }[] = [];
  for (let next = 0; next < parts || open.length > 0; ) {
    const at = random.below(open.length + (next < parts && open.length < 3 ? 1 : 0));
    const current = open[at];
    if (current !== undefined) {
      events.push(current.left.shift()!);
      if (current.left.length === 0) open.splice(at, 1);
      continue;
    }
    const [part, left] = randomPart(random, dialect, next);
    events.push({ type: "open", index: next, part });
    open.push({ index: next++, left });
  }
  if (random.chance(0.2)) events.push({ type: "usage", usage: randomUsage(random) });
  events.push({ type: "stop", stop: { reason: random.weighed(REASONS), native: "", matched: null } });
  if (random.chance(0.9)) events.push({ type: "usage", usage: randomUsage(random) });
  events.push({ type: "end" });
  return events;
}

function randomPart(random: Random, dialect: ProviderDialectName, index: number): [OpenedPart, ModelEvent[]] {
  const kind = random.weighed([
    ["text", 5],
    ["tool-call", 4],
    ["reasoning", 2],
    ["refusal", 1],
  ] as const);
  const left: ModelEvent[] = [];
  const state = (): string => sealState(dialect, Buffer.from(String(random.below(1e6))).toString("base64"));
  if (kind === "tool-call") {
    const written = random.pick(ARGUMENTS);
    const middle = random.below(written.length + 1);
    for (const text of [written.slice(0, middle), written.slice(middle)])
      if (text !== "") left.push({ type: "arguments", index, text });
    if (random.chance(0.2)) left.push({ type: "signature", index, signature: state() });
    left.push({ type: "close", index });
    // Now and then two calls have one identifier.
    return [{ kind, id: `call_${random.chance(0.95) ? index : 0}`, name: random.pick(NAMES) }, left];
  }
  const redacted = kind === "reasoning" && random.chance(0.2) ? state() : null;
  if (redacted === null)
    for (let pieces = random.between(1, 4); pieces > 0; pieces--)
      left.push({ type: "text", index, text: random.pick(TEXTS) });
  if (kind === "reasoning" && redacted === null && random.chance(0.5))
    left.push({ type: "signature", index, signature: state() });
  left.push({ type: "close", index });
  return [kind === "reasoning" ? { kind, redacted } : { kind }, left];
}

function randomUsage(random: Random): Usage {
  const count = (): number => (random.chance(0.3) ? 0 : random.below(100_000));
  return {
    input: count(),
    cacheRead: count(),
    cacheWrite: count(),
    cacheWriteHour: count(),
    output: count(),
    reasoning: count(),
  };
}
