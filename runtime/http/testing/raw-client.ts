/** A client for tests that sends bytes exactly as told and reads what comes, one character per byte. */
import { connect, type Socket } from "node:net";

export interface ParsedAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly trailers: string;
}

export class RawClient {
  readonly socket: Socket;
  readonly #chunks: string[] = [];
  #length = 0;
  #waiting: (() => void)[] = [];
  ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (data) => {
      this.#chunks.push(data.toString("latin1"));
      this.#length += data.length;
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.ended = true;
      this.#wake();
    });
    socket.on("end", () => {
      this.ended = true;
      this.#wake();
    });
  }

  /** `from`: the client's own address. */
  static async connect(
    port: number,
    options: { readonly paused?: boolean; readonly from?: string } = {},
  ): Promise<RawClient> {
    const socket = connect({
      port,
      host: "127.0.0.1",
      ...(options.from !== undefined && { localAddress: options.from }),
    });
    const client = new RawClient(socket);
    if (options.paused === true) socket.pause();
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  get text(): string {
    return this.#chunks.join("");
  }

  get length(): number {
    return this.#length;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  send(text: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(typeof text === "string" ? Buffer.from(text, "latin1") : text, () => resolve());
    });
  }

  /** Until `holds`, or the other end is through. */
  async until(holds: (text: string) => boolean): Promise<string> {
    while (!this.ended && !holds(this.text)) await this.change();
    return this.text;
  }

  /** Until something arrives or the connection ends. */
  change(): Promise<void> {
    return this.ended ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The first `methods.length` final answers, each to a request of that method; fewer where the connection ended. */
  async answers(...methods: string[]): Promise<ParsedAnswer[]> {
    await this.until((text) => parseAnswers(text, methods, false).length >= methods.length);
    return parseAnswers(this.text, methods, this.ended);
  }

  async answer(method = "GET"): Promise<ParsedAnswer> {
    const [answer] = await this.answers(method);
    if (answer === undefined) throw new Error(`no answer: ${JSON.stringify(this.text)}`);
    return answer;
  }

  /** Everything until the other end closes. */
  rest(): Promise<string> {
    return this.until(() => false);
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** The final answers in `text`; an incomplete last one is left out, unless it is delimited by the end and `ended`. */
export function parseAnswers(text: string, methods: readonly string[], ended: boolean): ParsedAnswer[] {
  const answers: ParsedAnswer[] = [];
  let at = 0;
  while (answers.length < methods.length) {
    const headEnd = text.indexOf("\r\n\r\n", at);
    if (headEnd === -1) break;
    const [line = "", ...fields] = text.slice(at, headEnd).split("\r\n");
    const match = /^HTTP\/1\.1 (\d{3}) [^\r\n]*$/.exec(line);
    if (match === null) throw new Error(`no status line: ${JSON.stringify(line)}`);
    const status = Number(match[1]);
    const headers = fields.map((field): [string, string] => {
      const colon = field.indexOf(": ");
      if (colon === -1) throw new Error(`no field: ${JSON.stringify(field)}`);
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 2)];
    });
    at = headEnd + 4;
    if (status < 200) continue;
    const value = (name: string): string | undefined => headers.find((field) => field[0] === name)?.[1];
    const length = value("content-length");
    if (methods[answers.length] === "HEAD" || status === 204 || status === 304) {
      answers.push({ status, headers, body: "", trailers: "" });
    } else if (value("transfer-encoding") === "chunked") {
      const body = parseChunked(text, at);
      if (body === null) break;
      answers.push({ status, headers, body: body.body, trailers: body.trailers });
      at = body.end;
    } else if (length !== undefined) {
      if (text.length < at + Number(length)) break;
      answers.push({ status, headers, body: text.slice(at, at + Number(length)), trailers: "" });
      at += Number(length);
    } else {
      if (!ended) break;
      answers.push({ status, headers, body: text.slice(at), trailers: "" });
      at = text.length;
    }
  }
  return answers;
}

function parseChunked(text: string, start: number): { body: string; trailers: string; end: number } | null {
  let body = "";
  let at = start;
  for (;;) {
    const line = text.indexOf("\r\n", at);
    if (line === -1) return null;
    const size = Number.parseInt(text.slice(at, line), 16);
    if (Number.isNaN(size)) throw new Error(`no chunk size: ${JSON.stringify(text.slice(at, line))}`);
    at = line + 2;
    if (size === 0) {
      const end = text.startsWith("\r\n", at) ? at : text.indexOf("\r\n\r\n", at) + 2;
      if (end === 1 || text.length < end + 2) return null;
      return { body, trailers: text.slice(at, end), end: end + 2 };
    }
    if (text.length < at + size + 2) return null;
    body += text.slice(at, at + size);
    if (!text.startsWith("\r\n", at + size)) throw new Error("no line end behind a chunk");
    at += size + 2;
  }
}
