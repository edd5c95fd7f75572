/**
 * A second reading of RFC 9112, as plain as possible: the whole response is there, regular expressions cut it up. What the incremental
 * reader makes of the same bytes, in whatever pieces, must be this.
 */
import type { Headers } from "../../../http/exchange.ts";
import { INFORMATIONAL_LIMIT, RESPONSE_HEAD_LIMIT } from "../../client.ts";

export interface Outcome {
  /** "closed": the connection ended too early; "within-line": within a line, which may have been wrong up to there already. */
  readonly how: "complete" | "closed" | "within-line" | "malformed";
  /** Of the 1xx that are passed on. */
  readonly informational: readonly number[];
  /** 0: no final head. */
  readonly status: number;
  readonly headers: Headers;
  /** As far as it came. */
  readonly body: string;
  readonly trailers: Headers;
  /** The connection may be used again. */
  readonly reusable: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,13})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;

class Failure extends Error {
  readonly how: "closed" | "within-line" | "malformed";
  constructor(how: "closed" | "within-line" | "malformed") {
    super(how);
    this.how = how;
  }
}

/** One character per byte; the connection ends behind the last. */
export function readWhole(bytes: string, method: string): Outcome {
  let at = 0;
  const outcome = {
    informational: [] as number[],
    status: 0,
    headers: [] as Headers,
    body: "",
    trailers: [] as Headers,
  };

  function line(limit: number): string {
    const end = bytes.indexOf("\n", at);
    const text = end === -1 ? bytes.slice(at) : bytes.slice(at, end);
    const content = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(content)) throw new Failure("malformed");
    if (text.length + 1 > limit) throw new Failure("malformed");
    if (end === -1) throw new Failure(text === "" ? "closed" : "within-line");
    if (!text.endsWith("\r")) throw new Failure("malformed");
    at = end + 1;
    return content;
  }

  function fields(begin: number): Headers {
    const headers: Headers = [];
    for (;;) {
      const text = line(begin + RESPONSE_HEAD_LIMIT - at);
      if (text === "") return headers;
      const field = FIELD_LINE.exec(text);
      if (field === null) throw new Failure("malformed");
      headers.push(field[1]!.toLowerCase(), field[2]!);
    }
  }

  function values(headers: Headers, name: string): string[] {
    return headers.filter((_, index) => index % 2 === 1 && headers[index - 1] === name);
  }

  function take(count: number): void {
    outcome.body += bytes.slice(at, at + count);
    at = Math.min(bytes.length, at + count);
  }

  try {
    let minor = 1;
    let hints = 0;
    for (;;) {
      const begin = at;
      const start = STATUS_LINE.exec(line(RESPONSE_HEAD_LIMIT));
      if (start === null) throw new Failure("malformed");
      const status = Number(start[2]);
      const headers = fields(begin);
      if (status === 101) throw new Failure("malformed");
      if (status >= 200) {
        minor = Number(start[1]);
        Object.assign(outcome, { status, headers });
        break;
      }
      if (++hints > INFORMATIONAL_LIMIT) throw new Failure("malformed");
      if (status !== 100) outcome.informational.push(status);
    }
    const lengths = values(outcome.headers, "content-length");
    const codings = values(outcome.headers, "transfer-encoding").map((coding) => coding.toLowerCase());
    const sound =
      lengths.every((length) => /^[0-9]{1,15}$/.test(length) && Number(length) === Number(lengths[0])) &&
      (codings.length === 0 ||
        (codings.length === 1 && codings[0] === "chunked" && minor === 1 && lengths.length === 0));
    if (!sound) {
      outcome.status = 0;
      outcome.headers = [];
      throw new Failure("malformed");
    }
    let untilClose = false;
    if (method === "HEAD" || outcome.status === 204 || outcome.status === 304) {
      // Ends with its head.
    } else if (codings.length > 0) {
      for (;;) {
        const chunk = CHUNK_LINE.exec(line(Number.POSITIVE_INFINITY));
        if (chunk === null) throw new Failure("malformed");
        const size = Number.parseInt(chunk[1]!, 16);
        if (size === 0) break;
        take(size);
        if (at === bytes.length) throw new Failure("closed");
        const end = bytes.slice(at, at + 2);
        if (end !== "\r\n") throw new Failure(end === "\r" ? "closed" : "malformed");
        at += 2;
      }
      outcome.trailers = fields(at);
    } else if (lengths.length > 0) {
      const length = Number(lengths[0]);
      if (bytes.length - at < length) {
        take(length);
        throw new Failure("closed");
      }
      take(length);
    } else {
      take(bytes.length - at);
      untilClose = true;
    }
    const options = values(outcome.headers, "connection").flatMap((value) =>
      value.split(",").map((option) => option.trim().toLowerCase()),
    );
    const persistent = !options.includes("close") && (minor === 1 || options.includes("keep-alive"));
    return { ...outcome, how: "complete", reusable: persistent && !untilClose && at === bytes.length };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...outcome, how: error.how, trailers: [], reusable: false };
  }
}
