/**
 * What a provider of models does wrong, byte by byte: each attack takes a sound answer and makes of it what is sent, and says what may become of it.
 * Longer than other files because it is a list.
 */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { Json } from "../../../runtime/model/canonical/request.ts";
import type { ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";
import { parseJson } from "../../../runtime/model/dialect/fields.ts";
import type { Random } from "../../fakes/random.ts";
import { changed, errorFrame, framesOf, walked } from "./frames.ts";

export interface Sound {
  readonly dialect: ProviderDialectName;
  readonly stream: boolean;
  readonly mediaType: string;
  readonly body: Buffer;
}

export interface Script {
  readonly steps: readonly { readonly after: number; readonly bytes: Buffer }[];
  /** Sent over and over behind the steps, until the other side closes; null: nothing is. */
  readonly flood: Buffer | null;
  /** What becomes of the connection: it is kept, closed, reset, or stays as it is without another byte. */
  readonly ends: "keep" | "close" | "reset" | "silence";
}

export interface Attack {
  readonly name: string;
  /** Of streams, of whole answers, or of both. */
  readonly of: "stream" | "whole" | "both";
  /**
   * "right": the answer is sound and has to come through; "wrong": it must not pass for an answer; "cut": whatever passes for an answer has to be all of it;
   * "any": it may be taken for an answer of any content.
   */
  readonly may: "right" | "wrong" | "cut" | "any";
  readonly make: (sound: Sound, random: Random) => Script;
}

function head(status: string, fields: readonly string[]): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`);
}

function chunk(bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

const LAST = Buffer.from("0\r\n\r\n");

/** As most providers send: streams in chunks, whole answers with their length. */
function open({ stream, mediaType, body }: Sound, fields: readonly string[] = []): Buffer {
  const framing = stream ? "transfer-encoding: chunked" : `content-length: ${body.length}`;
  return head("200 OK", [`content-type: ${mediaType}`, framing, ...fields]);
}

/** A stream of these events, or a whole answer. */
function answer(sound: Sound, frames: readonly Buffer[], fields: readonly string[] = []): Script {
  const body = Buffer.concat(frames);
  const bytes = sound.stream
    ? [open(sound, fields), ...frames.map(chunk), LAST]
    : [open({ ...sound, body }, fields), body];
  return { steps: [{ after: 0, bytes: Buffer.concat(bytes) }], flood: null, ends: "keep" };
}

function until(sound: Sound, at: number, ends: Script["ends"], after = 0): Script {
  const part = sound.body.subarray(0, at);
  const bytes = Buffer.concat([open(sound), sound.stream ? chunk(part) : part]);
  return { steps: [{ after, bytes }], flood: null, ends };
}

const raw = (text: string | Buffer, ends: Script["ends"] = "close"): Script => ({
  steps: [{ after: 0, bytes: Buffer.from(text) }],
  flood: null,
  ends,
});

function pieces(bytes: Buffer, random: Random, most: number): Script["steps"] {
  const steps: { after: number; bytes: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.between(1, most);
    steps.push({ after: random.chance(0.01) ? 1 : 0, bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  return steps;
}

/** An event in the middle that says something. */
function middle(frames: readonly Buffer[]): Buffer {
  return frames[frames.length >> 1] ?? Buffer.from("data: {}\n\n");
}

function withEvents(sound: Sound, change: (frames: Buffer[]) => Buffer[]): Script {
  return answer(sound, change(sound.stream ? framesOf(sound.dialect, sound.body) : [sound.body]));
}

function withJson(sound: Sound, change: (name: string, value: Json) => Json | undefined): Script {
  return withEvents(sound, (frames) =>
    frames.map((frame) => changed(sound.dialect, frame, (value) => walked(value, change))),
  );
}

const COUNTERS = /tokens$|_count$|TokenCount$|Tokens$/;
const NONSENSE: readonly Json[] = [-1, -5_000_000, 0.5, 1e308, "12", "NaN", null, true, [], {}];
const NESTED = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
const HTML = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>";
const STATUSES = [
  "400 Bad",
  "401 No",
  "402 Pay",
  "403 No",
  "404 No",
  "408 Slow",
  "413 Big",
  "422 No",
  "429 Slow",
  "500 Oops",
  "502 Bad",
  "503 Busy",
  "504 Late",
  "529 Over",
  "599 X",
  "304 Same",
  "301 There",
  "600 Odd",
] as const;

const list: Attack[] = [];
const attack = (name: string, of: Attack["of"], may: Attack["may"], make: Attack["make"]): void =>
  void list.push({ name, of, may, make });

// ------------------------------------------------------------ sound, in odd ways
attack("sound", "both", "right", (sound) => answer(sound, [sound.body]));
attack("split", "both", "right", (sound, random) => ({
  ...answer(sound, []),
  steps: pieces(answer(sound, [sound.body]).steps[0]!.bytes, random, random.pick([1, 3, 20, 300])),
}));
attack("until-close", "both", "right", (sound) =>
  raw(Buffer.concat([head("200 OK", [`content-type: ${sound.mediaType}`, "connection: close"]), sound.body])),
);
attack("length", "stream", "right", (sound) => answer({ ...sound, stream: false }, [sound.body]));
attack("informational", "both", "right", (sound) => {
  const bytes = Buffer.concat([head("103 Early Hints", ["link: </a>"]), answer(sound, [sound.body]).steps[0]!.bytes]);
  return raw(bytes, "keep");
});
attack("comments", "stream", "right", (sound) =>
  withEvents(sound, (frames) =>
    ["bedrock", "ollama"].includes(sound.dialect)
      ? frames
      : frames.flatMap((frame) => [Buffer.from(": keep-alive\n\n"), frame]),
  ),
);
attack("more behind the end", "stream", "right", (sound) =>
  withEvents(sound, (frames) => [...frames, middle(frames), ...frames.slice(-1)]),
);
// ------------------------------------------------------------ stops
for (const ends of ["silence", "reset", "close"] as const) {
  attack(`${ends} at once`, "both", "wrong", () => ({ steps: [], flood: null, ends }));
  attack(`${ends} within the head`, "both", "wrong", (sound, random) => {
    const all = open(sound);
    return raw(all.subarray(0, random.below(all.length)), ends);
  });
  attack(`${ends} behind the head`, "both", "wrong", (sound) => raw(open(sound), ends));
  attack(`${ends} within the body`, "both", "cut", (sound, random) =>
    until(sound, random.below(sound.body.length), ends),
  );
  attack(`${ends} between events`, "stream", "cut", (sound, random) => {
    const frames = framesOf(sound.dialect, sound.body);
    const kept = frames.slice(0, random.below(frames.length));
    return until(sound, Buffer.concat(kept).length, ends);
  });
  attack(`${ends} before the last chunk`, "stream", "cut", (sound) => until(sound, sound.body.length, ends));
}
attack("close without framing", "stream", "cut", (sound, random) =>
  raw(
    Buffer.concat([
      head("200 OK", [`content-type: ${sound.mediaType}`, "connection: close"]),
      sound.body.subarray(0, random.below(sound.body.length)),
    ]),
  ),
);
attack("trickle", "both", "cut", (sound, random) => ({
  ...answer(sound, []),
  steps: Array.from({ length: 60 }, (_, at) => ({
    after: 100,
    bytes: Buffer.concat([
      at === 0 ? open(sound) : Buffer.alloc(0),
      sound.stream ? chunk(Buffer.from(random.pick([": ping\n\n", "\n"]))) : Buffer.from(" "),
    ]),
  })),
}));
// ------------------------------------------------------------ framing
attack("length too long", "both", "cut", (sound) =>
  raw(
    Buffer.concat([
      head("200 OK", [`content-type: ${sound.mediaType}`, `content-length: ${sound.body.length + 10}`]),
      sound.body,
    ]),
  ),
);
attack("length too short", "both", "cut", (sound, random) => {
  const length = random.below(sound.body.length);
  return raw(
    Buffer.concat([
      head("200 OK", [`content-type: ${sound.mediaType}`, `content-length: ${length}`, "connection: close"]),
      sound.body,
    ]),
  );
});
attack("two lengths", "both", "wrong", (sound) =>
  raw(
    Buffer.concat([
      head("200 OK", [`content-type: ${sound.mediaType}`, "content-length: 5", `content-length: ${sound.body.length}`]),
      sound.body,
    ]),
    "keep",
  ),
);
attack("bad chunk", "stream", "cut", (sound) =>
  raw(Buffer.concat([open(sound), chunk(sound.body.subarray(0, sound.body.length >> 1)), Buffer.from("xyz\r\n")])),
);
attack("garbage", "both", "wrong", (_sound, random) =>
  raw(Buffer.from(Array.from({ length: 300 }, () => random.below(256)))),
);
// ------------------------------------------------------------ other content than was asked for
attack("HTML with 200", "both", "wrong", () =>
  raw(
    Buffer.concat([head("200 OK", ["content-type: text/html", `content-length: ${HTML.length}`]), Buffer.from(HTML)]),
    "keep",
  ),
);
attack("HTML under the right type", "both", "wrong", (sound) => answer(sound, [Buffer.from(HTML)]));
attack("no body", "both", "wrong", (sound) => answer(sound, []));
attack("no content", "both", "wrong", () => raw(head("204 No Content", []), "keep"));
attack("JSON of no meaning", "both", "wrong", (sound, random) =>
  answer({ ...sound, stream: false, mediaType: "application/json" }, [
    Buffer.from(
      random.pick([
        "null",
        "[]",
        "{}",
        "0",
        '""',
        '{"error":null}',
        '{"choices":[]}',
        '{"content":[]}',
        '{"candidates":[]}',
        "[{}]",
        "{",
        NESTED,
      ]),
    ),
  ]),
);
attack("an error with 200", "both", "wrong", (sound) =>
  answer({ ...sound, stream: false, mediaType: "application/json" }, [
    Buffer.from(
      '{"error":{"message":"boom sk-provider-secret","type":"server_error","code":503,"status":"UNAVAILABLE"}}',
    ),
  ]),
);
attack("a list of errors with 200", "both", "wrong", (sound) =>
  answer({ ...sound, stream: false, mediaType: "application/json" }, [
    Buffer.from('[{"error":{"message":"boom","code":503,"status":"UNAVAILABLE"}}]'),
  ]),
);
attack("an odd status", "both", "wrong", (_sound, random) => {
  const body = random.pick([
    HTML,
    "",
    '{"error":{"message":"sk-provider-secret"}}',
    '{"error":"x"}',
    '{"message":"x"}',
    "null",
    NESTED,
    "x".repeat(200_000),
  ]);
  const fields = [
    random.pick([
      "retry-after: 2",
      "retry-after: Infinity",
      "retry-after: -5",
      "x-a: b",
      "retry-after: 1e99",
      "x-amzn-errortype: Throttling\u0080",
    ]),
  ];
  return raw(
    Buffer.concat([
      head(random.pick(STATUSES), [
        ...fields,
        "connection: close",
        "content-type: application/json",
        `content-length: ${Buffer.byteLength(body)}`,
      ]),
      Buffer.from(body),
    ]),
  );
});
for (const [coding, code] of [
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
  ["deflate", deflateSync],
] as const) {
  attack(`${coding}, declared`, "both", "wrong", (sound) =>
    answer(sound, [Buffer.from(code(sound.body))], [`content-encoding: ${coding}`]),
  );
  attack(`${coding}, not declared`, "both", "wrong", (sound) => answer(sound, [Buffer.from(code(sound.body))]));
}
attack("zstd, declared", "both", "wrong", (sound) => answer(sound, [sound.body], ["content-encoding: zstd"]));
// ------------------------------------------------------------ within the stream
attack("an error within the stream", "stream", "wrong", (sound, random) =>
  withEvents(sound, (frames) => {
    const at = random.below(Math.max(1, frames.length - 3));
    return [
      ...frames.slice(0, at),
      errorFrame(sound.dialect),
      ...frames.slice(random.chance(0.5) ? at : frames.length),
    ];
  }),
);
attack("events lost", "stream", "any", (sound, random) =>
  withEvents(sound, (frames) => frames.filter(() => random.chance(0.7))),
);
attack("events doubled", "stream", "any", (sound, random) =>
  withEvents(sound, (frames) => frames.flatMap((frame) => (random.chance(0.3) ? [frame, frame] : [frame]))),
);
attack("events in disorder", "stream", "any", (sound, random) =>
  withEvents(sound, (frames) => {
    const mixed = [...frames];
    for (let swaps = random.between(1, 5); swaps > 0; swaps--) {
      const [one, other] = [random.below(mixed.length), random.below(mixed.length)];
      [mixed[one], mixed[other]] = [mixed[other]!, mixed[one]!];
    }
    return mixed;
  }),
);
attack("bits flipped", "both", "any", (sound, random) => {
  const body = Buffer.from(sound.body);
  for (let flips = random.between(1, 4); flips > 0; flips--) body[random.below(body.length)]! ^= 1 << random.below(8);
  return answer(sound, [body]);
});
attack("no UTF-8", "both", "any", (sound, random) => {
  const at = random.below(sound.body.length);
  return answer(sound, [sound.body.subarray(0, at), Buffer.from([0xff, 0xc3]), sound.body.subarray(at)]);
});
attack("values of other types", "both", "any", (sound, random) =>
  withJson(sound, (_name, value) => (random.chance(0.05) ? random.pick(NONSENSE) : value)),
);
attack("members lost", "both", "any", (sound, random) =>
  withJson(sound, (_name, value) => (random.chance(0.05) ? undefined : value)),
);
attack("__proto__", "both", "any", (sound) =>
  withEvents(sound, (frames) =>
    frames.map((frame) =>
      sound.dialect === "bedrock"
        ? frame
        : Buffer.from(
            frame
              .toString()
              .replaceAll(/\{"/g, '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}},"'),
          ),
    ),
  ),
);
attack("lone surrogates and NUL", "both", "any", (sound) =>
  withEvents(sound, (frames) =>
    frames.map((frame) =>
      sound.dialect === "bedrock"
        ? frame
        : Buffer.from(frame.toString().replaceAll(/(text|content)":"/g, '$1":"\\ud800\\u0000\\n')),
    ),
  ),
);
attack("nonsense counted", "both", "any", (sound, random) =>
  withJson(sound, (name, value) =>
    COUNTERS.test(name) && typeof value === "number" && random.chance(0.6) ? random.pick(NONSENSE) : value,
  ),
);
attack("more cached than asked", "both", "any", (sound) =>
  withJson(sound, (name, value) =>
    /cache/i.test(name) && typeof value === "number"
      ? 1_000_000
      : /reasoning|thoughts/.test(name) && typeof value === "number"
        ? 2_000_000
        : value,
  ),
);
attack("no usage", "both", "any", (sound) =>
  withJson(sound, (name, value) => (/usage/i.test(name) ? undefined : value)),
);
attack("huge indices", "stream", "any", (sound, random) =>
  withJson(sound, (name, value) =>
    /index/i.test(name) && typeof value === "number"
      ? random.pick([2 ** 31, 2 ** 53, -1, 1.5, 4_294_967_296, value])
      : value,
  ),
);
attack("thousands of parts", "both", "any", (sound) =>
  withJson(sound, (name, value) =>
    /^(choices|candidates|content|parts|tool_calls|output)$/.test(name) && Array.isArray(value)
      ? Array.from({ length: 5000 }, () => value).flat()
      : value,
  ),
);
attack("deep arguments", "both", "any", (sound) =>
  withJson(sound, (name, value) => {
    if (!/^(arguments|args|input|partial_json)$/.test(name)) return value;
    return typeof value === "string" ? NESTED : (parseJson("[".repeat(300) + "]".repeat(300))?.value ?? null);
  }),
);
// ------------------------------------------------------------ without end
attack("endless events", "stream", "wrong", (sound) => {
  const frames = framesOf(sound.dialect, sound.body);
  const some = frames.slice(0, Math.max(1, frames.length >> 1));
  return {
    ...until(sound, Buffer.concat(some).length, "keep"),
    flood: chunk(Buffer.concat(Array(50).fill(middle(frames)))),
  };
});
attack("endless line", "both", "wrong", (sound) => ({
  ...until({ ...sound, stream: true }, 0, "keep"),
  steps: [{ after: 0, bytes: Buffer.concat([open({ ...sound, stream: true }), chunk(Buffer.from('data: {"a":"'))]) }],
  flood: chunk(Buffer.alloc(65_536, 97)),
}));
attack("endless comments", "stream", "wrong", (sound) => ({
  ...until(sound, 0, "keep"),
  flood: chunk(Buffer.from(": ping\n\n".repeat(2000))),
}));
attack("endless head", "both", "wrong", () => ({
  ...raw("HTTP/1.1 200 OK\r\n", "keep"),
  flood: Buffer.from(`x-a: ${"b".repeat(1000)}\r\n`),
}));
attack("endless informational answers", "both", "wrong", () => ({
  ...raw("", "keep"),
  flood: Buffer.from("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(50)),
}));
attack("endless error", "both", "wrong", () => ({
  ...raw("HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n", "keep"),
  flood: chunk(Buffer.alloc(65_536, 97)),
}));

export const ATTACKS: readonly Attack[] = list;

/** The most that is sent of what has no end: what is kept of it would be seen. */
export const MOST_FLOODED = 48 * 1024 * 1024;
