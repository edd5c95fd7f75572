/**
 * One thread's connection to Redis. It is either there and answers in time, or away: then every question is answered with null at once, nothing waits in a queue, and a
 * new connection is tried after about 0.1 s, 0.2 s … 5 s. What was asked and not answered when a connection ends may have been carried out.
 *
 * All keys of gateways that count together have one hash tag, so in a cluster they are on one node: the connection goes to whichever node that is, and follows it.
 */
import { addressesOf, movedTo } from "./address.ts";
import type { Client, CreateClient, Reply } from "./client.ts";
import { masterOf } from "./sentinel.ts";
import type { Script } from "./script.ts";

const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;
/** Questions that may wait for their answers at once. */
const MOST_ASKED = 100_000;
/** Nodes of a cluster that send one on to the next before it is given up for a while. */
const MOST_MOVES = 5;
/** After Redis refused something it is not said to be back for so many milliseconds: it may take some things and refuse others. */
const CALM = 1000;
const LONGEST_TROUBLE = 200;
/** Answers after which another node, or the same a moment later, may be asked. */
const ELSEWHERE = /^(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|MOVED|NOAUTH)\b/;

export interface LinkOptions {
  /** With user, password and database, where it needs them; several addresses, with commas in between, are tried in turn. Never told to anybody. */
  readonly url: string;
  /** The addresses are those of sentinels, which tell where the master of this name is; left out: they are Redis's own. */
  readonly sentinel?: string | undefined;
  /** A key as those that are asked about, to learn which node of a cluster has them. */
  readonly probe?: string | undefined;
  /** Milliseconds for an answer, and for a connection. */
  readonly timeout: number;
  readonly create: CreateClient;
  /** Why it is away, told once; null: it answers again. */
  readonly state: (trouble: string | null) => void;
  /** A connection stands; before any question is let through. */
  readonly connected: () => void;
}

interface Question {
  /** When it was asked; performance.now(). */
  readonly at: number;
  readonly answer: (reply: Reply | Error | null) => void;
}

export class RedisLink {
  readonly #options: LinkOptions;
  #client: Client | null = null;
  #ready = false;
  #wait = FIRST_WAIT;
  readonly #addresses: readonly string[];
  #attempts = 0;
  /** Of `#client`. */
  #address = "";
  #moves = 0;
  #troubledAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #troubled = false;
  /** Questions in the order of asking, behind so many that have their answers. */
  #asked: Question[] = [];
  #answered = 0;
  readonly #watch: NodeJS.Timeout;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#addresses = addressesOf(options.url);
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
    let reply = await this.#ask(["EVALSHA", sha, ...about], true);
    // Redis was restarted, or its scripts were flushed.
    if (reply instanceof Error && reply.message.startsWith("NOSCRIPT"))
      reply = await this.#ask(["EVAL", text, ...about], true);
    return Array.isArray(reply) ? reply.map(String) : null;
  }

  /** null: nobody answered. An error is what Redis says; that it refuses one such command does not mean that it is away. */
  ask(command: readonly string[]): Promise<Reply | Error | null> {
    return this.#ask(command, false);
  }

  #ask(command: readonly string[], counts: boolean): Promise<Reply | Error | null> {
    const client = this.#client;
    if (client === null || !this.#ready || this.#asked.length - this.#answered >= MOST_ASKED)
      return Promise.resolve(null);
    return new Promise((answer) => {
      this.#asked.push({ at: performance.now(), answer });
      client.sendCommand(command).then(
        (reply) => {
          // Else it was given up already.
          if (client !== this.#client) return;
          this.#heard();
          if (counts) this.#fine();
          answer(reply);
        },
        (error: unknown) => answer(client === this.#client ? this.#refused(client, error, counts) : null),
      );
    });
  }

  /** null: it is no answer. */
  #refused(client: Client, error: unknown, counts: boolean): Error | null {
    // What Redis answered begins with a word in capitals.
    const told = error instanceof Error && /^[A-Z]+\b/.test(error.message);
    if (told) this.#heard();
    const text = messageOf(error);
    if (told && text.startsWith("NOSCRIPT")) return new Error(text);
    const moved = told ? movedTo(text, this.#address) : null;
    if (moved !== null) this.#move(client, moved);
    else if (!told || ELSEWHERE.test(text)) this.#lost(client, text);
    else if (counts) {
      this.#troubledAt = performance.now();
      this.#tell(text);
    }
    return told ? new Error(text) : null;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#drop();
  }

  /** The connection is given up: whoever waits for an answer has none, whatever the client does with what it was asked. */
  #drop(): void {
    const client = this.#client;
    const asked = this.#asked.slice(this.#answered);
    this.#client = null;
    this.#ready = false;
    this.#asked = [];
    this.#answered = 0;
    end(client);
    for (const { answer } of asked) answer(null);
  }

  /** What counts was answered: a connection alone says little, since a replica takes one too. */
  #fine(): void {
    this.#wait = FIRST_WAIT;
    if (this.#troubled && performance.now() - this.#troubledAt > CALM) this.#tell(null);
  }

  #heard(): void {
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
    if (performance.now() - oldest.at > timeout) this.#lost(client, `no answer within ${timeout} ms`);
  }

  #connect(): void {
    this.#timer = null;
    const addresses = this.#addresses;
    const address = addresses[this.#attempts++ % addresses.length] ?? "";
    const { sentinel, create, timeout } = this.#options;
    if (sentinel === undefined) {
      this.#open(address);
      return;
    }
    masterOf(sentinel, address, create, timeout).then(
      (master) => this.#closed || this.#open(master),
      (error: unknown) => this.#again(messageOf(error)),
    );
  }

  #open(address: string): void {
    const { create, timeout } = this.#options;
    let client: Client;
    try {
      client = create(address, timeout);
    } catch (error) {
      this.#again(messageOf(error));
      return;
    }
    this.#client = client;
    this.#address = address;
    client.on("error", (error: unknown) => this.#lost(client, messageOf(error)));
    client.on("end", () => this.#lost(client, "the connection was closed"));
    // A server that accepts and says nothing is away as well.
    const late = setTimeout(() => this.#lost(client, `no connection within ${timeout} ms`), timeout);
    client
      .connect()
      .then(() => this.#mayAsk(client))
      .then(() => {
        if (client !== this.#client) return;
        this.#ready = true;
        this.#moves = 0;
        this.#options.connected();
      })
      .catch((error: unknown) => {
        const moved = error instanceof Error ? movedTo(error.message, address) : null;
        if (moved === null) this.#lost(client, messageOf(error));
        else this.#move(client, moved);
      })
      .finally(() => clearTimeout(late));
  }

  /** Rejects where the keys are another node's, or nobody may be asked here. */
  async #mayAsk(client: Client): Promise<void> {
    const { probe, sentinel } = this.#options;
    await client.sendCommand(probe === undefined ? ["PING"] : ["EXISTS", probe]);
    if (sentinel === undefined) return;
    // A sentinel may not have heard yet.
    const role = await client.sendCommand(["ROLE"]);
    if (!Array.isArray(role) || role[0] !== "master") throw new Error("what the sentinels call the master is none");
  }

  /** The keys are at another node of the cluster: at once there, unless nodes only send one about. */
  #move(client: Client, address: string): void {
    if (client !== this.#client) return;
    if (++this.#moves > MOST_MOVES) {
      this.#moves = 0;
      this.#lost(client, "the nodes of the cluster do not agree where the keys are");
      return;
    }
    this.#drop();
    if (!this.#closed) this.#open(address);
  }

  #lost(client: Client, trouble: string): void {
    if (client !== this.#client) return;
    this.#drop();
    this.#again(trouble);
  }

  #again(trouble: string): void {
    if (this.#closed) return;
    this.#tell(trouble);
    // Not all gateways at once, when Redis is back.
    this.#timer = setTimeout(() => this.#connect(), this.#wait * (0.5 + Math.random()));
    this.#timer.unref();
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
  }

  #tell(trouble: string | null): void {
    if ((trouble !== null) === this.#troubled) return;
    this.#troubled = trouble !== null;
    this.#options.state(trouble === null ? null : trouble.slice(0, LONGEST_TROUBLE));
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
