/** A client on a bare socket: sends exactly what a case says and reads one final answer, strictly. */
import { connect } from "node:net";
import type { CaseRequest, SeenAnswer } from "./case.ts";
import { framingOf, readBody, readHead, WireError, writeMessage } from "./wire.ts";

/** Long enough for every time limit in the corpus; a hanging gateway fails the case. */
const PATIENCE = 15_000;

/** The connection was closed without a byte. */
const SILENCE: SeenAnswer = { status: 0, headers: [], body: new Uint8Array(), ends: "closed" };

export function requestBytes(request: CaseRequest): Buffer {
  if (request.raw !== null) return Buffer.from(request.raw, "latin1");
  return writeMessage(`${request.method} ${request.target} HTTP/1.1`, request.headers, request.body, false);
}

export function exchange(port: number, request: CaseRequest): Promise<SeenAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress: request.from, noDelay: true });
    let data: Buffer = Buffer.alloc(0);
    let done = false;
    const timer = setTimeout(
      () =>
        finish(
          new Error(
            `no whole answer within ${PATIENCE} ms; so far ${JSON.stringify(data.toString("latin1").slice(0, 300))}`,
          ),
        ),
      PATIENCE,
    );
    const finish = (result: SeenAnswer | Error): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      socket.destroy();
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    const look = (closed: boolean): void => {
      try {
        const seen = readAnswer(data, request.method, closed);
        if (seen !== null) finish(seen);
        else if (closed && data.length === 0) finish(SILENCE);
        else if (closed) finish(new WireError(`closed after ${JSON.stringify(data.toString("latin1").slice(0, 300))}`));
      } catch (problem) {
        finish(problem instanceof Error ? problem : new Error(String(problem)));
      }
    };
    socket.on("data", (chunk) => {
      data = Buffer.concat([data, chunk]);
      look(false);
    });
    // A gateway may close before it has read all that was sent; what it answered counts.
    socket.on("error", () => look(true));
    socket.on("close", () => look(true));
    socket.write(requestBytes(request));
  });
}

/** null: not complete yet. 1xx answers are passed over, but for 101, behind which there is another protocol. */
function readAnswer(data: Buffer, method: string, closed: boolean): SeenAnswer | null {
  let at = 0;
  for (;;) {
    const head = readHead(data.subarray(at));
    if (head === null) return null;
    const status = Number(/^HTTP\/1\.1 (\d{3})( |$)/.exec(head.start)?.[1]);
    if (Number.isNaN(status)) throw new WireError(`malformed status line ${JSON.stringify(head.start)}`);
    at += head.length;
    if (status < 200 && status !== 101) continue;
    const headers = head.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
    const bodiless = method === "HEAD" || status === 101 || status === 204 || status === 304;
    const framing = framingOf(headers, "until-close");
    const isClosing = headers.some(([name, value]) => name === "connection" && /\bclose\b/i.test(value));
    const read = readBody(data, at, bodiless ? "none" : framing, headers);
    if (read !== null) {
      if (data.length > read.end) throw new WireError(`${data.length - read.end} bytes after the end of the answer`);
      return { status, headers, body: new Uint8Array(read.body), ends: isClosing ? "closed" : "complete" };
    }
    if (!closed) return null;
    const rest = new Uint8Array(data.subarray(at));
    return { status, headers, body: rest, ends: framing === "until-close" ? "closed" : "cut" };
  }
}
