/**
 * The keys of an issuer, fetched from its JWK set. Requests never wait for a refresh as long as there are keys: old keys serve
 * while new ones are fetched, and go on serving while the issuer is away. There is no timer: age is looked at on use.
 */
import { keysFromText, type VerificationKey } from "./key.ts";
import type { KeySource, Keys } from "./key-source.ts";

/** Between two fetches that unknown `kid`s ask for: whoever sends made-up ones causes no more than this. */
export const UNKNOWN_KID_PAUSE = 10_000;
/** How long a `kid` that was not in a fresh set asks for nothing. */
export const UNKNOWN_KID_MEMORY = 300_000;
const MOST_UNKNOWN_KIDS = 1000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

export interface KeySetParts {
  /** Milliseconds after which keys are fetched again. */
  readonly refresh: number;
  /** The text of the set; rejects where it cannot be had. */
  readonly fetch: () => Promise<string>;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Told of each fetch: null where it went well, else why not. */
  readonly note: (problem: string | null) => void;
}

export class KeySetUrl implements KeySource {
  readonly #parts: KeySetParts;
  version = 0;
  #text = "";
  #keys: readonly VerificationKey[] | null = null;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** No fetch before this time. */
  #notBefore = Number.NEGATIVE_INFINITY;
  #askedForUnknownAt = Number.NEGATIVE_INFINITY;
  /** By when each may ask again. */
  readonly #unknown = new Map<string, number>();
  #underWay: Promise<void> | null = null;

  constructor(parts: KeySetParts) {
    this.#parts = parts;
  }

  touch(): void {
    const now = this.#parts.clock();
    if (now - this.#fetchedAt >= this.#parts.refresh && now >= this.#notBefore) void this.#fetch();
  }

  keysFor(kid: string | null): Keys | Promise<Keys> {
    this.touch();
    if (this.#keys === null) return this.#underWay === null ? "away" : this.#underWay.then(() => this.#keys ?? "away");
    if (kid === null || this.#has(kid) || !this.#mayAskFor(kid)) return this.#keys;
    return this.#fetch().then(() => {
      if (!this.#has(kid)) this.#remember(kid);
      return this.#keys ?? "away";
    });
  }

  #has(kid: string): boolean {
    return this.#keys?.some((key) => key.kid === kid) ?? false;
  }

  /** Joins a fetch that is under way; else one in a while. */
  #mayAskFor(kid: string): boolean {
    const now = this.#parts.clock();
    const until = this.#unknown.get(kid);
    if (until !== undefined && now < until) return false;
    if (this.#underWay !== null) return true;
    if (now < this.#notBefore || now - this.#askedForUnknownAt < UNKNOWN_KID_PAUSE) return false;
    this.#askedForUnknownAt = now;
    return true;
  }

  #remember(kid: string): void {
    this.#unknown.delete(kid);
    this.#unknown.set(kid, this.#parts.clock() + UNKNOWN_KID_MEMORY);
    if (this.#unknown.size <= MOST_UNKNOWN_KIDS) return;
    const [oldest] = this.#unknown.keys();
    if (oldest !== undefined) this.#unknown.delete(oldest);
  }

  /** One at a time, however many wait for it. Never rejects. */
  #fetch(): Promise<void> {
    this.#underWay ??= this.#load().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #load(): Promise<void> {
    try {
      const text = await this.#parts.fetch();
      const keys = keysFromText(text);
      if (keys === null) throw new Error("the answer is no JWK set");
      if (keys.length === 0) throw new Error("the set has no key that can verify");
      if (text !== this.#text) this.version++;
      this.#text = text;
      this.#keys = keys;
      this.#failures = 0;
      this.#fetchedAt = this.#parts.clock();
      for (const { kid } of keys) if (kid !== null) this.#unknown.delete(kid);
      this.#parts.note(null);
    } catch (error) {
      // Twice as long each time, so that an issuer in trouble is left in peace.
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures);
      this.#failures++;
      this.#notBefore = this.#parts.clock() + pause;
      this.#parts.note(error instanceof Error ? error.message : String(error));
    }
  }
}
