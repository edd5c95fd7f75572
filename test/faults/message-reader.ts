/** Reads HTTP/1.1 messages as they come in pieces: the client's side of answers, the upstream's of requests. Refuses what is not exact. */
export interface MessageReceiver {
  /** Gives how the body is framed. */
  head(line: string, fields: ReadonlyMap<string, string>): void;
  data(chunk: Buffer): void;
  end(): void;
}

export type Framing = number | "chunked" | "close";

const HEAD_LIMIT = 64 * 1024;

/** Whether there is a body, and how long it is, the reader asks its user: it depends on the method and the status. */
export class MessageReader {
  readonly #receiver: MessageReceiver;
  readonly #framing: (line: string, fields: ReadonlyMap<string, string>) => Framing;
  #pending: Buffer = Buffer.alloc(0);
  #state: "head" | "body" | "size" | "chunk" | "chunk-end" | "trailers" | "close" = "head";
  #left = 0;
  /** What was wrong; nothing is read after it. */
  fault: string | null = null;

  constructor(receiver: MessageReceiver, framing: (line: string, fields: ReadonlyMap<string, string>) => Framing) {
    this.#receiver = receiver;
    this.#framing = framing;
  }

  /** Between two messages, and nothing lies here. */
  get clean(): boolean {
    return this.#state === "head" && this.#pending.length === 0;
  }

  read(data: Buffer): void {
    if (this.fault !== null) return;
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    while (this.#step());
  }

  /** The other side ended; true: in order. */
  finish(): boolean {
    if (this.#state !== "close") return this.clean;
    this.#state = "head";
    this.#receiver.end();
    return true;
  }

  #step(): boolean {
    if (this.fault !== null || (this.#pending.length === 0 && this.#state !== "body")) return false;
    switch (this.#state) {
      case "head":
        return this.#head();
      case "body":
      case "chunk":
        return this.#content();
      case "close":
        this.#receiver.data(this.#take(this.#pending.length));
        return false;
      case "size":
        return this.#line((line) => {
          if (!/^[0-9a-f]+$/i.test(line)) this.fault = `chunk size ${JSON.stringify(line.slice(0, 40))}`;
          this.#left = Number.parseInt(line, 16);
          this.#state = this.#left === 0 ? "trailers" : "chunk";
        });
      case "chunk-end":
        return this.#line((line) => {
          if (line !== "") this.fault = "no line end behind a chunk";
          this.#state = "size";
        });
      case "trailers":
        return this.#line((line) => {
          if (line === "") this.#ended();
        });
    }
  }

  #head(): boolean {
    const end = this.#pending.indexOf("\r\n\r\n");
    if (end < 0) {
      if (this.#pending.length > HEAD_LIMIT) this.fault = "endless head";
      return false;
    }
    const [line = "", ...lines] = this.#take(end + 4)
      .toString("latin1")
      .slice(0, -4)
      .split("\r\n");
    const fields = new Map<string, string>();
    for (const field of lines) {
      const colon = field.indexOf(":");
      if (colon < 1) this.fault = `field ${JSON.stringify(field.slice(0, 40))}`;
      const name = field.slice(0, colon).toLowerCase();
      const before = fields.get(name);
      const value = field.slice(colon + 1).trim();
      fields.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    if (this.fault !== null) return false;
    const framing = this.#framing(line, fields);
    this.#left = typeof framing === "number" ? framing : 0;
    this.#state = framing === "chunked" ? "size" : framing === "close" ? "close" : "body";
    this.#receiver.head(line, fields);
    return true;
  }

  #content(): boolean {
    if (this.#left > 0) {
      const data = this.#take(Math.min(this.#left, this.#pending.length));
      if (data.length === 0) return false;
      this.#left -= data.length;
      this.#receiver.data(data);
    }
    if (this.#left > 0) return this.#pending.length > 0;
    if (this.#state === "chunk") this.#state = "chunk-end";
    else this.#ended();
    return true;
  }

  #ended(): void {
    this.#state = "head";
    this.#receiver.end();
  }

  #line(then: (line: string) => void): boolean {
    const end = this.#pending.indexOf("\r\n");
    if (end < 0) {
      if (this.#pending.length > HEAD_LIMIT) this.fault = "endless line";
      return false;
    }
    then(
      this.#take(end + 2)
        .toString("latin1")
        .slice(0, -2),
    );
    return true;
  }

  #take(length: number): Buffer {
    const data = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return data;
  }
}

/** RFC 9112 §6.3, for messages that are exact. */
export function framingOf(fields: ReadonlyMap<string, string>, otherwise: Framing): Framing {
  if (fields.get("transfer-encoding") === "chunked") return "chunked";
  const length = fields.get("content-length");
  return length === undefined ? otherwise : Number(length);
}
