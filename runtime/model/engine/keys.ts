/**
 * Several keys of one model: whichever has been used least goes next, within its own limits; one that was told to slow down rests, one that is not taken or
 * has nothing left is set aside for a while. All threads of the process know of it, and nothing is locked.
 */
import type { Limiter } from "../../abi.ts";
import { hashText } from "../../value/hash-text.ts";
import type { ModelError, ModelErrorClass } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { KeyConfiguration } from "../configuration.ts";
import { estimatedTokens } from "./estimate.ts";
import { error } from "./failures.ts";

/** Milliseconds for which a key rests that was told to slow down, and not for how long; and for which one is set aside. */
const REST = 10_000;
const ASIDE = 10 * 60_000;
/** Whatever a provider says: some ask for days. */
const LONGEST_REST = 3_600_000;
/** Milliseconds in which the use of a key loses 63% of its weight. */
const FADING = 60_000;
/** Tokens of an answer that nobody caps, for the key's limit. */
const UNCAPPED = 1000;
const KEYS = 1024;

/** Why a key is not asked with. */
const REASONS: readonly (ModelErrorClass | null)[] = [null, "rate", "quota", "auth"];

export interface KeyMemory {
  /** The fingerprint of the key in each slot, 0: free; and why it rests. */
  readonly words: SharedArrayBuffer;
  /** Until when each rests; then per thread: when it was used last, and how much. */
  readonly numbers: SharedArrayBuffer;
  readonly threads: number;
}

export function createKeyMemory(threads: number, keys: number = KEYS): KeyMemory {
  return {
    words: new SharedArrayBuffer(4 * keys * 2),
    numbers: new SharedArrayBuffer(8 * keys * (1 + threads * 2)),
    threads,
  };
}

export class KeyTable {
  readonly #memory: KeyMemory;
  readonly #thread: number;
  readonly #now: () => number;

  /** `now`: milliseconds on one clock for all threads. */
  constructor(memory: KeyMemory, thread: number, now: () => number) {
    this.#memory = memory;
    this.#thread = thread;
    this.#now = now;
  }

  /** `identity`: of the model and the key, the same in every thread and generation. */
  of(identity: string): KeyState {
    const words = new Int32Array(this.#memory.words);
    const fingerprint = hashText(identity) | 0 || 1;
    for (let slot = 0; slot < words.length / 2; slot++) {
      const before = Atomics.compareExchange(words, slot * 2, 0, fingerprint);
      if (before === 0 || before === fingerprint) return new KeyState(this.#memory, slot, this.#thread, this.#now);
    }
    // All taken: this thread keeps it for itself.
    return new KeyState(createKeyMemory(1, 1), 0, 0, this.#now);
  }
}

export class KeyState {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #slot: number;
  readonly #row: number;
  readonly #threads: number;
  readonly #thread: number;
  readonly #now: () => number;

  constructor(memory: KeyMemory, slot: number, thread: number, now: () => number) {
    this.#words = new Int32Array(memory.words);
    this.#numbers = new Float64Array(memory.numbers);
    this.#slot = slot;
    this.#threads = memory.threads;
    this.#thread = thread;
    this.#row = slot * (1 + memory.threads * 2);
    this.#now = now;
  }

  /** Milliseconds for which it still rests; 0: it does not. */
  get resting(): number {
    return Math.max(0, this.#numbers[this.#row]! - this.#now());
  }

  get reason(): ModelErrorClass | null {
    return REASONS[this.#words[this.#slot * 2 + 1]!] ?? null;
  }

  /** What rests longer already goes on resting. */
  rest(milliseconds: number, reason: ModelErrorClass): void {
    const until = this.#now() + milliseconds;
    if (until <= this.#numbers[this.#row]!) return;
    this.#numbers[this.#row] = until;
    this.#words[this.#slot * 2 + 1] = Math.max(0, REASONS.indexOf(reason));
  }

  /** How much it was used in the last minute or so, by all threads. */
  get used(): number {
    const now = this.#now();
    let sum = 0;
    for (let thread = 0; thread < this.#threads; thread++) sum += this.#usedBy(thread, now);
    return sum;
  }

  use(): void {
    const now = this.#now();
    const cell = this.#row + 1 + this.#thread * 2;
    const used = this.#usedBy(this.#thread, now) + 1;
    this.#numbers[cell] = now;
    this.#numbers[cell + 1] = used;
  }

  #usedBy(thread: number, now: number): number {
    const cell = this.#row + 1 + thread * 2;
    return this.#numbers[cell + 1]! * Math.exp((this.#numbers[cell]! - now) / FADING);
  }
}

export interface Key {
  readonly name: string;
  readonly configuration: KeyConfiguration;
  readonly state: KeyState;
  /** Counts its requests; null: no limit. */
  readonly requests: Limiter | null;
  readonly tokens: Limiter | null;
}

/** Of the host. */
export interface KeyParts {
  readonly table: KeyTable;
  /** One that all threads share, of this identity. */
  readonly limiter: (identity: string) => Limiter;
  readonly note: (model: string, ...event: Parameters<KeyNote>) => void;
}

/** The ring of a model with several keys; null: it has one, or none. */
export function keyRing(model: string, keys: readonly KeyConfiguration[] | undefined, parts: KeyParts): KeyRing | null {
  if (keys === undefined) return null;
  const made = keys.map((configuration): Key => {
    const { name, key, limit, tokens } = configuration;
    const identity = `model ${model} key ${name}`;
    return {
      name,
      configuration,
      // Another key under the same name begins anew.
      state: parts.table.of(`${identity} ${hashText(key)}`),
      requests: limit === null ? null : parts.limiter(identity),
      tokens: tokens === null ? null : parts.limiter(`${identity} tokens`),
    };
  });
  return new KeyRing(made, (...event) => parts.note(model, ...event));
}

/** "asked": a request goes out with it; else why it is not asked with for a while. */
export type KeyEvent = "asked" | "rate" | "quota" | "auth";

/** `fresh`: it did not rest before. */
export type KeyNote = (key: string, event: KeyEvent, fresh: boolean) => void;

export class KeyRing {
  readonly keys: readonly Key[];
  readonly #note: KeyNote;

  constructor(keys: readonly Key[], note: KeyNote) {
    this.keys = keys;
    this.#note = note;
  }

  /** The key that goes next; null: none may. `tried`: those that the request was refused with. */
  take(request: ModelRequest, tried: readonly Key[]): Key | null {
    const left = this.keys.filter((key) => !tried.includes(key) && key.state.resting === 0);
    const ranked =
      left.length < 2
        ? left
        : left
            .map((key) => ({ key, used: usedShare(key) }))
            .toSorted((a, b) => a.used - b.used)
            .map(({ key }) => key);
    const found = ranked.find((key) => admits(key, request));
    if (found === undefined) return null;
    found.state.use();
    this.#note(found.name, "asked", false);
    return found;
  }

  /** What the provider said to it; whether another one may do better. */
  told(key: Key, { class: kind, retryAfter }: ModelError): boolean {
    const fresh = key.state.resting === 0;
    switch (kind) {
      case "rate":
        key.state.rest(Math.min(retryAfter ?? REST, LONGEST_REST), kind);
        break;
      case "quota":
      case "auth":
        key.state.rest(ASIDE, kind);
        break;
      default:
        return false;
    }
    this.#note(key.name, kind, fresh);
    return true;
  }

  /** Why there is none to ask with. */
  get exhausted(): ModelError {
    const resting = this.keys.filter(({ state }) => state.resting > 0);
    const others = resting.length < this.keys.length;
    const rate = others || resting.some(({ state }) => state.reason === "rate");
    if (rate) {
      const waits = this.keys.map(({ state, requests, tokens }) => {
        const limited = Math.max(requests?.retryAfter ?? 0, tokens?.retryAfter ?? 0) * 1000;
        return state.resting > 0 ? state.resting : limited;
      });
      const retryAfter = Math.ceil(Math.min(...waits));
      return { ...error("rate", 429, "Too many requests just now."), code: "rate_limit_exceeded", retryAfter };
    }
    if (resting.some(({ state }) => state.reason === "quota"))
      return {
        ...error("quota", 429, "The model's provider takes no more requests for this account."),
        code: "insufficient_quota",
      };
    return error("auth", 502, "The model's provider does not take this gateway's credentials.");
  }
}

/** So that a key with a higher limit gets more. */
function usedShare({ state, configuration: { limit } }: Key): number {
  const perMinute = limit === null ? 1 : (limit.count * 60_000) / limit.per;
  return state.used / perMinute;
}

function admits({ configuration: { limit, tokens }, requests, tokens: counted }: Key, request: ModelRequest): boolean {
  if (limit !== null && requests?.take("", limit, limit.count, 1) === false) return false;
  if (tokens === null || counted === null) return true;
  const wanted = estimatedTokens(request) + (request.maxOutput ?? UNCAPPED) * request.count;
  // What is more than a key has at once would never go.
  return counted.take("", tokens, tokens.count, Math.min(wanted, tokens.count));
}
