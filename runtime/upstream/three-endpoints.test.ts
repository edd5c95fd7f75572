/**
 * Of three endpoints one is slow and one fails half the time: latency and errors stay within twice what they are when all are well.
 * Time is simulated: balancer, endpoints, keeper and budgets are the real ones, so the outcome does not depend on this machine.
 */
import { describe, expect, it } from "vitest";
import { Balancer } from "./balance.ts";
import type { Endpoint, Outcome } from "./endpoint.ts";
import { Keeper } from "./keeper.ts";
import { RetryBudget } from "./retry.ts";
import { SharedTable } from "./shared-table.ts";
import { strategyOf } from "./strategy.ts";
import { ownSurroundings } from "./surroundings.ts";
import { endpointsOf, seeded } from "./testing/endpoints.ts";

type Answer = () => { readonly milliseconds: number; readonly outcome: Outcome };

/** The default settings of `eject` and `slow_start`. */
const DEFAULTS = {
  eject: { requests: 5, within: 10_000, time: 10_000, longest: 300_000, slow: true },
  slowStart: 10_000,
};

/** Events in the order of their time. */
class Simulation {
  now = 1_000_000;
  readonly #events: { readonly at: number; readonly run: () => void }[] = [];

  after(milliseconds: number, run: () => void): void {
    const at = this.now + milliseconds;
    let index = this.#events.length;
    while (index > 0 && this.#events[index - 1]!.at > at) index--;
    this.#events.splice(index, 0, { at, run });
  }

  run(until: number): void {
    for (let next = this.#events[0]; next !== undefined && next.at <= until; next = this.#events[0]) {
      this.#events.shift();
      this.now = next.at;
      next.run();
    }
  }
}

interface Report {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  /** Part of the requests. */
  readonly errors: number;
  readonly attempts: number;
}

/** Poisson arrivals at `rate` a second, each retried once on another endpoint within the usual budget. */
function simulate(
  answers: readonly Answer[],
  rate: number,
  balance: "least_requests" | "latency",
  seconds: number,
  settings: { readonly eject?: typeof DEFAULTS.eject; readonly slowStart?: number } = DEFAULTS,
): Report {
  const simulation = new Simulation();
  const random = seeded(7);
  const surroundings = { ...ownSurroundings(), now: () => simulation.now, random, table: new SharedTable() };
  const endpoints = endpointsOf([0, 0, 0], surroundings, undefined, { ...settings, connections: 1000 });
  const balancer = new Balancer(endpoints, 1000, strategyOf(balance, surroundings), surroundings.table);
  const configuration = { name: "s", endpoints: [], balance, timeout: 1, connectTimeout: 1, idle: 1 } as const;
  const rest = { connections: 1000, answerLimit: 1, preserveHost: false };
  const keeper = new Keeper({ ...configuration, ...rest, ...settings }, endpoints, surroundings);
  const budget = new RetryBudget(surroundings.table.acquire("budget"), 0.2, surroundings);
  const end = simulation.now + seconds * 1000;
  const latencies: number[] = [];
  let errors = 0;
  let attempts = 0;

  const attempt = (began: number, avoid: Endpoint | null): void => {
    const endpoint = balancer.acquire({ key: null, avoid, granted: () => {} });
    if (endpoint === null || endpoint === "waiting") throw new Error("there is room for all");
    attempts++;
    const { milliseconds, outcome } = answers[endpoints.indexOf(endpoint)]!();
    simulation.after(milliseconds, () => {
      endpoint.observe(outcome, milliseconds);
      balancer.release(endpoint);
      if (outcome === "bad" && avoid === null && budget.withdraw()) {
        simulation.after(25, () => attempt(began, endpoint));
        return;
      }
      if (outcome === "bad") errors++;
      latencies.push(simulation.now - began);
    });
  };
  const arrive = (): void => {
    budget.deposit();
    attempt(simulation.now, null);
    simulation.after((-Math.log(1 - random()) * 1000) / rate, arrive);
  };
  const tick = (): void => {
    keeper.tick();
    simulation.after(250, tick);
  };
  tick();
  arrive();
  simulation.run(end);
  latencies.sort((one, other) => one - other);
  const at = (part: number): number => latencies[Math.floor(part * latencies.length)] ?? 0;
  return { requests: latencies.length, p50: at(0.5), p99: at(0.99), errors: errors / latencies.length, attempts };
}

const random = seeded(11);
/** About so many milliseconds, with a tail (log-normal), and sometimes an error. */
const about =
  (milliseconds: number, failing = 0): Answer =>
  () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return { milliseconds: milliseconds * Math.exp(0.5 * normal), outcome: random() < failing ? "bad" : "good" };
  };

const healthy = [about(10), about(10), about(10)];
const ill = [about(10), about(200), about(10, 0.5)];

describe("with one of three endpoints slow and one failing half the time", () => {
  it.each([
    ["least_requests", 50],
    ["least_requests", 300],
    ["least_requests", 1000],
    ["latency", 50],
    ["latency", 300],
  ] as const)("%s at %i requests a second: p99 and errors stay within twice the healthy run's", (balance, rate) => {
    const well = simulate(healthy, rate, balance, 120);
    const bad = simulate(ill, rate, balance, 120);
    expect(well.errors).toBe(0);
    expect(bad.p99).toBeLessThanOrEqual(2 * well.p99);
    expect(bad.p50).toBeLessThanOrEqual(2 * well.p50);
    // Twice nothing is nothing: what the first moments and the returns cost must be hardly anything.
    expect(bad.errors).toBeLessThanOrEqual(0.001);
    expect(bad.attempts).toBeLessThanOrEqual(1.2 * bad.requests);
  });

  it("does not without leaving slow ones alone: the test would notice", () => {
    const settings = { ...DEFAULTS, eject: { ...DEFAULTS.eject, slow: false } };
    const well = simulate(healthy, 300, "least_requests", 60);
    expect(simulate(ill, 300, "least_requests", 60, settings).p99).toBeGreaterThan(2 * well.p99);
  });
});

it("leaves nobody alone who is as slow as the others, whatever they have to do", () => {
  const mixed: Answer = () => (random() < 0.3 ? about(500) : about(5))();
  const run = (settings: Parameters<typeof simulate>[4]): Report =>
    simulate([mixed, mixed, mixed], 100, "least_requests", 120, settings);
  expect(run(DEFAULTS).p99).toBeLessThanOrEqual(1.3 * run({}).p99);
});
