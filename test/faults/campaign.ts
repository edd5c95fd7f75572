/** Drives so many cases through a gateway, judges each, and at the end whether everything is back as it was: sockets, counters, timers, heap. */
import { type FaultProxy, faultProxy, type Plan } from "../fakes/fault-proxy.ts";
import { Random } from "../fakes/random.ts";
import { build, temporaryFolder, until } from "../e2e/support.ts";
import { answerTo, type Expectation } from "./answers.ts";
import { type Case, caseOf, IDS } from "./case.ts";
import type { ClientConnection } from "./client-connection.ts";
import { type Gateway, play } from "./clients.ts";
import { type Alive, type ProbedGateway, probedGateway } from "./gateway-process.ts";
import type { Verdict } from "./judge.ts";
import { program } from "./program.ts";
import { faultyUpstream, type FaultyUpstream } from "./upstream.ts";

export interface CampaignOptions {
  readonly transport: "fast" | "strict";
  readonly seed: number;
  /** The first case, and how many. */
  readonly from: number;
  readonly requests: number;
  readonly atOnce: number;
  /** Cases begun in a second at most; 0: as fast as it goes. */
  readonly rate: number;
  /** Ends the campaign early; what was driven by then is judged. */
  readonly signal?: AbortSignal;
  /** Called at once with what went wrong. */
  readonly wrong?: (violation: string) => void;
  /** Called now and then. */
  readonly progress?: (done: number, alive: () => Promise<Alive>) => Promise<void>;
}

export interface Report {
  /** Each with the number of its case, which plays it again. */
  readonly violations: readonly string[];
  readonly done: number;
  /** Cases by what came of them. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** What reached the upstream, attempts included. */
  readonly asked: number;
  /** Of those: read while the answer to another one was due on the same connection. */
  readonly pipelined: number;
  /** Requests that met what nobody had asked for. */
  readonly excused: number;
  readonly before: Alive;
  readonly after: Alive;
}

/** Cases that are played before the state is looked at that must be there again at the end: every buffer, pool and cache has its size. */
export const WARM_UP = 1500;
/** They have numbers that no campaign reaches. */
export const WARM_UP_FROM = 100_000_000;
/** What the heap after a collection may be above what it was: code and caches still grow a little. A kept request is 2 KB and more. */
const HEAP_GROWTH = 4_000_000;
export const MOST_VIOLATIONS = 50;

export async function campaign(options: CampaignOptions): Promise<Report> {
  const field = await open(options);
  try {
    const outcomes = new Map<string, number>();
    const violations: string[] = [];
    await drive(
      field,
      { ...options, from: WARM_UP_FROM, requests: options.requests === 1 ? 0 : WARM_UP },
      new Map(),
      violations,
    );
    const before = await settled(field, violations);
    await drive(field, options, outcomes, violations);
    const after = await settled(field, violations);
    if (options.requests > 1) compareAlive(before, after, violations);
    afterwards(field, violations);
    const done = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
    return {
      violations,
      done,
      outcomes,
      asked: field.upstream.requests,
      pipelined: field.upstream.pipelined,
      excused: outcomes.get("excused") ?? 0,
      before,
      after,
    };
  } finally {
    await field.close();
  }
}

interface Field {
  readonly gateway: ProbedGateway;
  readonly upstream: FaultyUpstream;
  readonly wire: FaultProxy;
  readonly front: FaultProxy;
  readonly plans: Map<number, Plan>;
  close(): Promise<void>;
}

async function open({ transport, seed }: CampaignOptions): Promise<Field> {
  const folder = temporaryFolder();
  const upstream = await faultyUpstream(seed);
  const wire = await faultProxy({ target: upstream.port, plan: (_port, first) => wirePlan(seed, first) });
  const artifact = build(folder.path, program(transport, { upstream: upstream.port, wire: wire.port }));
  const gateway = await probedGateway(artifact);
  const plans = new Map<number, Plan>();
  const front = await faultProxy({
    target: gateway.port,
    plan: (port) => plans.get(port) ?? { toTarget: {}, toClient: {} },
  });
  return {
    gateway,
    upstream,
    wire,
    front,
    plans,
    async close() {
      await front.stop();
      await gateway.stop();
      await wire.stop();
      await upstream.stop();
      folder.remove();
    },
  };
}

/** What happens to a connection behind the gateway, by the first request on it; requests that come later share it. */
function wirePlan(seed: number, first: Buffer): Plan {
  const id = Number(/^[A-Z]+ \/wire\/(\d+) /.exec(first.toString("latin1"))?.[1] ?? 0);
  const random = new Random(seed, id, 3);
  const at = random.below(20_000);
  const toTarget = { pieces: random.pick(["whole", "bytes", "pieces"] as const), size: random.between(10, 3000) };
  const toClient = random.weighed([
    [{ pieces: "bytes" }, 3],
    [{ pieces: "pieces", size: random.between(2, 2000) }, 3],
    [{ pieces: "gather" }, 1],
    [{ latency: random.between(1, 10) }, 1],
    [{ stall: { at, milliseconds: random.between(1, 100) } }, 1],
    [{ stop: { at, how: "half" } }, 1],
    [{ stop: { at, how: "reset" } }, 1],
    [{ insert: { at: 0, bytes: Buffer.from("garbage") } }, 0.3],
  ] as const);
  return { toTarget, toClient };
}

async function drive(
  { gateway, upstream, front, plans }: Field,
  options: CampaignOptions,
  outcomes: Map<string, number>,
  violations: string[],
): Promise<void> {
  const { transport, seed, from, requests, atOnce, rate } = options;
  const kept: ClientConnection[] = [];
  const side: Gateway = {
    transport,
    seed,
    port: gateway.port,
    harmed: front.port,
    plans,
    kept,
    expectation: (it, id) => expectation(seed, it, id),
  };
  const startedAt = Date.now();
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < requests && violations.length < MOST_VIOLATIONS && options.signal?.aborted !== true) {
      const number = next++;
      if (rate > 0) await pause(startedAt + (number / rate) * 1000 - Date.now());
      const it = caseOf(seed, from + number);
      const since = performance.now();
      const verdict = await judged(side, it);
      const excused = verdict.violation !== null && (await isExcused(upstream, it, verdict, since));
      const name = excused ? "excused" : verdict.outcome;
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
      if (verdict.violation !== null && !excused) {
        const seen = upstream.upload(verdict.id ?? it.id) === undefined ? "did not see it" : "saw it";
        violations.push(`case ${it.index} ${described(it)}: ${verdict.violation}; the upstream ${seen}`);
        options.wrong?.(violations.at(-1)!);
      }
      upstream.forget(it.id);
      if (++done % 50_000 === 0) await options.progress?.(done, () => gateway.alive());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  for (const connection of kept.splice(0)) connection.destroy();
}

function judged(side: Gateway, it: Case): Promise<Verdict> {
  return play(side, it).catch((error: unknown) => ({
    outcome: "closed",
    violation: error instanceof Error ? error.message : String(error),
  }));
}

/** The client may have its answer before the upstream has looked at the request, which it may never do if the connection was reset. */
async function isExcused(
  upstream: FaultyUpstream,
  it: Case,
  { outcome, id = it.id }: Verdict,
  since: number,
): Promise<boolean> {
  for (let wait = 0; wait < 1000; wait += 50) {
    if (it.client === "pack" ? upstream.excused.has(id) : idsOf(it).some((one) => upstream.excused.has(one)))
      return true;
    await pause(50);
  }
  // One that was seen was on a connection that is known.
  if (upstream.upload(id) !== undefined) return false;
  return (outcome === "problem upstream-malformed" || outcome === "problem upstream-closed") && upstream.lost(since);
}

function idsOf({ id }: Case): number[] {
  return Array.from({ length: IDS }, (_, index) => id + index);
}

function expectation(seed: number, it: Case, id: number): Expectation {
  const { expect } = answerTo(seed, it, id, { first: false, fresh: true, upload: "none" });
  // A connection that the middle-man ends may end under any of its requests.
  return it.service === "wire" ? { ...expect, cut: true } : expect;
}

/** Nothing is under way and the upstream has closed: what is open and alive now is what stays. */
async function settled({ gateway, upstream, wire, front }: Field, violations: string[]): Promise<Alive> {
  let seen = "";
  await until(
    async () => {
      upstream.closeConnections();
      const metrics = await gateway.metrics();
      const left = [
        "vgw_requests_in_flight",
        "vgw_upstream_requests_in_flight",
        "vgw_upstream_requests_waiting",
        "vgw_upstream_connections",
      ].map((name) => `${name} ${metrics.get(name) ?? "is missing"}`);
      seen = [...left, `upstream ${upstream.open}`, `wire ${wire.open}`, `front ${front.open}`]
        .filter((part) => !part.endsWith(" 0"))
        .join(", ");
      return seen === "";
    },
    () => seen,
    60_000,
  ).catch(() => violations.push(`still there after a minute: ${seen}`));
  const status = JSON.parse(await gateway.status());
  if (status.generations.serving.inFlight !== 0)
    violations.push(`/status: ${status.generations.serving.inFlight} in flight`);
  return gateway.alive();
}

/** What is there at the end and was not before. */
export function compareAlive(before: Alive, after: Alive, violations: string[]): void {
  if (after.sockets > before.sockets) violations.push(`sockets: ${before.sockets} before, ${after.sockets} after`);
  for (const [name, count] of Object.entries(after.resources)) {
    const was = before.resources[name] ?? 0;
    // The admin listener's own connections come and go.
    if (name === "TCPSocketWrap" ? count > was + 2 : count > was)
      violations.push(`${name}: ${was} before, ${count} after`);
  }
  if (after.heapUsed > before.heapUsed + HEAP_GROWTH)
    violations.push(`heap: ${before.heapUsed} before, ${after.heapUsed} after`);
  const buffers = after.external + after.arrayBuffers - before.external - before.arrayBuffers;
  if (buffers > HEAP_GROWTH) violations.push(`buffers outside of the heap: ${buffers} bytes more`);
}

function afterwards({ gateway, upstream }: Field, violations: string[]): void {
  violations.push(...upstream.violations);
  const output = gateway.running.output();
  for (const event of ["supervisor.restart", "process.uncaught", '"level":"error"']) {
    const line = output.split("\n").find((one) => one.includes(event));
    if (line !== undefined) violations.push(line.slice(0, 1000));
  }
}

function described({ service, method, answer, client }: Case): string {
  return `(${method} ${service}, answer: ${answer}, client: ${client})`;
}

function pause(milliseconds: number): Promise<void> {
  return milliseconds <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));
}
