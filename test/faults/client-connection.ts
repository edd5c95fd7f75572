/** A client's connection to the gateway: writes bytes as told, reads answers exactly, and can stop reading or vanish. */
import { connect, type Socket } from "node:net";
import { type Framing, framingOf, MessageReader } from "./message-reader.ts";

export interface ClientAnswer {
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Its end was seen. */
  readonly whole: boolean;
}

/** Nobody waits longer for anything: what takes more than this hangs. In milliseconds. */
export const HANG_LIMIT = 90_000;

export class ClientConnection {
  readonly socket: Socket;
  /** No more will come. */
  closed = false;
  /** What came was no HTTP. */
  fault: string | null = null;
  /** When the latest answer ended; performance.now(). */
  usedAt = 0;
  /** The case that was the latest one on it; null: none was. */
  usedBy: number | null = null;
  /** How the other side ended it, as it was seen here. */
  ending: "open" | "in order" | "by a reset" = "open";
  readonly #reader: MessageReader;
  readonly #methods: string[] = [];
  #current: { status: number; fields: ReadonlyMap<string, string>; chunks: Buffer[] } | null = null;
  readonly #answers: ClientAnswer[] = [];
  #wake: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#reader = new MessageReader(
      {
        head: (line, fields) => {
          const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1] ?? Number.NaN);
          if (Number.isNaN(status)) this.fault = `status line ${JSON.stringify(line.slice(0, 60))}`;
          this.#current = { status, fields, chunks: [] };
        },
        data: (chunk) => this.#current?.chunks.push(chunk),
        end: () => this.#ended(true),
      },
      (line, fields) => this.#framing(Number(line.slice(9, 12)), fields),
    );
    socket.setNoDelay(true);
    socket.on("error", () => {
      this.ending = "by a reset";
    });
    socket.on("data", (data: Buffer) => {
      this.#reader.read(data);
      this.fault ??= this.#reader.fault;
      this.#wake?.();
    });
    const over = (): void => {
      if (this.closed) return;
      this.closed = true;
      if (!this.#reader.finish() && this.#current !== null) this.#ended(false);
      this.#wake?.();
    };
    socket.on("end", () => {
      if (this.ending === "open") this.ending = "in order";
      over();
    });
    socket.on("close", over);
  }

  static async open(port: number): Promise<ClientConnection> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const connection = new ClientConnection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("close", () => reject(new Error("the gateway took no connection")));
    });
    return connection;
  }

  /** `methods`: of the requests that these bytes are, for reading their answers. */
  send(bytes: string | Buffer, ...methods: string[]): void {
    this.#methods.push(...methods);
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** The next final answer, or what of it came before the connection ended; null: nothing of it. Rejects when it takes too long. */
  async next(): Promise<ClientAnswer | null> {
    const end = Date.now() + HANG_LIMIT;
    while (this.#answers.length === 0) {
      if (this.closed || this.fault !== null) return null;
      await this.#change(end);
    }
    return this.#answers.shift() ?? null;
  }

  /** Until the other side has closed. Rejects when it takes too long. */
  async end(): Promise<void> {
    const end = Date.now() + HANG_LIMIT;
    while (!this.closed) await this.#change(end);
  }

  /** Until `bytes` of an answer's body have come, or the end. */
  async some(bytes: number): Promise<void> {
    const end = Date.now() + HANG_LIMIT;
    while (!this.closed && this.fault === null && this.#answers.length === 0) {
      const have = this.#current?.chunks.reduce((sum, { length }) => sum + length, 0) ?? -1;
      if (have >= bytes) return;
      await this.#change(end);
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  #change(end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("it hangs")), Math.max(1, end - Date.now()));
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  #framing(status: number, fields: ReadonlyMap<string, string>): Framing {
    if (status < 200) return 0;
    if (status === 204 || status === 304 || this.#methods[0] === "HEAD") return 0;
    return framingOf(fields, "close");
  }

  #ended(whole: boolean): void {
    const current = this.#current;
    this.#current = null;
    if (current === null || current.status < 200) return;
    this.#methods.shift();
    this.usedAt = performance.now();
    const body = current.chunks.length === 1 ? current.chunks[0]! : Buffer.concat(current.chunks);
    this.#answers.push({ status: current.status, fields: current.fields, body, whole });
  }
}
