/** The incremental reader against the plain reference: the same outcome for the same bytes, in whatever pieces they come. */
import { describe, expect, it } from "vitest";
import type { Headers } from "../../http/exchange.ts";
import { RESPONSE_HEAD_LIMIT } from "../client.ts";
import { goodResponses, malformedResponses } from "../testing/responses.ts";
import { ResponseReader, type ResponseReceiver } from "./response-reader.ts";
import { generate, randomFrom, split } from "./testing/generate.ts";
import { type Outcome, readWhole } from "./testing/reference.ts";

/** Plays the connection; `stopping` stops the reader at random events, and goes on afterwards. */
class Receiver implements ResponseReceiver {
  readonly #reader = new ResponseReader(this);
  readonly #stopping: () => boolean;
  readonly #informational: number[] = [];
  #status = 0;
  #headers: Headers = [];
  #body = "";
  #trailers: Headers = [];
  #over: "complete" | "closed" | "malformed" | null = null;
  #leftover = false;

  constructor(stopping: () => boolean) {
    this.#stopping = stopping;
  }

  read(pieces: readonly string[], method: string): Outcome {
    this.#reader.begin(method);
    for (const piece of pieces) {
      if (piece === "") continue;
      if (this.#over !== null) {
        this.#leftover = true;
        break;
      }
      // Anything may stand around what is read, and takes its place afterwards.
      const bytes = Buffer.from(`##${piece}##`, "latin1");
      const end = bytes.length - 2;
      for (let at = 2; at < end && this.#over === null; ) at = this.#reader.read(bytes, at, end);
      // Stopped behind the last byte, it may have its end still to tell.
      if (this.#over === null) this.#reader.read(bytes, end, end);
      bytes.fill("#");
    }
    if (this.#over === null && !this.#reader.end()) this.#over = "closed";
    const reusable = this.#over === "complete" && this.#reader.persistent && !this.#leftover;
    return {
      how: this.#over ?? "closed",
      informational: this.#informational,
      status: this.#status,
      headers: this.#headers,
      body: this.#body,
      trailers: this.#trailers,
      reusable,
    };
  }

  informational(status: number): void {
    this.#informational.push(status);
    this.#stop();
  }

  head(status: number, headers: Headers): void {
    expect(this.#status).toBe(0);
    this.#status = status;
    this.#headers = headers;
    this.#stop();
  }

  data(chunk: Uint8Array): void {
    expect(chunk.length).toBeGreaterThan(0);
    this.#body += Buffer.from(chunk).toString("latin1");
    this.#stop();
  }

  complete(trailers: Headers, leftover: boolean): void {
    expect(this.#over).toBe(null);
    this.#over = "complete";
    this.#trailers = trailers;
    this.#leftover = leftover;
  }

  malformed(fault: string): void {
    expect(this.#over).toBe(null);
    expect(fault).not.toBe("");
    this.#over = "malformed";
  }

  #stop(): void {
    if (this.#stopping()) this.#reader.stop();
  }
}

const never = (): boolean => false;

function read(pieces: readonly string[], method = "GET", stopping = never): Outcome {
  return new Receiver(stopping).read(pieces, method);
}

describe("the reader agrees with the reference", () => {
  it.each([...goodResponses, ...malformedResponses.map((response) => ({ method: "GET", ...response }))])(
    "on $what",
    ({ bytes, method = "GET" }) => {
      const whole = readWhole(bytes, method);
      expect(read([bytes], method)).toEqual(whole);
      expect(read([...bytes], method)).toEqual(whole);
      for (let at = 0; at <= bytes.length; at++) {
        expect(read([bytes.slice(0, at), bytes.slice(at)], method)).toEqual(whole);
      }
    },
  );

  it("on what is made from seeds, in random pieces, stopped at random", { timeout: 60_000 }, () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 4000; seed++) {
      const random = randomFrom(seed);
      const { method, bytes } = generate(random);
      const whole = readWhole(bytes, method);
      const pieces = split(bytes, random);
      const outcome = read(pieces, method, () => random() < 0.3);
      const about = `seed ${seed}: ${JSON.stringify(bytes)} in ${pieces.length} pieces`;
      // However it is cut up, the outcome is the same.
      expect(outcome, about).toEqual(read([bytes], method));
      seen.set(outcome.how, (seen.get(outcome.how) ?? 0) + 1);
      if (whole.how === "within-line") expect(["closed", "malformed"], about).toContain(outcome.how);
      else expect(outcome, about).toEqual(whole);
    }
    // The generator reaches every outcome.
    for (const how of ["complete", "closed", "malformed"]) expect(seen.get(how)).toBeGreaterThan(200);
  });
});

describe("limits", () => {
  const line = "HTTP/1.1 200 OK\r\n";

  function headOf(length: number): string {
    return `${line}X: ${"x".repeat(length - line.length - 7)}\r\n\r\n`;
  }

  for (const [what, pieces] of [
    ["at once", (bytes: string) => [bytes]],
    ["byte by byte", (bytes: string) => [...bytes]],
  ] as const) {
    it(`the largest head passes, one byte more does not, ${what}`, () => {
      expect(read(pieces(headOf(RESPONSE_HEAD_LIMIT))).how).toBe("complete");
      expect(read(pieces(headOf(RESPONSE_HEAD_LIMIT + 1))).how).toBe("malformed");
    });

    it(`a head without an end is given up, ${what}`, () => {
      expect(read(pieces(`${line}X: ${"x".repeat(RESPONSE_HEAD_LIMIT)}`)).how).toBe("malformed");
    });

    it(`trailers are bounded like heads, ${what}`, () => {
      const trailers = `X: ${"x".repeat(1000)}\r\n`.repeat(40);
      expect(read(pieces(`${line}Transfer-Encoding: chunked\r\n\r\n0\r\n${trailers}\r\n`)).how).toBe("malformed");
    });

    it(`chunk extensions are bounded by what they come with, ${what}`, () => {
      const begin = `${line}Transfer-Encoding: chunked\r\n\r\n`;
      const few = `400;a=${"x".repeat(1000)}\r\n${"y".repeat(1024)}\r\n`.repeat(30);
      expect(read(pieces(`${begin}${few}0\r\n\r\n`)).how).toBe("complete");
      const many = `1;a=${"x".repeat(1000)}\r\ny\r\n`.repeat(30);
      expect(read(pieces(`${begin}${many}0\r\n\r\n`)).how).toBe("malformed");
    });
  }
});
