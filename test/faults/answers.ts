/** What the upstream sends for a case, step by step, and what may come of it at the client. */
import { Random } from "../fakes/random.ts";
import type { Case } from "./case.ts";
import { contentOf, jsonOf } from "./content.ts";
import { HASTE } from "./program.ts";

export type Step =
  | { readonly send: Buffer }
  /** Byte by byte; each leaves by itself. */
  | { readonly split: Buffer; readonly milliseconds?: number }
  | { readonly wait: number }
  | { readonly close: "end" | "reset" }
  /** Again and again until the other side closes. */
  | { readonly flood: Buffer };

/** What the client may see; each of those that are given. */
export interface Expectation {
  /** The answer as it was meant, whole. */
  readonly right?: boolean;
  /** Its head and a beginning of its body, then a close. */
  readonly cut?: boolean;
  /** Just so many bytes of its body, as a whole answer. */
  readonly bytes?: number;
  /** Problems of the gateway, by code. */
  readonly problems?: readonly string[];
  /** This status without a body. */
  readonly status?: number;
}

export interface Answer {
  readonly steps: readonly Step[];
  readonly expect: Expectation;
  /** Bytes that nobody asked for follow: whoever is on the connection next may meet them. */
  readonly taints?: boolean;
}

export interface Circumstances {
  /** The request was its connection's first. */
  readonly first: boolean;
  /** The upstream has not seen the request before. */
  readonly fresh: boolean;
  readonly upload: "right" | "wrong" | "none";
}

const RIGHT: Expectation = { right: true };
const problem = (...problems: string[]): Expectation => ({ problems });
const text = (content: string): Step => ({ send: Buffer.from(content, "latin1") });

/** `id` is the case's, or that of another request of its burst. */
export function answerTo(seed: number, it: Case, id: number, circumstances: Circumstances): Answer {
  const random = new Random(seed, it.index, 1);
  const body = it.service === "json" ? Buffer.from(jsonOf(id, it.size)) : contentOf("answer", id, it.size);
  const fields = `X-Case: ${id}\r\nX-Upload: ${circumstances.upload}\r\n${
    it.service === "json" ? "Content-Type: application/json\r\n" : ""
  }`;
  const head = (framing: string): string => `HTTP/1.1 200 OK\r\n${fields}${framing}\r\n\r\n`;
  const sized = (size = body.length): string => head(`Content-Length: ${size}`);
  const chunkedHead = head("Transfer-Encoding: chunked");
  const isHead = it.method === "HEAD";
  const whole = (): Buffer => {
    if (isHead) return Buffer.from(sized());
    if (!it.chunked) return Buffer.concat([Buffer.from(sized()), body]);
    return Buffer.concat([Buffer.from(chunkedHead), chunks(body, random)]);
  };
  const right: Step = { send: whole() };
  const ended: Step = { close: random.pick(["end", "reset"] as const) };
  const sound: Answer = { steps: [right], expect: RIGHT };

  switch (id === it.id + it.culprit || it.client !== "pack" ? it.answer : "sound") {
    case "sound":
      return sound;
    case "late":
      return { steps: [{ wait: random.between(1, 60) }, right], expect: RIGHT };
    case "split": {
      const bytes = whole();
      return { steps: [{ split: bytes.subarray(0, 150) }, { send: bytes.subarray(150) }], expect: RIGHT };
    }
    case "coalesced":
      return {
        steps: [{ send: Buffer.concat([Buffer.from("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), whole()]) }],
        expect: RIGHT,
      };
    case "stall": {
      const bytes = whole();
      const at = random.below(bytes.length);
      return {
        steps: [{ send: bytes.subarray(0, at) }, { wait: random.between(1, 60) }, { send: bytes.subarray(at) }],
        expect: RIGHT,
      };
    }
    case "trickle": {
      const bytes = whole();
      return {
        steps: [{ split: bytes.subarray(0, 30), milliseconds: 2 }, { send: bytes.subarray(30) }],
        expect: RIGHT,
      };
    }
    case "informational": {
      const many = random.between(1, 16);
      return { steps: [text("HTTP/1.1 102 Processing\r\n\r\n".repeat(many)), right], expect: RIGHT };
    }
    case "until-close":
      if (isHead) return sound;
      return { steps: [text(head("Connection: close")), { send: body }, { close: "end" }], expect: RIGHT };
    case "extensions":
      if (isHead) return sound;
      return {
        steps: [text(chunkedHead), { send: chunks(body, random, ';a="b c";d') }],
        expect: RIGHT,
      };
    case "stale":
      // Closed just as the request goes out: what is safe and has no body goes out once more.
      if (circumstances.first || !circumstances.fresh)
        return { ...sound, expect: it.method === "POST" ? { right: true, problems: ["upstream-closed"] } : RIGHT };
      return { steps: [ended], expect: it.method === "POST" ? { right: true, problems: ["upstream-closed"] } : RIGHT };
    case "two-answers":
      return {
        steps: [
          {
            send: Buffer.concat([
              whole(),
              Buffer.from("HTTP/1.1 200 OK\r\nX-Case: -1\r\nContent-Length: 6\r\n\r\nnobody"),
            ]),
          },
        ],
        expect: RIGHT,
        taints: true,
      };
    case "unsolicited":
      return {
        steps: [
          right,
          { wait: random.below(15) },
          text(
            random.pick([
              "x",
              "\r\n",
              "HTTP/1.1 200 OK\r\nX-Case: -1\r\nContent-Length: 6\r\n\r\nnobody",
              "\0".repeat(100),
            ]),
          ),
        ],
        expect: RIGHT,
        taints: true,
      };
    case "lying-short": {
      if (isHead || body.length < 2) return sound;
      const said = random.below(body.length);
      return {
        steps: [{ send: Buffer.concat([Buffer.from(sized(said)), body]) }],
        expect: { bytes: said },
        taints: true,
      };
    }
    case "lying-long":
      if (isHead) return sound;
      return {
        steps: [text(sized(body.length + random.between(1, 1000))), { send: body }],
        expect: { cut: true, problems: ["upstream-timeout"] },
      };
    case "reset":
    case "hang-up":
      return { steps: [{ close: it.answer === "reset" ? "reset" : "end" }], expect: problem("upstream-closed") };
    case "silence":
      return { steps: [], expect: problem("upstream-timeout") };
    case "loris":
      return {
        steps: [{ split: Buffer.from(sized().slice(0, 40)), milliseconds: HASTE / 8 }],
        expect: problem("upstream-timeout"),
      };
    case "cut-head": {
      const partial = sized();
      return {
        steps: [
          { send: Buffer.from(partial.slice(0, random.between(1, partial.length - 1))) },
          random.chance(0.8) ? ended : { wait: 0 },
        ],
        expect: problem("upstream-closed", "upstream-malformed", "upstream-timeout"),
      };
    }
    case "cut-body":
    case "stop-body": {
      if (isHead) return sound;
      const bytes = whole();
      const start = bytes.indexOf("\r\n\r\n") + 4;
      if (bytes.length === start) return sound;
      const at = random.between(start, bytes.length - 1);
      const cut = it.answer === "cut-body";
      return {
        steps: [{ send: bytes.subarray(0, at) }, ...(cut ? [ended] : [])],
        expect: { cut: true, problems: cut ? ["upstream-closed"] : ["upstream-timeout"] },
      };
    }
    case "bad-chunk": {
      if (isHead) return sound;
      const before = body.subarray(0, random.below(body.length + 1));
      const rest = body.subarray(before.length, before.length + 5);
      const broken = random.pick([
        "zz\r\n",
        "-1\r\n",
        "+5\r\nhello\r\n",
        "0x5\r\nhello\r\n",
        "5\nhello\r\n",
        rest.length === 0 ? "zz\r\n" : `${rest.length.toString(16)}\r\n${rest.toString("latin1")}world`,
        "ffffffffffffffffff\r\n",
        "5 \r\rhello",
        "\r\n",
      ]);
      const start =
        before.length === 0
          ? Buffer.alloc(0)
          : Buffer.concat([Buffer.from(`${before.length.toString(16)}\r\n`), before, Buffer.from("\r\n")]);
      return {
        steps: [text(chunkedHead), { send: Buffer.concat([start, Buffer.from(broken, "latin1")]) }],
        expect: { cut: true, problems: ["upstream-malformed", "upstream-timeout"] },
      };
    }
    case "garbage": {
      const bytes = Buffer.from(Array.from({ length: random.between(1, 300) }, () => random.below(256)));
      return {
        steps: [{ send: bytes }, random.chance(0.5) ? ended : { wait: 0 }],
        expect: problem("upstream-closed", "upstream-malformed", "upstream-timeout"),
      };
    }
    case "endless-fields":
      return {
        steps: [text("HTTP/1.1 200 OK\r\n"), { flood: Buffer.from(`X-Field: ${"x".repeat(8000)}\r\n`) }],
        expect: problem("upstream-malformed"),
      };
    case "endless-line":
      return {
        steps: [text("HTTP/1.1 200 "), { flood: Buffer.alloc(8000, "x") }],
        expect: problem("upstream-malformed"),
      };
    case "flood":
      return {
        steps: [{ flood: Buffer.from("HTTP/1.1 102 Processing\r\n\r\n".repeat(20)) }],
        expect: problem("upstream-malformed"),
      };
    case "malformed":
      return {
        steps: [text(random.pick(MALFORMED).replaceAll("FIELDS", fields))],
        expect: problem("upstream-malformed"),
        taints: true,
      };
    case "bodiless": {
      const status = random.pick([204, 304]);
      return {
        steps: [text(`HTTP/1.1 ${status} Fine\r\n${fields}Content-Length: 5\r\n\r\n${random.pick(["", "hello"])}`)],
        expect: { status },
        taints: true,
      };
    }
    case "early":
      return {
        steps: [right, random.chance(0.5) ? { close: "end" } : { wait: 0 }],
        expect: { right: true, problems: ["upstream-closed"] },
      };
    case "unavailable":
      if (it.service === "retried" && !circumstances.fresh) return { ...sound, expect: { right: true, status: 503 } };
      return {
        steps: [text(`HTTP/1.1 503 No\r\n${fields}Content-Length: 0\r\n\r\n`)],
        expect: { right: it.service === "retried", status: 503 },
      };
  }
}

function chunks(body: Buffer, random: Random, extension = ""): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, random.pick([1, 10, 1000, 20_000, 100_000]), 16_000_000);
    parts.push(Buffer.from(`${size.toString(16)}${extension}\r\n`), body.subarray(at, at + size), Buffer.from("\r\n"));
    at += size;
    // Many small chunks of a large body would only be slow.
    if (parts.length > 60) {
      const left = body.length - at;
      if (left > 0) parts.push(Buffer.from(`${left.toString(16)}\r\n`), body.subarray(at), Buffer.from("\r\n"));
      break;
    }
  }
  parts.push(Buffer.from("0\r\n\r\n"));
  return Buffer.concat(parts);
}

/** Heads that two readers could read in two ways, or that are none (RFC 9112 §4, §5, §6). */
const MALFORMED = [
  "HTTP/1.1 200 OK\r\nFIELDSContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
  "HTTP/1.1 200 OK\r\nFIELDSContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nFIELDSContent-Length: +5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nFIELDSContent-Length: 99999999999999999999\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nFIELDSTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nFIELDSTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nFIELDSX-A : b\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nFIELDSX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nFIELDSX-A: b\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nFIELDSX-A: b\0c\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nFIELDS: b\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nFIELDSX-A\r\nContent-Length: 0\r\n\r\n",
  "HTTP/2.0 200 OK\r\nFIELDSContent-Length: 0\r\n\r\n",
  "HTTP/1.1 99 OK\r\nFIELDSContent-Length: 0\r\n\r\n",
  "HTTP/1.1 1000 OK\r\nFIELDSContent-Length: 0\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nFIELDSUpgrade: x\r\nConnection: upgrade\r\n\r\n",
  "ICY 200 OK\r\nFIELDSContent-Length: 0\r\n\r\n",
  " HTTP/1.1 200 OK\r\nFIELDSContent-Length: 0\r\n\r\n",
];
