/**
 * What the fake provider is told to do, in one short language for all places: the model's name ("fake-429", "fake-tools=2-slow"), the header
 * `x-fake: tools=2, slow`, and the last message of the user ("[[fake tools=2, slow]]"). The later of them wins, word by word.
 */

export type FailureKind = "rate" | "quota" | "overloaded" | "error" | "auth" | "missing" | "context";

export interface Switches {
  /** Answers with this error instead. */
  readonly failure: FailureKind | null;
  /** Seconds that a rate limit says to wait; null: it says nothing. */
  readonly retry: number | null;
  /** How the answer goes wrong; null: it does not. */
  readonly fault: "hang" | "quiet" | "stall" | "cut" | "reset" | "half" | "garbage" | "fault" | null;
  /** Failure and fault only for this many requests with the same switches, then all is well; null: always. */
  readonly times: number | null;
  /** Milliseconds before the first byte of content. */
  readonly latency: number;
  /** Tokens per second; null: all at once. */
  readonly rate: number | null;
  /** Bytes of each piece of the answer; null: as they come. */
  readonly bytes: number | null;
  /** Words of made-up text; null: what the user said. */
  readonly words: number | null;
  /** Tools that are called at once. */
  readonly tools: number;
  /** How often tools are called before there is an answer. */
  readonly rounds: number;
  /** The calls are written at once, a piece of each in turn. */
  readonly interleaved: boolean;
  /** The calls have no arguments. */
  readonly empty: boolean;
  /** Tokens of thought. */
  readonly think: number;
  /** The thought comes encrypted. */
  readonly redacted: boolean;
  /** The cap is reached in the middle of the last part. */
  readonly cap: boolean;
  /** The answer stops for what it says. */
  readonly blocked: boolean;
  /** Tokens of the prompt that were cached, and that are cached now. */
  readonly cached: number;
  readonly written: number;
  /** The usage is not told. */
  readonly silent: boolean;
}

export const NO_SWITCHES: Switches = {
  failure: null,
  retry: null,
  fault: null,
  times: null,
  latency: 0,
  rate: null,
  bytes: null,
  words: null,
  tools: 0,
  rounds: 1,
  interleaved: false,
  empty: false,
  think: 0,
  redacted: false,
  cap: false,
  blocked: false,
  cached: 0,
  written: 0,
  silent: false,
};

interface Word {
  readonly word: string;
  /** What its number says, and what it is where none is given; null: it takes none. */
  readonly number: { readonly most: number; readonly usual: number | null } | null;
  readonly set: (value: number) => Partial<Switches>;
  readonly documentation: string;
}

const plain = (word: string, sets: Partial<Switches>, documentation: string): Word => ({
  word,
  number: null,
  set: () => sets,
  documentation,
});
const numbered = (
  word: string,
  set: Word["set"],
  documentation: string,
  usual: number | null = null,
  most = 1_000_000,
): Word => ({ word, number: { most, usual }, set, documentation });

/** All words, for the help text and the README. */
export const WORDS: readonly Word[] = [
  plain("429", { failure: "rate" }, "a rate limit; with retry=2, and when to ask again"),
  numbered("retry", (retry) => ({ retry }), "seconds that a rate limit says to wait"),
  plain("quota", { failure: "quota" }, "the account's hard limit"),
  plain("overloaded", { failure: "overloaded" }, "the provider is overloaded"),
  plain("500", { failure: "error" }, "the provider fails"),
  plain("401", { failure: "auth" }, "the key is not accepted"),
  plain("404", { failure: "missing" }, "there is no such model"),
  plain("context", { failure: "context" }, "the prompt is too long"),
  plain("hang", { fault: "hang" }, "no answer at all, until the client gives up"),
  plain("quiet", { fault: "quiet" }, "the head of an answer, and then nothing"),
  plain("stall", { fault: "stall" }, "half an answer, and then nothing"),
  plain("cut", { fault: "cut" }, "half an answer, ended in order"),
  plain("reset", { fault: "reset" }, "half an answer, then the connection breaks"),
  plain("half", { fault: "half" }, "the connection breaks within the last tool call's arguments"),
  plain("garbage", { fault: "garbage" }, "bytes that are no answer"),
  plain("fault", { fault: "fault" }, "half an answer, then the provider's own error within the stream"),
  numbered("times", (times) => ({ times }), "failures only for so many requests, then all is well", 1),
  plain("slow", { latency: 500, rate: 10 }, "latency=500, tps=10"),
  numbered("latency", (latency) => ({ latency }), "milliseconds before the first content", null, 3_600_000),
  numbered("tps", (rate) => ({ rate: Math.max(1, rate) }), "tokens per second"),
  numbered("bytes", (bytes) => ({ bytes: Math.max(1, bytes) }), "the answer in pieces of so many bytes", 1),
  numbered("words", (words) => ({ words }), "so many made-up words instead of an echo", 100, 100_000),
  numbered("tools", (tools) => ({ tools }), "so many tool calls at once", 1, 100),
  numbered("rounds", (rounds) => ({ rounds }), "so many turns with tool calls before the answer", 1, 100),
  plain("interleaved", { interleaved: true }, "the calls' arguments in turn, a piece of each"),
  plain("empty", { empty: true }, "calls without arguments"),
  numbered("think", (think) => ({ think }), "so many tokens of thought first", 5, 100_000),
  plain("redacted", { redacted: true, think: 5 }, "an encrypted thought first"),
  plain("cap", { cap: true }, "the cap is reached in the middle of the last part"),
  plain("blocked", { blocked: true }, "the answer stops for what it says"),
  numbered("cached", (cached) => ({ cached }), "so many tokens of the prompt came from a cache"),
  numbered("written", (written) => ({ written }), "so many tokens of the prompt went into a cache"),
  plain("silent", { silent: true }, "no usage is told"),
];

const BY_WORD: ReadonlyMap<string, Word> = new Map(WORDS.map((word) => [word.word, word]));

/** Words apart by anything but letters, digits and "=". A text: what is wrong with them, for whoever wrote them. */
export function parseSwitches(text: string): Partial<Switches> | string {
  let switches: Partial<Switches> = {};
  for (const item of text.toLowerCase().split(/[^a-z0-9=]+/)) {
    if (item === "") continue;
    const [name = "", value] = item.split("=", 2);
    const word = BY_WORD.get(name);
    if (word === undefined) return `The fake provider knows no "${name}". It knows: ${[...BY_WORD.keys()].join(", ")}.`;
    if (word.number === null) {
      if (value !== undefined) return `"${name}" takes no number.`;
      switches = { ...switches, ...word.set(0) };
      continue;
    }
    const number = value === undefined ? word.number.usual : /^[0-9]{1,9}$/.test(value) ? Number(value) : null;
    if (number === null || number > word.number.most) {
      return `"${name}" takes a number from 0 to ${word.number.most}, as in ${name}=2.`;
    }
    switches = { ...switches, ...word.set(number) };
  }
  return switches;
}

/** "fake", "fake-slow", "vendor/fake-429", "us.fake-slow"; any other name says nothing. */
export function switchesOfModel(model: string): string {
  return /(?:^|[^A-Za-z0-9])fake(?:[^A-Za-z0-9](.*))?$/is.exec(model)?.[1] ?? "";
}

/** Of all marks in a text. */
export function switchesOfPrompt(text: string): string {
  return [...text.matchAll(/\[\[fake\b([^\]]{0,500})\]\]/gi)].map(([, inside]) => inside).join(" ");
}

export function withoutMarks(text: string): string {
  return text.replace(/\[\[fake\b[^\]]{0,500}\]\]/gi, "").trim();
}
