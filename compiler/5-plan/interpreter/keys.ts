/** Several keys of one model by the world's clock: how often each was used, and until when it rests, in the map of the world's limits. */
import type { KeyConfiguration, ModelConfiguration } from "../../../runtime/model/configuration.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import { estimatedTokens } from "../../../runtime/model/engine/estimate.ts";
import { error } from "../../../runtime/model/engine/failures.ts";
import type { Context } from "./context.ts";

const ASIDE = 600_000;
const HOUR = 3_600_000;

export class Keys {
  readonly #model: ModelConfiguration;
  readonly #states: Map<string, bigint>;
  readonly #now: number;
  readonly #tried = new Set<string>();

  constructor(model: ModelConfiguration, { world, limits }: Context) {
    this.#model = model;
    this.#states = world.limits ?? limits;
    this.#now = world.now();
  }

  /** The one that goes next; null: none may. */
  take(request: ModelRequest): KeyConfiguration | null {
    const able = (this.#model.keys ?? []).filter(
      ({ name }) => !this.#tried.has(name) && Number(this.#get("rests", name)) <= this.#now,
    );
    for (const key of able.toSorted((a, b) => this.#share(a) - this.#share(b))) {
      if (!this.#admits(key, request)) continue;
      this.#tried.add(key.name);
      this.#set("used", key.name, this.#get("used", key.name) + 1n);
      return key;
    }
    return null;
  }

  /** Whether another key may do better. */
  told({ name }: KeyConfiguration, { class: kind, retryAfter }: ModelError): boolean {
    if (kind !== "rate" && kind !== "quota" && kind !== "auth") return false;
    const rest = kind === "rate" ? Math.min(retryAfter ?? 10_000, HOUR) : ASIDE;
    const until = BigInt(Math.ceil(this.#now + rest));
    if (until > this.#get("rests", name)) {
      this.#set("rests", name, until);
      this.#set(`why ${kind}`, name, until);
    }
    return true;
  }

  get exhausted(): ModelError {
    const keys = this.#model.keys ?? [];
    const why = (kind: string): boolean =>
      keys.some(({ name }) => {
        const until = this.#get("rests", name);
        return Number(until) > this.#now && this.#get(`why ${kind}`, name) === until;
      });
    const limited = keys.some(({ name }) => Number(this.#get("rests", name)) <= this.#now);
    if (limited || why("rate")) {
      const retryAfter = Math.min(...keys.map(({ name }) => Math.max(0, Number(this.#get("rests", name)) - this.#now)));
      return { ...error("rate", 429, "Too many requests just now."), code: "rate_limit_exceeded", retryAfter };
    }
    if (why("quota"))
      return {
        ...error("quota", 429, "The model's provider takes no more requests for this account."),
        code: "insufficient_quota",
      };
    return error("auth", 502, "The model's provider does not take this gateway's credentials.");
  }

  #share({ name, limit }: KeyConfiguration): number {
    return Number(this.#get("used", name)) / (limit === null ? 1 : (limit.count * 60_000) / limit.per);
  }

  #admits({ name, limit, tokens }: KeyConfiguration, request: ModelRequest): boolean {
    if (limit !== null && !this.#spend("requests", name, limit, 1)) return false;
    if (tokens === null) return true;
    const wanted = estimatedTokens(request) + (request.maxOutput ?? 1000) * request.count;
    return this.#spend("tokens", name, tokens, Math.min(wanted, tokens.count));
  }

  /** GCRA, as `limit.ts` has it. */
  #spend(what: string, name: string, { count, per }: { readonly count: number; readonly per: number }, cost: number) {
    const now = BigInt(Math.round(this.#now * 1e6));
    const interval = (BigInt(per) * 1_000_000n + BigInt(count) - 1n) / BigInt(count);
    const owed = this.#get(what, name);
    const after = (owed > now ? owed : now) + BigInt(cost) * interval;
    if (after - now > BigInt(count) * interval) return false;
    this.#set(what, name, after);
    return true;
  }

  #get(what: string, name: string): bigint {
    return this.#states.get(`model ${this.#model.name} ${what} ${name}`) ?? 0n;
  }

  #set(what: string, name: string, value: bigint): void {
    this.#states.set(`model ${this.#model.name} ${what} ${name}`, value);
  }
}
