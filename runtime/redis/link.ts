/**
 * One thread's connection to Redis. It is either there and answers in time, or away: then every question is answered with null at once, nothing waits in a queue, and a
 * new connection is tried after 0.1 s, 0.2 s … 5 s. What was asked and not answered when a connection ends may have been carried out.
 */
import type { Client, CreateClient, Reply } from "./client.ts";
import type { Script } from "./script.ts";

const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;
/** Questions that may wait for their answers at once. */
const MOST_ASKED = 100_000;

export interface LinkOptions {
  /** With user, password and database, where it needs them. Never told to anybody. */
  readonly url: string;
  /** Milliseconds for an answer, and for a connection. */
  readonly timeout: number;
  readonly create: CreateClient;
  /** Why it is away, told once; null: it answers again. */
  readonly state: (trouble: string | null) => void;
  /** A connection stands; before any question is let through. */
  readonly connected: () => void;
}

export class RedisLink {
  readonly #options: LinkOptions;
  #client: Client | null = null;
  #ready = false;
  #wait = FIRST_WAIT;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #troubled = false;
  /** When each question was asked that has no answer, in order; performance.now(). */
  #asked: number[] = [];
  #answered = 0;
  readonly #watch: NodeJS.Timeout;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#watch = setInterval(() => this.#look(), Math.max(5, options.timeout / 4));
    this.#watch.unref();
    this.#connect();
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** What the script gives, as texts; null: nobody answered, and it may have been carried out. */
  async run(
    { text, sha }: Script,
    keys: readonly string[],
    rest: readonly string[],
  ): Promise<readonly string[] | null> {
    const about = [String(keys.length), ...keys, ...rest];
    let reply = await this.ask(["EVALSHA", sha, ...about]);
    // Redis was restarted, or its scripts were flushed.
    if (reply instanceof Error && reply.message.startsWith("NOSCRIPT"))
      reply = await this.ask(["EVAL", text, ...about]);
    return Array.isArray(reply) ? reply.map(String) : null;
  }

  /** null: nobody answered. An error is what Redis says. */
  async ask(command: readonly string[]): Promise<Reply | Error | null> {
    const client = this.#client;
    if (client === null || !this.#ready || this.#asked.length - this.#answered >= MOST_ASKED) return null;
    this.#asked.push(performance.now());
    try {
      const reply = await client.sendCommand(command);
      this.#heard(client);
      this.#tell(null);
      return reply;
    } catch (error) {
      if (client !== this.#client) return null;
      // What Redis answered begins with a word in capitals.
      const told = error instanceof Error && /^[A-Z]+\b/.test(error.message);
      if (told) this.#heard(client);
      const text = messageOf(error);
      if (text.startsWith("NOSCRIPT")) return new Error(text);
      this.#tell(text);
      // A replica, or one that is being loaded: another may stand there in a moment.
      if (!told || /^(READONLY|LOADING|MASTERDOWN|MOVED|NOAUTH)\b/.test(text)) this.#lost(client, text);
      return told ? new Error(text) : null;
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    if (this.#timer !== null) clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    this.#ready = false;
    end(client);
  }

  #heard(client: Client): void {
    if (client !== this.#client) return;
    this.#answered++;
    if (this.#answered < 1024 || this.#answered * 2 < this.#asked.length) return;
    this.#asked = this.#asked.slice(this.#answered);
    this.#answered = 0;
  }

  /** Answers come in order, so the one that was asked first is the one that waits longest. */
  #look(): void {
    const oldest = this.#asked[this.#answered];
    const client = this.#client;
    if (oldest === undefined || client === null) return;
    const { timeout } = this.#options;
    if (performance.now() - oldest > timeout) this.#lost(client, `no answer within ${timeout} ms`);
  }

  #connect(): void {
    this.#timer = null;
    const { create, url, timeout } = this.#options;
    let client: Client;
    try {
      client = create(url, timeout);
    } catch (error) {
      this.#again(messageOf(error));
      return;
    }
    this.#client = client;
    this.#asked = [];
    this.#answered = 0;
    client.on("error", (error: unknown) => this.#lost(client, messageOf(error)));
    client.on("end", () => this.#lost(client, "the connection was closed"));
    // A server that accepts and says nothing is away as well.
    const late = setTimeout(() => this.#lost(client, `no connection within ${timeout} ms`), timeout);
    client
      .connect()
      .then(() => client.sendCommand(["PING"]))
      .then(() => {
        if (client !== this.#client) return;
        this.#ready = true;
        this.#wait = FIRST_WAIT;
        this.#options.connected();
      })
      .catch((error: unknown) => this.#lost(client, messageOf(error)))
      .finally(() => clearTimeout(late));
  }

  #lost(client: Client, trouble: string): void {
    if (client !== this.#client) return;
    this.#client = null;
    this.#ready = false;
    end(client);
    this.#again(trouble);
  }

  #again(trouble: string): void {
    this.#tell(trouble);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#connect(), this.#wait);
    this.#timer.unref();
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
  }

  #tell(trouble: string | null): void {
    if ((trouble !== null) === this.#troubled) return;
    this.#troubled = trouble !== null;
    this.#options.state(trouble);
  }
}

/** What is still asked of it is answered with an error. */
function end(client: Client | null): void {
  try {
    client?.destroy();
  } catch {
    // It was never open.
  }
}

function messageOf(error: unknown): string {
  // Many addresses that all refused come as one error without a text.
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
