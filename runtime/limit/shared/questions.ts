/** Questions about rates that leave together: all of one turn of the loop are one script, and nobody waits behind another's. */
import type { RedisLink } from "../../redis/link.ts";
import { takeScript } from "./scripts.ts";

/** Questions of one script: Redis serves nobody else meanwhile. */
const MOST_AT_ONCE = 256;

/** What Redis told of one key. */
export interface Told {
  /** Units; -1: none. */
  readonly granted: number;
  /** Nanoseconds that the key owed then. */
  readonly owed: number;
}

interface Question {
  readonly place: string;
  readonly interval: number;
  readonly capacity: number;
  readonly units: number;
  readonly advance: number;
  /** null: Redis is away. */
  readonly answer: (told: Told | null) => void;
}

export class Questions {
  #link: Pick<RedisLink, "ready" | "run"> | null = null;
  #leaving: Question[] = [];
  readonly #under = new Set<Promise<void>>();

  /** The connection that is asked. */
  use(link: Pick<RedisLink, "ready" | "run">): void {
    this.#link = link;
  }

  get ready(): boolean {
    return this.#link?.ready === true;
  }

  /** `advance`: units on top, as far as others do not want them; -1: all units or none. */
  ask(question: Question): void {
    if (this.#leaving.length === 0) setImmediate(this.#leave);
    this.#leaving.push(question);
  }

  /** What was asked has left and is answered, or will not be. */
  async finish(): Promise<void> {
    this.#leave();
    await Promise.all(this.#under);
  }

  readonly #leave = (): void => {
    const leaving = this.#leaving;
    if (leaving.length === 0) return;
    this.#leaving = [];
    for (let from = 0; from < leaving.length; from += MOST_AT_ONCE) {
      const sent = this.#send(leaving.slice(from, from + MOST_AT_ONCE)).finally(() => this.#under.delete(sent));
      this.#under.add(sent);
    }
  };

  async #send(batch: readonly Question[]): Promise<void> {
    const places = batch.map(({ place }) => place);
    const about: string[] = [];
    for (const { interval, capacity, units, advance } of batch)
      about.push(String(interval), String(capacity), String(units), String(advance));
    const reply = (await this.#link?.run(takeScript, places, about)) ?? null;
    const isWhole = reply !== null && reply.length === 2 * batch.length;
    batch.forEach(({ answer }, index) => {
      const [granted, owed] = isWhole ? [Number(reply[2 * index]), Number(reply[2 * index + 1])] : [Number.NaN, 0];
      answer(Number.isInteger(granted) && owed >= 0 ? { granted, owed } : null);
    });
  }
}
