/**
 * Rates that gateways share, on one thread: every decision is one step of Redis, or follows from one that was made a moment ago. So all gateways together admit what one
 * would, to the last request.
 */
import type { SharedLimiter, Sharing, Taken } from "../../abi.ts";
import type { Limits } from "../limiter.ts";
import { Leases } from "./leases.ts";
import type { Questions, Told } from "./questions.ts";
import { type Rate, Rule } from "./rule.ts";

/** Keys of which a limit remembers that nothing is left. */
const MOST_KNOWN = 4096;
/** For so many milliseconds: Redis may have lost what it knew, and is asked again. */
const TRUSTED = 1000;
const MILLISECOND = 1e6;

/** Decisions of one shared limit on this thread since the start. */
export interface SharedCounts {
  admitted: number;
  limited: number;
  /** Refused, since Redis was away. */
  away: number;
}

export interface SharedRatesOptions {
  readonly questions: Questions;
  /** How the names of all keys in Redis begin. */
  readonly begin: string;
  readonly whenAway: "refuse" | "allow";
  /** In which this gateway counts alone. */
  readonly alone: Limits;
  /** Milliseconds of a monotonic clock. */
  readonly clock?: () => number;
}

export class SharedRates {
  readonly #options: SharedRatesOptions;
  /** By identity. */
  readonly counts = new Map<string, SharedCounts>();
  readonly #leases: Leases;

  constructor(options: SharedRatesOptions) {
    this.#options = options;
    this.#leases = new Leases(options.questions, options.clock);
  }

  limiter(identity: string, sharing: Sharing): SharedLimiter {
    let counts = this.counts.get(identity);
    if (counts === undefined) {
      counts = { admitted: 0, limited: 0, away: 0 };
      this.counts.set(identity, counts);
    }
    return new SharedRate({ ...this.#options, counts, identity, sharing, leases: this.#leases });
  }

  /** Gives back what was taken in advance. */
  close(): void {
    this.#leases.close();
  }
}

interface SharedRateOptions extends SharedRatesOptions {
  readonly counts: SharedCounts;
  readonly identity: string;
  readonly sharing: Sharing;
  readonly leases: Leases;
}

class SharedRate implements SharedLimiter {
  readonly #options: SharedRateOptions;
  readonly #clock: () => number;
  /** null: nothing is let through uncounted. */
  readonly #alone: ReturnType<Limits["limiter"]> | null;
  #rule: Rule | null = null;
  /** What the keys owed at least that were refused lately, by their names. */
  readonly #known = new Map<string, { readonly owed: number; readonly at: number }>();

  constructor(options: SharedRateOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    const { sharing, identity, alone, whenAway } = options;
    const isAllowed = (sharing.whenAway ?? whenAway) === "allow";
    this.#alone = isAllowed ? alone.limiter(`shared ${identity}`, sharing.whenFull) : null;
  }

  take(key: string, rate: Rate, burst: number, cost: number): Taken | Promise<Taken> {
    const { begin, identity, sharing, leases } = this.#options;
    let rule = this.#rule;
    if (rule === null || !rule.is(rate, burst)) {
      rule = new Rule(begin, `${sharing.how} ${identity}`, rate, burst);
      this.#rule = rule;
    }
    const name = rule.name(key);
    const units = Math.max(0, cost);
    if (sharing.how === "leased") {
      const taken = leases.take(name, units);
      if (taken !== null) return this.#decided(rule, key, units, taken.admitted, taken.owed);
    }
    const now = this.#clock();
    const refused = this.#refusedBefore(rule, name, units, now);
    if (refused !== null) return refused;
    if (!this.#options.questions.ready) return this.#away(rule, key, units);
    return this.#ask(rule, key, name, units, now);
  }

  #ask(rule: Rule, key: string, name: string, units: number, at: number): Promise<Taken> {
    return new Promise((resolve) => {
      const answer = (told: Told | null): void => {
        if (told === null) {
          resolve(this.#away(rule, key, units));
          return;
        }
        const admitted = told.granted >= 0;
        if (!admitted) {
          if (this.#known.size >= MOST_KNOWN) this.#known.clear();
          this.#known.set(name, { owed: told.owed, at });
        }
        resolve(this.#decided(rule, key, units, admitted, told.owed));
      };
      if (this.#options.sharing.how === "leased") {
        this.#options.leases.ask(name, rule, units, answer);
        return;
      }
      const { interval, capacity } = rule;
      this.#options.questions.ask({ place: name, interval, capacity, units, advance: -1, answer });
    });
  }

  /**
   * A key that was refused owes at least what it owed then, less the time that has passed since it was asked for: where that is too much still, nobody has to be asked.
   * So who goes on calling costs Redis nothing. null: it has to be asked.
   */
  #refusedBefore(rule: Rule, name: string, units: number, now: number): Taken | null {
    const known = this.#known.get(name);
    if (known === undefined) return null;
    const owed = Math.ceil(known.owed - (now - known.at) * MILLISECOND);
    if (now - known.at < TRUSTED && units > 0 && owed + units * rule.interval > rule.capacity)
      return this.#decided(rule, "", units, false, owed);
    if (now - known.at >= TRUSTED || owed + rule.interval <= rule.capacity) this.#known.delete(name);
    return null;
  }

  #decided(rule: Rule, key: string, units: number, admitted: boolean, owed: number): Taken {
    const { counts } = this.#options;
    if (admitted) {
      counts.admitted++;
      // What this gateway counts itself goes on where Redis goes away.
      this.#alone?.take(key, rule, rule.burst, units);
    } else counts.limited++;
    return {
      admitted,
      away: false,
      remaining: rule.room(owed),
      reset: rule.reset(owed),
      retryAfter: admitted ? 0 : rule.retryAfter(owed, units),
    };
  }

  #away(rule: Rule, key: string, units: number): Taken {
    const { counts } = this.#options;
    const alone = this.#alone;
    if (alone === null) {
      counts.away++;
      return { admitted: false, away: true, remaining: 0, reset: 0, retryAfter: 1 };
    }
    const admitted = alone.take(key, rule, rule.burst, units);
    if (admitted) counts.admitted++;
    else counts.limited++;
    const { remaining, reset, retryAfter } = alone;
    return { admitted, away: false, remaining, reset, retryAfter: admitted ? 0 : retryAfter };
  }
}
