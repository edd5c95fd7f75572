/**
 * Units that one thread has taken from Redis in advance, so that most requests ask nobody. They are counted there before they are used, so all gateways together never admit
 * more than the limit; what is not used within a lease's time is given back. How many are taken follows what is used, and of what is left in Redis a thread takes no more than a
 * part in advance: the nearer the limit, the smaller the leases, down to one unit at a time.
 */
import type { Questions, Told } from "./questions.ts";
import type { Rule } from "./rule.ts";

/** A lease's time: a tenth of the rate's, between these milliseconds. So units are used at most that much later than they were counted. */
const SHORTEST = 20;
const LONGEST = 1000;
/** Keys of which one thread has leases at once; others are asked for one by one. */
const MOST_LEASES = 10_000;
const MOST_UNITS = 100_000;
/** Milliseconds between two looks for leases that are over. */
const SWEEP = 100;
const MILLISECOND = 1e6;

interface Waiting {
  readonly units: number;
  readonly answer: (told: Told | null) => void;
}

interface Lease {
  readonly name: string;
  readonly rule: Rule;
  units: number;
  /** When what is left is given back; milliseconds of the clock. */
  until: number;
  /** How many are taken in advance next time. */
  size: number;
  /** What the key owed when Redis was asked last, and when that was. */
  owed: number;
  at: number;
  asked: boolean;
  /** For whom Redis is being asked, and who came later. */
  asking: Waiting[];
  waiting: Waiting[];
}

export class Leases {
  readonly #questions: Questions;
  readonly #clock: () => number;
  /** By the names of keys in Redis, which say the rule as well. */
  readonly #leases = new Map<string, Lease>();
  #timer: NodeJS.Timeout | null = null;

  constructor(questions: Questions, clock: () => number = () => performance.now()) {
    this.#questions = questions;
    this.#clock = clock;
  }

  /** From what is there; null: it has to be asked for. */
  take(name: string, units: number): { readonly admitted: true; readonly owed: number } | null {
    const lease = this.#leases.get(name);
    if (lease === undefined || lease.units < units || lease.waiting.length > 0) return null;
    const now = this.#clock();
    if (now >= lease.until) return null;
    lease.units -= units;
    // Before it is used up, so that nobody waits.
    if (!lease.asked && lease.units * 4 < lease.size) this.#more(lease, 0);
    return { admitted: true, owed: owedNow(lease, now) };
  }

  /** As many as there are, in the order of asking. */
  ask(name: string, rule: Rule, units: number, answer: (told: Told | null) => void): void {
    let lease = this.#leases.get(name);
    if (lease === undefined) {
      // More than can ever be had is not taken in parts.
      if (this.#leases.size >= MOST_LEASES || units > rule.room(0)) {
        const { interval, capacity } = rule;
        this.#questions.ask({ place: name, interval, capacity, units, advance: -1, answer });
        return;
      }
      lease = { name, rule, units: 0, until: 0, size: 0, owed: 0, at: 0, asked: false, asking: [], waiting: [] };
      this.#leases.set(name, lease);
      this.#timer ??= setInterval(this.#sweep, SWEEP).unref();
    }
    lease.waiting.push({ units, answer });
    if (!lease.asked) this.#gather(lease);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const lease of this.#leases.values()) this.#return(lease);
    this.#leases.clear();
  }

  /** Those of one turn ask together. */
  #gather(lease: Lease): void {
    lease.asked = true;
    setImmediate(() => {
      lease.asking = lease.waiting;
      lease.waiting = [];
      const wanted = lease.asking.reduce((sum, { units }) => sum + units, 0);
      this.#more(lease, Math.max(0, wanted - lease.units));
    });
  }

  #more(lease: Lease, units: number): void {
    const { name, rule } = lease;
    const { interval, capacity } = rule;
    lease.asked = true;
    const at = this.#clock();
    // Used up long before its time: more of it.
    if (lease.at > 0 && at - lease.at < leaseTime(rule) / 4)
      lease.size = Math.min(MOST_UNITS, Math.max(1, lease.size * 2));
    const answer = (told: Told | null): void => this.#told(lease, told, at);
    this.#questions.ask({ place: name, interval, capacity, units, advance: lease.size, answer });
  }

  #told(lease: Lease, told: Told | null, at: number): void {
    lease.asked = false;
    const { asking } = lease;
    lease.asking = [];
    if (told === null) {
      for (const { answer } of [...asking, ...lease.waiting.splice(0)]) answer(null);
      return;
    }
    lease.units += Math.max(0, told.granted);
    lease.owed = told.owed;
    lease.at = at;
    lease.until = at + leaseTime(lease.rule);
    const serve = ({ units, answer }: Waiting): boolean => {
      const admitted = units <= lease.units;
      if (admitted) lease.units -= units;
      // What this thread has in advance nobody owes yet.
      answer({ granted: admitted ? units : -1, owed: admitted ? owedNow(lease, at) : told.owed });
      return admitted;
    };
    asking.forEach(serve);
    while (lease.waiting.length > 0 && lease.waiting[0]!.units <= lease.units) serve(lease.waiting.shift()!);
    if (lease.waiting.length > 0) this.#gather(lease);
    else if (this.#leases.get(lease.name) !== lease) this.#return(lease);
  }

  readonly #sweep = (): void => {
    const now = this.#clock();
    for (const lease of this.#leases.values()) {
      if (lease.asked || now < lease.until) continue;
      const isWanted = lease.units * 2 < lease.size;
      this.#return(lease);
      lease.size = Math.floor(isWanted ? lease.size / 2 : lease.size / 4);
      if (lease.size === 0) this.#leases.delete(lease.name);
      else lease.until = now + leaseTime(lease.rule);
    }
    if (this.#leases.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  };

  #return(lease: Lease): void {
    const { name, rule, units } = lease;
    if (units === 0) return;
    lease.units = 0;
    const { interval, capacity } = rule;
    this.#questions.ask({ place: name, interval, capacity, units: -units, advance: 0, answer: () => {} });
  }
}

function leaseTime({ per }: Rule): number {
  return Math.min(LONGEST, Math.max(SHORTEST, per / 10));
}

/** By what this thread knows: without what it has in advance. */
function owedNow({ owed, at, units, rule }: Lease, now: number): number {
  return Math.max(0, Math.ceil(owed - (now - at) * MILLISECOND) - units * rule.interval);
}
