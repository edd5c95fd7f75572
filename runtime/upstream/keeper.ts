/**
 * Decides each endpoint's share of the requests: none while it is ejected or fails its health checks, little at first when it comes
 * back. One thread of the process does this; the others read the outcome in the shared table.
 */
import type { ServiceConfiguration } from "../abi.ts";
import { PANIC, slowFrom, slowness, toEject } from "./ejection.ts";
import type { Endpoint } from "./endpoint.ts";
import { EJECTED, LATENCY_CLASSES, SLOW, UNHEALTHY } from "./shared-table.ts";
import type { Surroundings } from "./surroundings.ts";
import { LatencyWindow, Window } from "./window.ts";

/** Part of its share that an endpoint gets at once when it comes back. */
const FIRST_SHARE = 0.1;

/** Answers of an endpoint, at least, before it is called slow: a hiccup of the gateway itself may meet a few on one endpoint. */
const SURE = 10;

type Eject = NonNullable<ServiceConfiguration["eject"]>;

/** Of one that was left alone only because it is slow: beside it the others can fail. */
const SPOTLESS = { total: 1, bad: 0 };
const NO_LATENCIES = new Int32Array(LATENCY_CLASSES);

interface Ward {
  readonly endpoint: Endpoint;
  readonly window: Window;
  readonly latencies: LatencyWindow;
  healthy: boolean;
  /** When its ejection ends; null: it is not ejected. */
  until: number | null;
  /** It is ejected, because it is slow. */
  slow: boolean;
  /** How long the latest one was; halved for each such time without another. 0: it starts anew. */
  span: number;
  /** Since when it is back; null: it was never away. */
  since: number | null;
  /** When the latest ejection ended, or was last forgiven by half. */
  calm: number;
}

export class Keeper {
  readonly #configuration: ServiceConfiguration;
  readonly #surroundings: Surroundings;
  readonly #wards: readonly Ward[];
  #timer: NodeJS.Timeout | null = null;

  constructor(configuration: ServiceConfiguration, endpoints: readonly Endpoint[], surroundings: Surroundings) {
    this.#configuration = configuration;
    this.#surroundings = surroundings;
    const within = configuration.eject?.within ?? 0;
    this.#wards = endpoints.map((endpoint) => ({
      endpoint,
      window: new Window(endpoint.shared, within),
      latencies: new LatencyWindow(endpoint.shared, within),
      healthy: true,
      until: null,
      slow: false,
      span: 0,
      since: null,
      calm: 0,
    }));
  }

  /** Four times a second, or oftener where the program looks at little time: until then whoever fails or is slow is still asked. */
  start(): void {
    const within = this.#configuration.eject?.within ?? 10_000;
    const timer = setInterval(() => this.tick(), Math.max(100, Math.min(250, within / 10)));
    timer.unref();
    this.#timer = timer;
    this.tick();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** What the health checks found. */
  judge(index: number, healthy: boolean): void {
    const ward = this.#wards[index]!;
    if (ward.healthy === healthy) return;
    ward.healthy = healthy;
    ward.since = healthy ? this.#surroundings.now() : null;
    ward.window.clear();
    this.#note(ward, healthy ? "upstream.healthy" : "upstream.unhealthy");
    this.#publish(this.#surroundings.now());
  }

  tick(): void {
    const now = this.#surroundings.now();
    const { eject } = this.#configuration;
    if (eject) {
      for (const ward of this.#wards) {
        this.#release(ward, now, eject.time);
        ward.window.roll(now);
        if (eject.slow) ward.latencies.roll(now);
      }
      this.#ejectFailing(eject, now);
      if (eject.slow) this.#ejectSlow(eject, now);
    }
    this.#publish(now);
  }

  /** One that is slow does less harm than one that fails: it comes back where too few would be left otherwise. */
  #ejectFailing(eject: Eject, now: number): void {
    const pool = this.#wards.map((ward) => ({
      ...(ward.slow ? SPOTLESS : { total: ward.window.total, bad: ward.window.bad }),
      usable: ward.healthy && (ward.until === null || ward.slow),
    }));
    const ejected = this.#wards.filter(({ until, slow }) => until !== null && !slow).length;
    for (const index of toEject(pool, ejected, eject.requests)) this.#eject(this.#wards[index]!, eject, now, false);
    for (const ward of this.#wards) if (ward.slow && this.#spare < 0) this.#return(ward, now);
  }

  #ejectSlow(eject: Eject, now: number): void {
    const all = this.#wards.map((ward) => (isUsable(ward) ? ward.latencies.latencies : NO_LATENCIES));
    const from = slowFrom(all, eject.requests);
    if (from === null) return;
    const ejected = this.#wards.filter(({ slow }) => slow).length;
    const pool = this.#wards.map((ward, index) => ({ ...slowness(all[index]!, from), usable: isUsable(ward) }));
    for (const index of toEject(pool, ejected, eject.requests)) {
      const ward = this.#wards[index]!;
      // Who was slow before is known by less.
      const isSure = ward.span > 0 || pool[index]!.total >= SURE;
      if (isSure && this.#spare > 0) this.#eject(ward, eject, now, true);
    }
  }

  /** How many of those that are left are more than needed. */
  get #spare(): number {
    return this.#wards.filter(isUsable).length - Math.ceil(this.#wards.length * PANIC);
  }

  #eject(ward: Ward, eject: Eject, now: number, slow: boolean): void {
    ward.span = ward.span === 0 ? eject.time : Math.min(ward.span * 2, eject.longest);
    ward.until = now + ward.span;
    ward.slow = slow;
    ward.endpoint.counters.ejected(slow ? "slow" : "failing");
    this.#note(ward, "upstream.ejected");
  }

  #return(ward: Ward, now: number): void {
    ward.until = null;
    ward.slow = false;
    ward.since = now;
    ward.calm = now;
    // What it did before it was ejected is not held against it twice.
    ward.window.clear();
    ward.latencies.clear();
    ward.latencies.roll(now);
    this.#note(ward, "upstream.returned");
  }

  #release(ward: Ward, now: number, time: number): void {
    if (ward.until !== null && now >= ward.until) this.#return(ward, now);
    if (ward.until === null && ward.span > 0 && now - ward.calm >= ward.span) {
      ward.span = ward.span <= time ? 0 : ward.span / 2;
      ward.calm = now;
    }
  }

  #publish(now: number): void {
    for (const { endpoint, healthy, until, slow, since } of this.#wards) {
      const reasons = (until === null ? 0 : EJECTED) | (slow ? SLOW : 0) | (healthy ? 0 : UNHEALTHY);
      const share = reasons !== 0 ? 0 : this.#share(since, now);
      endpoint.shared.reduce(Math.round(1000 * (1 - share)), reasons);
    }
  }

  #share(since: number | null, now: number): number {
    const { slowStart } = this.#configuration;
    if (since === null || !slowStart || now - since >= slowStart) return 1;
    return Math.max(FIRST_SHARE, (now - since) / slowStart);
  }

  #note({ endpoint, span, slow }: Ward, event: string): void {
    const service = this.#configuration.name;
    const time = event === "upstream.ejected" ? { milliseconds: span, reason: slow ? "slow" : "failing" } : {};
    const level = event === "upstream.healthy" || event === "upstream.returned" ? "info" : "warn";
    this.#surroundings.note(level, event, { service, endpoint: endpoint.authority, ...time });
  }
}

function isUsable({ healthy, until }: Ward): boolean {
  return healthy && until === null;
}
