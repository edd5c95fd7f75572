/** What a gateway makes of a provider's bytes, held against everything that has to be true of it, whatever the bytes are. */
import type { ModelEvent } from "../../../runtime/model/canonical/answer.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import type { AnswerContext, ProviderDialect } from "../../../runtime/model/dialect/dialect.ts";
import { Splice } from "../../../runtime/model/engine/splice.ts";
import { checkEvents } from "../../../runtime/model/testing/check-events.ts";
import { readPieces } from "../../../runtime/model/testing/streams.ts";
import type { Client } from "../clients.ts";

/** A small provider's answer may become so much longer in a client's dialect, where each piece has a frame around it. */
const FACTOR = 64;
const SPARE = 256 * 1024;

export function readStreams(
  provider: ProviderDialect,
  request: ModelRequest,
  pieces: readonly Uint8Array[],
): { readonly events: readonly ModelEvent[]; readonly wrong: readonly string[] } {
  const events = readPieces(provider.eventReader(request), pieces);
  const wrong = checkEvents(events).map((what) => `read from ${provider.name}: ${what}`);
  const whole = readPieces(provider.eventReader(request), [Buffer.concat(pieces)]);
  if (JSON.stringify(whole) !== JSON.stringify(events))
    wrong.push(`${provider.name} means something else in one piece`);
  return { events, wrong };
}

/** What two models said, the second one behind the first where that one broke off, as `broken: continue` makes it. */
export function spliced(
  streams: readonly (readonly ModelEvent[])[],
  request: ModelRequest,
  saying: string | null,
): ModelEvent[] {
  const splice = new Splice(saying);
  const all: ModelEvent[] = [];
  for (const [at, events] of streams.entries()) {
    const failed = events.find(({ type }) => type === "error");
    all.push(...splice.pass(events.filter(({ type }) => type !== "error")));
    if (failed === undefined) return all;
    const usage = events.findLast((event) => event.type === "usage");
    const joint = at === streams.length - 1 ? null : splice.broke(usage?.usage ?? null, request);
    if (joint === null) return [...all, failed];
    all.push(...joint);
    splice.request(request, at % 2 === 0);
  }
  return all;
}

/** Of events that keep their order. `size`: of the bytes that they were read from. */
export function judge(client: Client, events: readonly ModelEvent[], context: AnswerContext, size: number): string[] {
  const wrong: string[] = [];
  const writer = client.dialect.eventWriter(context);
  let raw = "";
  for (const event of events) {
    raw += writer.write(event);
    if (event.type === "close" && event.index === 0) raw += writer.continued();
  }
  if (writer.write({ type: "end" }) !== "") wrong.push("writes behind the end");
  if (raw.length > size * FACTOR + SPARE) wrong.push(`${raw.length} characters of ${size} bytes`);
  const terminators = client.terminators(raw);
  if (terminators !== 1) wrong.push(`${terminators} terminators`);
  const read = readPieces(client.reader.eventReader(context.request), [Buffer.from(raw)]);
  wrong.push(...checkEvents(read).map((what) => `as the client reads it: ${what}`));
  const ended = events.at(-1)?.type === "end" && !events.some(isFailedStop);
  const seen = read.at(-1)?.type;
  if ((seen === "end") !== ended) wrong.push(`the client sees ${seen}, not ${ended ? "an end" : "an error"}`);
  if (ended && said(read) !== said(events)) wrong.push("the client reads another text");
  wrong.push(...wrongCounts(client, raw));
  return wrong.map((what) => `written for ${client.dialect.name}: ${what}`);
}

function isFailedStop(event: ModelEvent): boolean {
  return event.type === "stop" && event.stop.reason === "failed";
}

/** All text of all parts that are no thoughts, each part's together. */
function said(events: readonly ModelEvent[]): string {
  const texts = new Map<number, string>();
  for (const event of events) {
    if (event.type === "open" && (event.part.kind === "text" || event.part.kind === "refusal"))
      texts.set(event.index, "");
    const before = event.type === "text" ? texts.get(event.index) : undefined;
    if (event.type === "text" && before !== undefined) texts.set(event.index, before + event.text);
  }
  // Some dialects have one text for all that came at once.
  return [...[...texts.values()].join("")].sort().join("");
}

/** Usage wherever it stands in the client's frames. */
function wrongCounts(client: Client, raw: string): string[] {
  const wrong: string[] = [];
  for (const [, json = ""] of raw.matchAll(/^data: (\{.*"(?:usage|usageMetadata)":\s*\{.*\})$/gm)) {
    const frame = JSON.parse(json) as { readonly [name: string]: unknown };
    for (const holder of [frame, frame.response, frame.message]) {
      if (!isHolder(holder)) continue;
      const { prompt, cached, completion, reasoning, total } = client.usage(holder);
      const counts = [prompt, cached, completion, reasoning, total];
      if (counts.some((count) => !Number.isSafeInteger(count) || count < 0)) wrong.push(`counts ${counts.join(", ")}`);
      if (cached > prompt) wrong.push(`${cached} cached of ${prompt}`);
      if (reasoning > completion) wrong.push(`${reasoning} thought of ${completion}`);
      if (total !== prompt + completion) wrong.push(`${total} is not ${prompt} and ${completion}`);
    }
  }
  return wrong;
}

function isHolder(value: unknown): value is { readonly [name: string]: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const { usage, usageMetadata } = value as { readonly usage?: unknown; readonly usageMetadata?: unknown };
  return (typeof usage === "object" && usage !== null) || (typeof usageMetadata === "object" && usageMetadata !== null);
}
