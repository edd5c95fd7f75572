/** How one serving thread is put together: every part of it, on one screen. */
import { strictTransport } from "../http/node/index.ts";
import type { Transport } from "../http/transport.ts";
import { createFastTransport } from "../http/uws/index.ts";
import { loadNative } from "../http/uws/loader.ts";
import { createObserver, type LogLines, ModelCounterSet, UpstreamCounterSet } from "../observe/index.ts";
import { createService, monotonic, SharedTable, type TableLayout } from "../upstream/index.ts";
import { createVerifier, fetchText } from "../identity/index.ts";
import { type KeyMemory, KeyTable, type SpeedMemory, SpeedTable } from "../model/engine/index.ts";
import { Concurrency, LimitTable, Limits, PermitTable } from "../limit/index.ts";
import type { ReadyListener } from "./certificates.ts";
import { loadGeneration, type Surroundings } from "./generation.ts";
import type { HostLog } from "./host-log.ts";
import type { StateSettings } from "./state-settings.ts";
import { openLimits } from "./shared-limits.ts";
import { type MoneySettings, openAccounts } from "./treasury.ts";
import type { MakeService } from "./service-pool.ts";
import { openTracing, type TraceSettings } from "./traces.ts";
import { type LiveSettings, Serving } from "./serving.ts";

/** Plain data: it is posted to worker threads. */
export interface ThreadSettings {
  readonly thread: number;
  readonly surroundings: Surroundings;
  /** The artifact's folder, where the fast transport's native file may lie. */
  readonly folder: string | null;
  readonly accessLog: boolean;
  /** The counters of limits. */
  readonly limitTable: SharedArrayBuffer;
  /** The places of concurrency limits. */
  readonly permitTable: SharedArrayBuffer;
  /** Where limits are counted that gateways share; null: the program has none. */
  readonly sharedLimits: StateSettings | null;
  /** What calls to models cost; null: the program has no budgets. */
  readonly money: MoneySettings | null;
  /** What the threads know together about upstreams. */
  readonly upstreams: TableLayout;
  /** How fast models have been. */
  readonly speeds: SpeedMemory;
  /** Which keys of models rest. */
  readonly keys: KeyMemory;
  /** null: nothing is recorded for traces. */
  readonly traces: TraceSettings | null;
}

/** What tests put in place of the real thing. */
export interface Injected {
  readonly makeService?: MakeService;
  /** Gives the text of an issuer's key set. */
  readonly fetchKeys?: (url: string) => Promise<string>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** 0 ≤ n < 1. */
  readonly random?: () => number;
}

export function assemble(settings: ThreadSettings, log: HostLog, lines: LogLines, injected: Injected): Serving {
  const upstreams = new UpstreamCounterSet();
  const live: LiveSettings = { via: "vgw", forwarded: "both" };
  const random = injected.random ?? Math.random;
  const table = new SharedTable(settings.upstreams, settings.thread);
  const surroundings = { now: monotonic, random, table, note: log };
  const limitTable = new LimitTable(settings.limitTable, settings.thread);
  const permitTable = new PermitTable(settings.permitTable, settings.thread);
  const clock = clockOf(injected.now);
  const limits = new Limits(limitTable, clock);
  const concurrency = new Concurrency(permitTable);
  const { sharedLimits } = settings;
  const shared = sharedLimits === null ? null : openLimits(sharedLimits, { limitTable, permitTable, clock }, log);
  const models = new ModelCounterSet();
  const money =
    settings.money === null ? null : openAccounts(settings.money, settings.thread, injected.now ?? Date.now, log);
  const tracing = settings.traces === null ? null : openTracing(settings.traces, random, log);
  const transports = new Map<string, Transport>();
  return new Serving({
    thread: settings.thread,
    load: (id, artifact, makeHost) => loadGeneration(id, artifact, settings.surroundings, makeHost),
    transport: (listen) => {
      const transport = transports.get(listen.transport) ?? makeTransport(listen, settings.folder);
      transports.set(listen.transport, transport);
      return transport;
    },
    makeService:
      injected.makeService ??
      ((configuration) => createService(configuration, live, upstreams, undefined, surroundings)),
    makeVerifier: (configuration) =>
      createVerifier(configuration, {
        now: injected.now ?? Date.now,
        clock: () => performance.now(),
        fetch: injected.fetchKeys ?? fetchText,
        note: (identity, problem) => {
          if (problem === null) log("debug", "identity.keys", { identity, message: "the issuer's keys were fetched" });
          else log("warn", "identity.keys", { identity, message: `the issuer's keys cannot be fetched: ${problem}` });
        },
      }),
    limits,
    concurrency,
    shared,
    models,
    keys: new KeyTable(settings.keys, settings.thread, monotonic),
    speeds: new SpeedTable(settings.speeds, settings.thread, monotonic),
    money,
    tracing,
    live,
    observer: createObserver({
      accessLog: settings.accessLog,
      lines,
      upstreams,
      limits,
      concurrency,
      shared: shared ?? undefined,
      accounts: money?.accounts,
      models,
      tracing: tracing ?? undefined,
      now: injected.now ?? Date.now,
    }),
    log,
    now: injected.now ?? Date.now,
    random,
  });
}

/** Nanoseconds of the monotonic clock, which is one for all threads; or of a test's clock. */
function clockOf(now: Injected["now"]): () => bigint {
  return now === undefined ? () => process.hrtime.bigint() : () => BigInt(Math.round(now() * 1e6));
}

function makeTransport(listen: ReadyListener, folder: string | null): Transport {
  if (listen.transport === "strict") return strictTransport;
  const { native, rejected } = loadNative(folder === null ? {} : { artifactFolder: folder });
  // The main thread has loaded it before any thread started.
  if (native === null) throw new Error(`the fast transport does not load in this thread: ${rejected.join("; ")}`);
  return createFastTransport(native);
}
