/** A provider's stream as bytes, frame by frame, and what a faulty provider or network makes of it. */
import type { Json } from "../../../runtime/model/canonical/request.ts";
import type { AnswerContext, ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";
import { FAKES } from "../../../runtime/model/fake/dialects.ts";
import { crc32 } from "../../../runtime/model/wire/crc32.ts";
import type { Random } from "../../fakes/random.ts";
import { randomEvents } from "./events.ts";

export const PROVIDER_NAMES: readonly ProviderDialectName[] = [
  "openai-chat",
  "openai-responses",
  "anthropic",
  "gemini",
  "bedrock",
  "cohere",
  "ollama",
];

/** The frames of one answer as its provider writes them. */
export function randomFrames(random: Random, dialect: ProviderDialectName, context: AnswerContext): Buffer[] {
  const write = FAKES.get(dialect)!.eventWriter(context, "alt=sse");
  const written = randomEvents(random, dialect).map((event) => write(event));
  if (dialect === "bedrock") return written.map((bytes) => Buffer.from(bytes)).filter((bytes) => bytes.length > 0);
  const text = written.map((piece) => (typeof piece === "string" ? piece : Buffer.from(piece).toString())).join("");
  const ends = dialect === "ollama" ? /(?<=\n)/ : /(?<=\n\n)/;
  return text
    .split(ends)
    .filter((frame) => frame !== "")
    .map((frame) => Buffer.from(frame));
}

type Change = (frames: Buffer[], random: Random, dialect: ProviderDialectName, context: AnswerContext) => Buffer[];

const CHANGES: readonly (readonly [Change, number])[] = [
  [(frames) => frames, 4],
  [truncated, 3],
  [dropped, 2],
  [repeated, 2],
  [shuffled, 2],
  [withGarbage, 2],
  [changedJson, 4],
  [withAnother, 1],
  [reframed, 1],
];

/** Bytes that a gateway may get to read. */
export function randomBytes(random: Random, dialect: ProviderDialectName, context: AnswerContext): Buffer {
  let frames = randomFrames(random, dialect, context);
  for (
    let changes = random.weighed([
      [1, 6],
      [2, 2],
      [4, 1],
    ]);
    changes > 0;
    changes--
  )
    frames = random.weighed(CHANGES)(frames, random, dialect, context);
  return Buffer.concat(frames);
}

function truncated(frames: Buffer[], random: Random): Buffer[] {
  const all = Buffer.concat(frames);
  return [all.subarray(0, random.below(all.length + 1))];
}

function dropped(frames: Buffer[], random: Random): Buffer[] {
  const left = random.pick([0.5, 0.9]);
  return frames.filter(() => random.chance(left));
}

function repeated(frames: Buffer[], random: Random): Buffer[] {
  return frames.flatMap((frame) => (random.chance(0.3) ? [frame, frame] : [frame]));
}

function shuffled(frames: Buffer[], random: Random): Buffer[] {
  const mixed = [...frames];
  for (let swaps = random.between(1, 6); swaps > 0 && mixed.length > 1; swaps--) {
    const [one, other] = [random.below(mixed.length), random.below(mixed.length)];
    [mixed[one], mixed[other]] = [mixed[other]!, mixed[one]!];
  }
  return mixed;
}

function withGarbage(frames: Buffer[], random: Random): Buffer[] {
  const all = Buffer.concat(frames);
  const at = random.below(all.length + 1);
  const garbage = Buffer.from(Array.from({ length: random.below(24) }, () => random.below(256)));
  return [all.subarray(0, at), garbage, all.subarray(Math.min(all.length, at + random.below(24)))];
}

/** Frames of another answer within. */
function withAnother(frames: Buffer[], random: Random, dialect: ProviderDialectName, context: AnswerContext): Buffer[] {
  const other = randomFrames(random, random.chance(0.5) ? dialect : random.pick(PROVIDER_NAMES), context);
  const at = random.below(frames.length + 1);
  return [...frames.slice(0, at), ...other, ...frames.slice(at)];
}

/** Other ends of lines, no space behind "data:", comments, lines in pieces. */
function reframed(frames: Buffer[], random: Random, dialect: ProviderDialectName): Buffer[] {
  if (dialect === "bedrock") return frames;
  const end = random.pick(["\n", "\r\n", "\r"]);
  const tight = random.chance(0.5);
  return frames.map((frame) => {
    let text = frame.toString();
    if (tight) text = text.replace(/^(data|event): /gm, "$1:");
    if (random.chance(0.1) && dialect !== "ollama") text = `: ping\n\n${text}`;
    return Buffer.from(dialect === "ollama" ? text : text.replaceAll("\n", end));
  });
}

function changedJson(frames: Buffer[], random: Random, dialect: ProviderDialectName): Buffer[] {
  if (frames.length === 0) return frames;
  const changed = [...frames];
  for (let times = random.between(1, 3); times > 0; times--) {
    const at = random.below(changed.length);
    const frame = changed[at]!;
    changed[at] =
      dialect === "bedrock" ? changedMessage(frame, random) : Buffer.from(changedLine(frame.toString(), random));
  }
  return changed;
}

function changedLine(frame: string, random: Random): string {
  const from = frame.indexOf("{");
  const to = frame.lastIndexOf("}");
  if (from === -1 || to < from) return frame;
  return frame.slice(0, from) + changedText(frame.slice(from, to + 1), random) + frame.slice(to + 1);
}

function changedText(json: string, random: Random): string {
  try {
    return JSON.stringify(changedValue(JSON.parse(json) as Json, random));
  } catch {
    return json;
  }
}

/** AWS's frames: the checksums are those of what is in them. */
function changedMessage(frame: Buffer, random: Random): Buffer {
  if (frame.length < 16 || frame.readUInt32BE(0) !== frame.length) return frame;
  const start = 12 + frame.readUInt32BE(4);
  const payload = Buffer.from(changedText(frame.subarray(start, -4).toString(), random));
  const changed = Buffer.concat([frame.subarray(0, start), payload, Buffer.alloc(4)]);
  changed.writeUInt32BE(changed.length, 0);
  changed.writeUInt32BE(crc32(changed, 0, 8), 8);
  changed.writeUInt32BE(crc32(changed, 0, changed.length - 4), changed.length - 4);
  return changed;
}

const VALUES: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  7,
  100,
  "",
  "x",
  "text",
  "error",
  [],
  {},
  [null],
  { error: { message: "odd" } },
];

/** One member somewhere is another value, gone, or there twice under another's name. */
function changedValue(value: Json, random: Random): Json {
  if (typeof value !== "object" || value === null || random.chance(0.1)) return random.pick(VALUES);
  if (isList(value)) {
    if (value.length === 0) return [random.pick(VALUES)];
    const at = random.below(value.length);
    return value.map((inner, index) => (index === at ? changedValue(inner, random) : inner));
  }
  const names = Object.keys(value);
  const name = names.length === 0 ? "x" : random.pick(names);
  const copy: { [key: string]: Json } = { ...value };
  if (random.chance(0.2)) delete copy[name];
  else if (random.chance(0.1)) copy[random.pick(["index", "type", "id", ...names])] = copy[name] ?? null;
  else copy[name] = changedValue(value[name] ?? null, random);
  return copy;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
