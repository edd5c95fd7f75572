/**
 * Decides each endpoint's share of the requests: none while it is ejected or fails its health checks, little at first when it comes
 * back. One thread of the process does this; the others read the outcome in the shared table.
 */
import type { ServiceConfiguration } from "../abi.ts";
import { toEject } from "./ejection.ts";
import type { Endpoint } from "./endpoint.ts";
import { EJECTED, UNHEALTHY } from "./shared-table.ts";
import type { Surroundings } from "./surroundings.ts";
import { Window } from "./window.ts";

/** Part of its share that an endpoint gets at once when it comes back. */
const FIRST_SHARE = 0.1;

interface Ward {
  readonly endpoint: Endpoint;
  readonly window: Window;
  healthy: boolean;
  /** When its ejection ends; null: it is not ejected. */
  until: number | null;
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
      healthy: true,
      until: null,
      span: 0,
      since: null,
      calm: 0,
    }));
  }

  /** Once a second, or oftener where the program looks at less than ten. */
  start(): void {
    const within = this.#configuration.eject?.within ?? 10_000;
    const timer = setInterval(() => this.tick(), Math.max(100, Math.min(1000, within / 10)));
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
      }
      const pool = this.#wards.map((ward) => ({
        total: ward.window.total,
        bad: ward.window.bad,
        usable: ward.healthy && ward.until === null,
      }));
      const ejected = this.#wards.filter(({ until }) => until !== null).length;
      for (const index of toEject(pool, ejected, eject.requests)) {
        const ward = this.#wards[index]!;
        ward.span = ward.span === 0 ? eject.time : Math.min(ward.span * 2, eject.longest);
        ward.until = now + ward.span;
        ward.endpoint.counters.ejections++;
        this.#note(ward, "upstream.ejected");
      }
    }
    this.#publish(now);
  }

  #release(ward: Ward, now: number, time: number): void {
    if (ward.until !== null && now >= ward.until) {
      ward.until = null;
      ward.since = now;
      ward.calm = now;
      // What it did before it was ejected is not held against it twice.
      ward.window.clear();
      this.#note(ward, "upstream.returned");
    }
    if (ward.until === null && ward.span > 0 && now - ward.calm >= ward.span) {
      ward.span = ward.span <= time ? 0 : ward.span / 2;
      ward.calm = now;
    }
  }

  #publish(now: number): void {
    for (const { endpoint, healthy, until, since } of this.#wards) {
      const reasons = (until === null ? 0 : EJECTED) | (healthy ? 0 : UNHEALTHY);
      const share = reasons !== 0 ? 0 : this.#share(since, now);
      endpoint.shared.reduce(Math.round(1000 * (1 - share)), reasons);
    }
  }

  #share(since: number | null, now: number): number {
    const { slowStart } = this.#configuration;
    if (since === null || !slowStart || now - since >= slowStart) return 1;
    return Math.max(FIRST_SHARE, (now - since) / slowStart);
  }

  #note({ endpoint, span }: Ward, event: string): void {
    const service = this.#configuration.name;
    const time = event === "upstream.ejected" ? { milliseconds: span } : {};
    const level = event === "upstream.healthy" || event === "upstream.returned" ? "info" : "warn";
    this.#surroundings.note(level, event, { service, endpoint: endpoint.authority, ...time });
  }
}
