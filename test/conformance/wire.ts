/** HTTP/1.1 messages as bytes: what the raw client and the fake upstreams write and read. Strict, so that wrong framing is seen. */

export interface WireMessage {
  /** The first line. */
  readonly start: string;
  /** Names as sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** Bytes that this message takes. */
  readonly length: number;
}

/** How the end of the body is known. */
export type Framing = "none" | "length" | "chunked" | "until-close";

export class WireError extends Error {}

export function headerValues(headers: readonly (readonly [string, string])[], name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** null: the head is not complete yet. */
export function readHead(data: Buffer): { start: string; headers: [string, string][]; length: number } | null {
  const end = data.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [start = "", ...lines] = data.subarray(0, end).toString("latin1").split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (match === null) throw new WireError(`malformed header line ${JSON.stringify(line)}`);
    return [match[1] ?? "", match[2] ?? ""];
  });
  return { start, headers, length: end + 4 };
}

/** RFC 9112 §6.3, for messages whose framing must be right. */
export function framingOf(headers: readonly (readonly [string, string])[], absent: Framing): Framing {
  const lengths = headerValues(headers, "content-length");
  const codings = headerValues(headers, "transfer-encoding");
  if (codings.length > 0) {
    if (lengths.length > 0) throw new WireError("both content-length and transfer-encoding");
    if (codings.join(",").toLowerCase() !== "chunked") throw new WireError(`transfer-encoding: ${codings.join(",")}`);
    return "chunked";
  }
  if (lengths.length > 1) throw new WireError("content-length is there twice");
  if (lengths.length === 1 && !/^\d+$/.test(lengths[0] ?? "")) throw new WireError(`content-length: ${lengths[0]}`);
  return lengths.length === 1 ? "length" : absent;
}

/** The body from `at`; null: not complete yet. */
export function readBody(
  data: Buffer,
  at: number,
  framing: Framing,
  headers: readonly (readonly [string, string])[],
): { body: Buffer; end: number } | null {
  if (framing === "none") return { body: Buffer.alloc(0), end: at };
  if (framing === "until-close") return null;
  if (framing === "length") {
    const end = at + Number(headerValues(headers, "content-length")[0]);
    return data.length < end ? null : { body: data.subarray(at, end), end };
  }
  const chunks: Buffer[] = [];
  for (let next = at; ; ) {
    const line = data.indexOf("\r\n", next);
    if (line < 0) return null;
    const size = data.subarray(next, line).toString("latin1");
    if (!/^[0-9a-fA-F]+(;.*)?$/.test(size)) throw new WireError(`chunk size ${JSON.stringify(size)}`);
    const length = Number.parseInt(size, 16);
    const start = line + 2;
    if (length === 0) {
      const trailer = data.subarray(start);
      if (trailer.subarray(0, 2).toString() === "\r\n") return { body: Buffer.concat(chunks), end: start + 2 };
      const end = trailer.indexOf("\r\n\r\n");
      return end < 0 ? null : { body: Buffer.concat(chunks), end: start + end + 4 };
    }
    if (data.length < start + length + 2) return null;
    if (data.subarray(start + length, start + length + 2).toString() !== "\r\n")
      throw new WireError("a chunk has no end");
    chunks.push(data.subarray(start, start + length));
    next = start + length + 2;
  }
}

/** Where the headers say `transfer-encoding: chunked`, each line of the body is one chunk; else a length is added where there is a body. */
export function writeMessage(
  start: string,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array,
  always: boolean,
): Buffer {
  const isChunked = headerValues(headers, "transfer-encoding").some((value) => /chunked/i.test(value));
  const hasLength = headerValues(headers, "content-length").length > 0;
  const lines = [start, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (!isChunked && !hasLength && (body.length > 0 || always)) lines.push(`content-length: ${body.length}`);
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return Buffer.concat([head, isChunked ? chunked(body) : body]);
}

function chunked(body: Uint8Array): Buffer {
  const chunks = body.length === 0 ? [] : Buffer.from(body).toString("latin1").split("\n");
  const written = chunks.filter((chunk) => chunk !== "").map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  return Buffer.from(`${written.join("")}0\r\n\r\n`, "latin1");
}

/** What a chunked body of a case is when its chunks are put together. */
export function joined(headers: readonly (readonly [string, string])[], body: Uint8Array): Uint8Array {
  const isChunked = headerValues(headers, "transfer-encoding").some((value) => /chunked/i.test(value));
  return isChunked
    ? new Uint8Array(Buffer.from(Buffer.from(body).toString("latin1").replaceAll("\n", ""), "latin1"))
    : body;
}
