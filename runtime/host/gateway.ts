/**
 * A running gateway as one object: its threads, its generations, its admin listener. Also usable inside another process (`vgw dev`,
 * tests): with one thread it serves in the calling one.
 */
import { budgetsOf } from "./models.ts";
import { availableParallelism } from "node:os";
import type { Configuration, GatewayConfiguration } from "../abi.ts";
import { type AdminListener, openAdmin } from "../admin/index.ts";
import { METRICS } from "../observe/metrics.ts";
import { sample } from "../observe/sample.ts";
import { type Artifact, type BundleSource, readArtifact } from "./artifact.ts";
import { type ReadyListener, readListeners } from "./certificates.ts";
import { claimPort } from "./free-port.ts";
import { configureArtifact, type Environment, type Surroundings } from "./generation.ts";
import { type GenerationInfo, Generations } from "./generations.ts";
import { createHostLog, type HostLog } from "./host-log.ts";
import { watchThreads } from "./hang-watch.ts";
import type { Overrides } from "./overrides.ts";
import { createPermitMemory, createTableMemory, LimitTable, newTableKey, PermitTable } from "../limit/index.ts";
import { gatewayStatus, type GatewayStatus } from "./status.ts";
import type { BoundListener, Thread, ThreadMetrics, ThreadStatus } from "./thread.ts";
import { ThreadAnswers } from "./thread-answers.ts";
import { canBeShared, chooseTransports, type TransportChoice } from "./transport-choice.ts";
import { createTableLayout, SharedTable } from "../upstream/index.ts";
import { createKeyMemory, createSpeedMemory } from "../model/engine/index.ts";
import { traceSettings } from "./traces.ts";
import { type StateSettings, stateSettings } from "./state-settings.ts";
import { Treasury } from "./treasury.ts";
import { assemble, type Injected, type ThreadSettings } from "./wiring.ts";
import { WorkerThread } from "./worker-thread.ts";

export interface StartOptions {
  readonly source: BundleSource;
  /** What is served at first in place of what `source` holds now: it served before, and a process that ended is replaced by this one. */
  readonly first?: Artifact;
  /** Told of each program that new requests go to. */
  readonly serving?: (artifact: Artifact) => void;
  readonly environment: Environment;
  readonly overrides?: Overrides;
  /** The folder in which relative paths of certificates and keys begin (default: the working directory). */
  readonly files?: string;
  /** Refuse to start on the strict transport where the program asks for the fast one. */
  readonly requireFast?: boolean;
  /** Gets whole log lines; without it the gateway is silent. */
  readonly write?: (line: string) => void;
  /** Lines that `write` had to drop so far. */
  readonly dropped?: () => number;
  /** The file that worker threads run (`gateway.mjs`). Without it one thread serves: the calling one. */
  readonly entry?: string | URL;
  /** What tests put in place of the clock, randomness and the services; one thread only. */
  readonly injected?: Injected;
  /** A worker thread ended by itself or hangs; the process must be replaced. */
  readonly lost?: (reason: string) => void;
  /** Milliseconds without a sign of life after which a worker thread counts as lost (default: never). */
  readonly hangLimit?: number;
}

/** What is known before anything opens. */
interface Start {
  readonly artifact: Artifact;
  readonly configuration: Configuration;
  readonly surroundings: Surroundings;
  readonly choice: TransportChoice;
  readonly log: HostLog;
  /** null: nothing is counted together with other machines. */
  readonly state: StateSettings | null;
  /** A worker thread ended by itself. */
  readonly lost: (reason: string) => void;
}

function silent(): void {}

/** Loads the first generation, opens the listeners. Rejects with a `StartError`, leaving nothing open. */
export async function startGateway(options: StartOptions): Promise<Gateway> {
  const startedAt = Date.now();
  const log = createHostLog(options.write ?? silent);
  const files = options.files ?? process.cwd();
  const surroundings = { environment: options.environment, overrides: options.overrides ?? {}, files };
  const artifact = options.first ?? (await readArtifact(options.source));
  const configuration = configureArtifact(artifact, surroundings);
  const { gateway } = configuration;
  const choice = await chooseTransports(gateway, artifact, options.requireFast ?? false);
  for (const warning of choice.warnings) log("warn", "start.transport", { message: warning });
  const ready = readListeners(choice.listeners, files, Date.now());
  for (const warning of ready.warnings) log("warn", "start.certificate", { message: warning });

  let serving = false;
  // A thread that ends before is told by what it was doing.
  const lost = (reason: string): void => {
    if (serving) options.lost?.(reason);
  };
  const state = stateSettings(gateway.state, artifact, files);
  const start = { artifact, configuration, surroundings, choice, log, lost, state };
  const count = threadCount(options, start);
  const { ledger } = gateway;
  const treasury =
    ledger === undefined
      ? null
      : new Treasury({
          name: gateway.name,
          alert: gateway.alert,
          budgets: budgetsOf(configuration),
          ledger,
          files,
          artifact,
          threads: count,
          counters: gateway.limits.counters,
          state,
          now: options.injected?.now ?? Date.now,
          log,
        });
  const threads = makeThreads(options, start, count, treasury);
  const configure = (next: Artifact): Configuration => configureArtifact(next, surroundings);
  const generations = new Generations({ threads, log, configure, serving: options.serving ?? silent });
  try {
    await generations.first(artifact, configuration);
    const listeners = await openListeners(threads, ready.listeners);
    const running = new Gateway({ startedAt, options, log, threads, generations, listeners, choice, treasury });
    await running.openAdmin(gateway.admin);
    log("info", "start.serving", {
      message: "serving",
      name: gateway.name,
      generation: generations.current.id,
      hash: generations.current.hash,
      threads: threads.length,
      listeners: listeners.map(({ address, port, transport, scheme }) => ({ address, port, transport, scheme })),
      transports: choice.descriptions,
      admin: running.admin,
    });
    serving = true;
    return running;
  } catch (error) {
    await drainAll(threads, 0);
    await treasury?.close();
    throw error;
  }
}

interface GatewayParts {
  readonly startedAt: number;
  readonly options: StartOptions;
  readonly log: HostLog;
  readonly threads: readonly Thread[];
  readonly generations: Generations;
  readonly listeners: readonly BoundListener[];
  readonly choice: TransportChoice;
  /** null: the program has no budgets. */
  readonly treasury: Treasury | null;
}

export class Gateway {
  readonly #parts: GatewayParts;
  #admin: AdminListener | null = null;
  readonly #statuses: ThreadAnswers<ThreadStatus>;
  /** The latest of a silent thread stand for it: sums of counters must not go back. */
  readonly #measured: ThreadAnswers<ThreadMetrics>;
  #draining = false;
  #unwatch: () => void = silent;
  #closed: Promise<{ readonly cut: number }> | null = null;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#statuses = new ThreadAnswers(parts.threads, (thread) => thread.status());
    this.#measured = new ThreadAnswers(parts.threads, (thread) => thread.metrics());
    const { hangLimit, lost } = parts.options;
    const workers = parts.threads.filter((thread) => thread instanceof WorkerThread);
    if (hangLimit !== undefined && lost !== undefined && workers.length > 0) {
      this.#unwatch = watchThreads(workers, hangLimit, (index) => {
        lost(`serving thread ${index}: no sign of life for ${hangLimit} ms`);
      });
    }
  }

  /** Where it listens, with the real ports. */
  get listeners(): readonly BoundListener[] {
    return this.#parts.listeners;
  }

  get admin(): { readonly address: string; readonly port: number } | null {
    return this.#admin === null ? null : { address: this.#admin.address, port: this.#admin.port };
  }

  /** Rejects with a `StartError`; the old generation serves on. */
  swap(source: BundleSource): Promise<GenerationInfo> {
    return this.#parts.generations.swap(source);
  }

  /** Reads the folder it was started from again. */
  reload(): Promise<GenerationInfo> {
    return this.swap(this.#parts.options.source);
  }

  rollback(): Promise<GenerationInfo> {
    return this.#parts.generations.rollback();
  }

  status(): Promise<GatewayStatus> {
    const { startedAt, generations, listeners, choice } = this.#parts;
    return gatewayStatus({
      startedAt,
      threads: this.#statuses,
      generations,
      listeners,
      choice,
      draining: this.#draining,
    });
  }

  /** What each thread measured, and the gateway as a whole. */
  async metrics(): Promise<readonly ThreadMetrics[]> {
    const { generations, options } = this.#parts;
    const answers = await this.#measured.gather();
    const dropped = options.dropped?.() ?? 0;
    const results = Object.entries(generations.counts);
    const swaps = results.map(([result, value]) => ({ value, labels: { result } }));
    return [
      ...answers.map(({ value }) => value).filter((value) => value !== null),
      [
        sample(
          METRICS.threadAnswers,
          answers.map(({ fresh }, thread) => ({ value: fresh ? 1 : 0, labels: { thread: String(thread) } })),
        ),
        sample(METRICS.generationSwaps, swaps),
        sample(METRICS.logDropped, [{ value: dropped, labels: {} }]),
      ],
    ];
  }

  /** Stops accepting, lets requests in flight end within the program's `drain` (or `milliseconds`), cuts what is left. */
  close(milliseconds?: number): Promise<{ readonly cut: number }> {
    this.#closed ??= this.#close(milliseconds ?? this.#parts.generations.current.configuration.gateway.drain);
    return this.#closed;
  }

  async #close(milliseconds: number): Promise<{ readonly cut: number }> {
    const { generations, threads, log } = this.#parts;
    this.#draining = true;
    // A thread that has drained ends, and shows no sign of life from then on.
    this.#unwatch();
    log("info", "stop.draining", {
      message: "no new connections; requests in flight may end",
      limitMilliseconds: milliseconds,
    });
    await generations.stop();
    const cut = await drainAll(threads, milliseconds);
    await this.#parts.treasury?.close();
    // Last, so that `/readyz` and `/status` tell of the drain.
    await this.#admin?.close();
    log(cut === 0 ? "info" : "warn", "stop.done", { message: "stopped", cut });
    return { cut };
  }

  /** Part of the start. */
  async openAdmin(admin: GatewayConfiguration["admin"]): Promise<void> {
    if (admin === null) return;
    this.#admin = await openAdmin(admin, {
      status: () => this.status(),
      metrics: () => this.metrics(),
      ready: () => !this.#draining,
      swap: (source) => this.swap(source),
      rollback: () => this.rollback(),
      book: this.#parts.treasury?.book ?? null,
    });
  }
}

/** Several where there is a file for them to run and a listener that they can share. */
function threadCount({ entry }: StartOptions, { choice, configuration }: Start): number {
  if (entry === undefined || !choice.shareable) return 1;
  return configuration.gateway.threads ?? availableParallelism();
}

/** Workers where there are several; else this very thread. */
function makeThreads(options: StartOptions, start: Start, count: number, treasury: Treasury | null): Thread[] {
  const { entry } = options;
  const { gateway } = start.configuration;
  const upstreams = createTableLayout(count);
  const limitTable = createTableMemory(gateway.limits.counters, newTableKey());
  const permitTable = createPermitMemory(gateway.limits.counters, count, newTableKey());
  const speeds = createSpeedMemory(count);
  const keys = createKeyMemory(count);
  const traces = traceSettings(gateway, start.artifact);
  const settings = (thread: number): ThreadSettings => ({
    thread,
    surroundings: start.surroundings,
    folder: start.artifact.folder,
    accessLog: gateway.accessLog,
    limitTable,
    permitTable,
    sharedLimits: gateway.sharedLimits === true ? start.state : null,
    money: treasury?.settings ?? null,
    upstreams,
    speeds,
    keys,
    traces,
  });
  if (entry === undefined || count === 1) {
    return [assemble(settings(0), start.log, { write: options.write ?? silent }, options.injected ?? {})];
  }
  return Array.from({ length: count }, (_, thread) => {
    return new WorkerThread({
      entry,
      settings: settings(thread),
      write: options.write ?? silent,
      lost: start.lost,
      ended: () => {
        new SharedTable(upstreams).clearThread(thread);
        new LimitTable(limitTable, thread).release(thread);
        new PermitTable(permitTable, thread).release(thread);
        treasury?.threadEnded(thread);
      },
    });
  });
}

/** The first thread opens every listener; the others join those that can be shared, on the ports that were found. */
async function openListeners(
  threads: readonly Thread[],
  ready: readonly ReadyListener[],
): Promise<readonly BoundListener[]> {
  const [first, ...others] = threads;
  if (first === undefined) throw new Error("no thread");
  const shared = others.length > 0;
  const listeners = await Promise.all(
    ready.map((listen) => (listen.transport === "fast" || shared ? claimPort(listen) : listen)),
  );
  const bound = await first.listen({ listeners, shared });
  const joined = listeners
    .map((listener, index) => ({ ...listener, port: bound[index]?.port ?? listener.port }))
    .filter(({ transport }) => canBeShared(transport));
  await Promise.all(others.map((thread) => thread.listen({ listeners: joined, shared })));
  return bound;
}

async function drainAll(threads: readonly Thread[], milliseconds: number): Promise<number> {
  const drained = await Promise.allSettled(threads.map((thread) => thread.drain({ milliseconds })));
  return drained.reduce((sum, result) => sum + (result.status === "fulfilled" ? result.value.cut : 0), 0);
}
