/** Responses from a seed: good ones, and the same with something broken, cut off, doubled or lied about. */

/** 0 ≤ n < 1, the same row for the same seed (Tommy Ettinger's mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Generated {
  readonly method: string;
  /** One character per byte. */
  readonly bytes: string;
}

const NAMES = ["Server", "X-Trace", "ETag", "set-cookie", "Vary", "x-a", "Content-Type", "!#$%&'*+-.^_`|~9"];
const VALUES = ["", "1", "a, b", "text/html; charset=utf-8", '"x"', "caf\xe9", "\ta\t", "  ", "x".repeat(300)];
const CONNECTIONS = ["close", "Close", "keep-alive", "Keep-Alive, x", "x,close", "upgrade"];
const LENGTHS = ["+1", "1,1", "-1", "0x1", " ", "1 1", "9".repeat(16), "1e1", "00", "007"];
const CODINGS = ["chunked", "Chunked", "gzip", "gzip, chunked", "chunked, chunked", "xchunked", "", "identity"];
const JUNK = [
  "\0",
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  " ",
  ":",
  "\x7f",
  "\xff",
  "HTTP/1.1 200 OK\r\n\r\n",
  "0\r\n\r\n",
  ";",
];

export function generate(random: () => number): Generated {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const chance = (probability: number): boolean => random() < probability;

  function fields(): string {
    let text = "";
    while (chance(0.6)) text += `${pick(NAMES)}:${pick(["", " ", "\t "])}${pick(VALUES)}\r\n`;
    return text;
  }

  function chunks(body: string): string {
    let text = "";
    for (let at = 0; at < body.length; ) {
      const size = Math.min(body.length - at, 1 + Math.floor(random() * 20));
      const digits = size.toString(16).padStart(chance(0.1) ? 4 : 1, "0");
      const extension = chance(0.2) ? pick([";a=b", ' ; q="x y"', ";", ";a;b"]) : "";
      text += `${chance(0.5) ? digits.toUpperCase() : digits}${extension}\r\n${body.slice(at, at + size)}\r\n`;
      at += size;
    }
    return `${text}${pick(["0", "000"])}\r\n${chance(0.3) ? fields() : ""}\r\n`;
  }

  function response(): string {
    let text = "";
    while (chance(0.15)) text += `HTTP/1.1 ${pick([100, 102, 103, 199])} Hint\r\n${fields()}\r\n`;
    const status = pick([200, 200, 200, 200, 204, 304, 404, 500, 999]);
    text += `HTTP/1.${chance(0.9) ? 1 : 0} ${status}${pick([" OK", " ", "", " Not \xe9"])}\r\n${fields()}`;
    if (chance(0.3)) text += `Connection: ${pick(CONNECTIONS)}\r\n`;
    const body = "The quick brown fox jumps over the lazy dog.".slice(0, Math.floor(random() * 45));
    const framing = random();
    if (framing < 0.4) return `${text}Content-Length: ${body.length}\r\n${fields()}\r\n${body}`;
    if (framing < 0.75) return `${text}Transfer-Encoding: chunked\r\n${fields()}\r\n${chunks(body)}`;
    if (framing < 0.85) return `${text}\r\n${body}`;
    if (framing < 0.92) return `${text}Content-Length: ${pick(LENGTHS)}\r\n\r\n${body}`;
    if (framing < 0.97) return `${text}Transfer-Encoding: ${pick(CODINGS)}\r\n\r\n${chunks(body)}`;
    return `${text}Content-Length: 2\r\n${pick(["Content-Length: 2", "Content-Length: 3", "Transfer-Encoding: chunked"])}\r\n\r\nok`;
  }

  let bytes = response();
  const harm = random();
  const at = Math.floor(random() * (bytes.length + 1));
  if (harm < 0.15) bytes = bytes.slice(0, at);
  else if (harm < 0.3) bytes = bytes.slice(0, at) + pick(JUNK) + bytes.slice(at);
  else if (harm < 0.4)
    bytes = bytes.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + bytes.slice(at + 1);
  else if (harm < 0.45) bytes = bytes.slice(0, at) + bytes.slice(at + 1 + Math.floor(random() * 3));
  else if (harm < 0.5) bytes += pick([...JUNK, response()]);
  return { method: chance(0.1) ? "HEAD" : "GET", bytes };
}

/** The bytes in pieces; often one, sometimes each byte for itself. */
export function split(bytes: string, random: () => number): string[] {
  const kind = random();
  if (kind < 0.2) return [bytes];
  const most = kind < 0.4 ? 1 : 1 + Math.floor(random() * 60);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(random() * most);
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  return pieces;
}
