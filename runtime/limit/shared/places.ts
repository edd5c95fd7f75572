/**
 * Concurrency limits that gateways share, on one thread: it states in Redis how many requests of each key it has inside, and asks there for more places.
 *
 * Why it is right, whatever breaks: what stands in Redis is never added to, it is stated anew, so whatever may have been carried out is stated again. Each key has one question under way at a
 * time. What a thread has stated counts for the time of a lease after its last sign of life, so what a killed gateway had inside comes back by itself; with each
 * connection a thread has another name, and states under it what it has. Where Redis has forgotten a thread, the thread is told so and states all of it again.
 */
import { randomUUID } from "node:crypto";
import type { Entered, SharedConcurrencyLimiter, Sharing } from "../../abi.ts";
import type { Exchange } from "../../http/exchange.ts";
import { type Held, hold, OVER } from "../../http/held.ts";
import type { RedisLink } from "../../redis/link.ts";
import type { Concurrency } from "../concurrency.ts";
import { nameOf } from "./rule.ts";
import { enterScript } from "./scripts.ts";

/** Milliseconds after the last sign of life for which what a thread has inside counts; between two signs; for which Redis keeps a key; between two times that all is stated again. */
export const LEASE = 10_000;
const BEAT = 2000;
const KEPT = 600_000;
const RESTATE = 60_000;
const MOST_AT_ONCE = 256;
/** More than can be inside. */
const ANY = 2 ** 31 - 1;

/** What one shared limit did on this thread since the start, and has now. */
export interface SharedPlaceCounts {
  admitted: number;
  refused: number;
  /** Refused, since Redis was away. */
  away: number;
  inside: number;
}

interface Waiting {
  readonly most: number;
  readonly answer: (entered: Entered) => void;
}

interface Place {
  readonly name: string;
  /** Requests of this thread. */
  inside: number;
  /** Redis may have something else. */
  changed: boolean;
  asked: boolean;
  waiting: Waiting[];
}

export interface SharedPlacesOptions {
  /** How the names of all keys in Redis begin. */
  readonly begin: string;
  readonly whenAway: "refuse" | "allow";
  /** In which this gateway counts alone. */
  readonly alone: Concurrency;
  readonly lease?: number;
}

export class SharedPlaces {
  readonly #options: SharedPlacesOptions;
  #link: Pick<RedisLink, "ready" | "run" | "ask"> | null = null;
  #holder = randomUUID();
  readonly #places = new Map<string, Place>();
  readonly #leaving = new Set<Place>();
  readonly #under = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #restated = performance.now();
  /** Something was stated that Redis may or may not have. */
  #doubtful = false;
  /** By identity. */
  readonly counts = new Map<string, SharedPlaceCounts>();

  constructor(options: SharedPlacesOptions) {
    this.#options = options;
    this.#timer = setInterval(this.#beat, Math.min(BEAT, (options.lease ?? LEASE) / 5));
    this.#timer.unref();
  }

  use(link: Pick<RedisLink, "ready" | "run" | "ask">): void {
    this.#link = link;
  }

  limiter(identity: string, sharing: Omit<Sharing, "how">): SharedConcurrencyLimiter {
    let counts = this.counts.get(identity);
    if (counts === undefined) {
      counts = { admitted: 0, refused: 0, away: 0, inside: 0 };
      this.counts.set(identity, counts);
    }
    const { begin, whenAway, alone } = this.#options;
    const isAllowed = (sharing.whenAway ?? whenAway) === "allow";
    const local = isAllowed ? alone.limiter(`shared ${identity}`, sharing.whenFull) : null;
    return new SharedPlacesLimiter(this, identity, `${begin}inside:`, local, counts);
  }

  /** Asks for one place more. "away": nobody could be asked. */
  enter(name: string, most: number): Promise<Entered> {
    const place = this.#place(name);
    return new Promise((answer) => {
      if (this.#link?.ready !== true) {
        answer("away");
        this.#forget(place);
        return;
      }
      place.waiting.push({ most, answer });
      this.#send(place);
    });
  }

  /** This gateway let one in by itself. */
  entered(name: string): void {
    const place = this.#place(name);
    place.inside++;
    place.changed = true;
    this.#send(place);
  }

  leave(name: string): void {
    const place = this.#places.get(name);
    if (place === undefined) return;
    place.inside--;
    place.changed = true;
    this.#send(place);
  }

  /** A connection stands. What was stated over an earlier one may be old, and goes with its name. */
  connected(): void {
    const before = this.#holder;
    this.#doubtful = false;
    this.#holder = randomUUID();
    void this.#link?.ask(["DEL", `${this.#alive}${before}`]);
    this.#restate();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#leave();
    await Promise.all(this.#under);
    if (this.#link?.ready === true) await this.#link.ask(["DEL", `${this.#alive}${this.#holder}`]);
  }

  get #alive(): string {
    return `${this.#options.begin}alive:`;
  }

  #place(name: string): Place {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = { name, inside: 0, changed: false, asked: false, waiting: [] };
      this.#places.set(name, place);
    }
    return place;
  }

  #forget(place: Place): void {
    if (place.inside === 0 && !place.asked && place.waiting.length === 0) this.#places.delete(place.name);
  }

  /** At the end of the turn, with all others. */
  #send(place: Place): void {
    if (place.asked) return;
    if (this.#link?.ready !== true) {
      for (const { answer } of place.waiting.splice(0)) answer("away");
      this.#forget(place);
      return;
    }
    place.asked = true;
    if (this.#leaving.size === 0) setImmediate(this.#leave);
    this.#leaving.add(place);
  }

  readonly #leave = (): void => {
    const leaving = [...this.#leaving];
    this.#leaving.clear();
    for (let from = 0; from < leaving.length; from += MOST_AT_ONCE) {
      const sent = this.#ask(leaving.slice(from, from + MOST_AT_ONCE)).finally(() => this.#under.delete(sent));
      this.#under.add(sent);
    }
  };

  async #ask(places: readonly Place[]): Promise<void> {
    const { lease = LEASE } = this.#options;
    const holder = this.#holder;
    const asking = places.map((place) => {
      // One question has one `most`; who has another is next.
      const most = place.waiting[0]?.most ?? 0;
      const others = place.waiting.findIndex((one) => one.most !== most);
      place.changed = false;
      return {
        most,
        inside: place.inside,
        waiting: place.waiting.splice(0, others === -1 ? place.waiting.length : others),
      };
    });
    const about = asking.flatMap(({ inside, waiting, most }) => [`${inside}`, `${waiting.length}`, `${most}`]);
    const rest = [holder, this.#alive, `${lease}`, `${KEPT}`, ...about];
    const names = [`${this.#alive}${holder}`, ...places.map(({ name }) => name)];
    const reply = (await this.#link?.run(enterScript, names, rest)) ?? null;
    const isWhole = reply !== null && reply.length === places.length + 1;
    places.forEach((place, index) => {
      const granted = isWhole ? Number(reply[index + 1]) : Number.NaN;
      const { waiting } = asking[index]!;
      place.asked = false;
      waiting.forEach(({ answer }, position) => {
        if (Number.isNaN(granted)) answer("away");
        else if (position >= granted) answer("refused");
        else {
          place.inside++;
          answer("inside");
        }
      });
      if (place.changed || place.waiting.length > 0) this.#send(place);
      else this.#forget(place);
    });
    if (!isWhole) this.#doubtful = true;
    // Forgotten, or never heard of: what else was stated may be gone.
    else if (reply[0] === "0" && holder === this.#holder) this.#restate();
  }

  #restate(): void {
    this.#restated = performance.now();
    for (const place of this.#places.values()) {
      if (place.inside === 0) continue;
      place.changed = true;
      this.#send(place);
    }
  }

  readonly #beat = (): void => {
    if (this.#link?.ready !== true) return;
    if (this.#doubtful) this.connected();
    else if (this.#places.size === 0) return;
    else if (performance.now() - this.#restated >= RESTATE) this.#restate();
    // A question about nothing is a sign of life.
    else if (this.#leaving.size === 0) void this.#ask([]);
  };
}

/** One request of one key, inside. */
class SharedPermit implements Held {
  next: Held | null = null;
  readonly identity: string;
  readonly key: string;
  readonly #over: () => void;

  constructor(identity: string, key: string, over: () => void) {
    this.identity = identity;
    this.key = key;
    this.#over = over;
  }

  giveBack(): void {
    this.#over();
  }
}

class SharedPlacesLimiter implements SharedConcurrencyLimiter {
  readonly #owner: SharedPlaces;
  readonly #identity: string;
  readonly #begin: string;
  readonly #local: ReturnType<Concurrency["limiter"]> | null;
  readonly #counts: SharedPlaceCounts;

  constructor(
    owner: SharedPlaces,
    identity: string,
    begin: string,
    local: ReturnType<Concurrency["limiter"]> | null,
    counts: SharedPlaceCounts,
  ) {
    this.#owner = owner;
    this.#identity = identity;
    this.#begin = begin;
    this.#local = local;
    this.#counts = counts;
  }

  enter(exchange: Exchange, key: string, most: number): Entered | Promise<Entered> {
    if (exchange.held === OVER) return "refused";
    // A request is one request, however often it passes.
    for (let held = exchange.held; held !== null; held = held.next)
      if (held instanceof SharedPermit && held.identity === this.#identity && held.key === key) return "inside";
    const name = nameOf(this.#begin, `${this.#identity}\n${key}`);
    return this.#owner.enter(name, most).then((entered) => this.#told(exchange, key, name, most, entered));
  }

  #told(exchange: Exchange, key: string, name: string, most: number, entered: Entered): Entered {
    const counts = this.#counts;
    if (entered === "refused") {
      counts.refused++;
      return entered;
    }
    if (entered === "away") {
      if (this.#local === null) {
        counts.away++;
        return entered;
      }
      if (!this.#local.enter(exchange, key, most)) {
        counts.refused++;
        return "refused";
      }
      // Told when Redis is back.
      this.#owner.entered(name);
    } else this.#local?.enter(exchange, key, ANY);
    counts.admitted++;
    counts.inside++;
    const permit = new SharedPermit(this.#identity, key, () => {
      counts.inside--;
      this.#owner.leave(name);
    });
    // Gone meanwhile.
    if (!hold(exchange, permit)) permit.giveBack();
    return "inside";
  }
}
