/**
 * The money of the process, in its main thread: the ledger, the table that all threads reserve in, and what each thread needs to keep accounts. There is one
 * only where the program has budgets.
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { AlertConfiguration, GatewayConfiguration } from "../abi.ts";
import { newTableKey } from "../limit/index.ts";
import { Accounts, type Alert } from "../model/money/accounts.ts";
import { formatAmount } from "../model/money/amount.ts";
import { type BudgetDefinition, fingerprintOf, thresholdsOf } from "../model/money/budget.ts";
import { BudgetTable, createBudgetMemory } from "../model/money/budget-table.ts";
import { AlertStore, type BudgetAlert } from "../model/money/ledger/alert-store.ts";
import { LedgerBook } from "../model/money/ledger/book.ts";
import { FileJournal } from "../model/money/ledger/journal.ts";
import { type LoadedSqlite, loadSqlite } from "../model/money/ledger/sqlite.ts";
import { spanAt } from "../model/money/period.ts";
import { REDIS_PACKAGE } from "../redis/client.ts";
import { StartError } from "../start-error.ts";
import { alertChannel, AlertPost } from "./alert-post.ts";
import type { Artifact } from "./artifact.ts";
import type { HostLog } from "./host-log.ts";
import { keepState, openState, type ProcessState } from "./shared-budgets.ts";
import type { StateSettings } from "./state-settings.ts";

/** Milliseconds between two looks at the journals (whoever asks for usage has them looked at before), and between two cleanings. */
const LOOK = 1000;
const CLEAN = 60_000;
/** So long ago a period may have ended of which an alert was missed: a process that dies is followed by one within seconds. */
const MISSED = 10 * 60_000;

/** What a thread needs; plain data. */
export interface MoneySettings {
  readonly memory: SharedArrayBuffer;
  readonly folder: string;
  readonly boot: string;
  /** Alerts are sent: threads tell of them. */
  readonly alerts: boolean;
  /** Of the ledger. */
  readonly identity: string;
  /** null: budgets are counted by this process alone. */
  readonly state: StateSettings | null;
}

export interface TreasuryOptions {
  /** The gateway's name. */
  readonly name: string;
  /** Whom alerts are sent to; left out: nobody. */
  readonly alert: AlertConfiguration | undefined;
  /** All that the program has: what was spent of them is looked at when the process begins. */
  readonly budgets: readonly BudgetDefinition[];
  readonly ledger: NonNullable<GatewayConfiguration["ledger"]>;
  /** In which the ledger's folder begins. */
  readonly files: string;
  /** Whose native file is loaded where it has one. */
  readonly artifact: Pick<Artifact, "folder" | "manifest">;
  readonly threads: number;
  /** Keys of budgets that can be counted at once. */
  readonly counters: number;
  /** Where budgets are counted that other machines count in too; null: nowhere. */
  readonly state: StateSettings | null;
  readonly now: () => number;
  readonly log: HostLog;
}

export class Treasury {
  readonly settings: MoneySettings;
  readonly book: LedgerBook;
  readonly #options: TreasuryOptions;
  readonly #state: ProcessState | null;
  readonly #alerts: AlertPost | null;
  /** Threads that are no more. */
  readonly #ended = new Set<number>();
  readonly #timer: NodeJS.Timeout;
  #cleaned: number;
  #failing = false;
  /** Much waits: the next piece comes when the loop has turned. */
  #following: NodeJS.Immediate | null = null;

  /** Throws a `StartError` "start-ledger". */
  constructor(options: TreasuryOptions) {
    const { ledger, files, artifact, threads, counters, state, now, log } = options;
    this.#options = options;
    const folder = resolve(files, ledger.folder);
    const from = artifact.folder;
    const sqlite = loadSqlite(
      from === null ? {} : { artifact: { folder: from, hash: artifact.manifest?.sqlite?.hash ?? null } },
    );
    if (typeof sqlite === "string") {
      throw new StartError(
        "start-ledger",
        "SQLite, in which the ledger is kept, does not load on this machine",
        [sqlite],
        "Install the package libsql where the gateway is built, or build the artifact on a machine of this platform.",
      );
    }
    const boot = `${now().toString(36)}${randomBytes(6).toString("hex")}`;
    try {
      this.book = new LedgerBook({ folder, sqlite, boot, now, elsewhere: state !== null });
    } catch (error) {
      throw ledgerError(folder, error);
    }
    const memory = createBudgetMemory(counters, threads, newTableKey());
    this.settings = {
      memory,
      folder,
      boot,
      alerts: options.alert !== undefined,
      identity: this.book.identity,
      state,
    };
    this.#restore();
    this.#alerts = this.#openAlerts(sqlite);
    this.#state = state === null ? null : this.#keep(state);
    const { lost, damaged } = this.book;
    if (lost > 0 || damaged > 0) {
      log("warn", "ledger.recovered", {
        message: "calls that were under way when an earlier process died count at their worst case",
        calls: lost,
        damagedLines: damaged,
      });
    }
    this.#cleaned = now();
    this.#timer = setInterval(this.#look, LOOK);
    this.#timer.unref();
  }

  /** The thread is no more. */
  threadEnded(thread: number): void {
    const lost = new BudgetTable(this.settings.memory, 0).release(thread);
    this.#try(() => this.book.threadLost(thread));
    this.#ended.add(thread);
    this.#state?.threadEnded();
    if (lost > 0) {
      this.#options.log("warn", "ledger.thread", {
        message: "calls of a thread that ended count at their worst case",
        thread,
        calls: lost,
      });
    }
  }

  /** Threads have ended. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#state?.close();
    await this.#alerts?.close();
    if (this.#following !== null) clearImmediate(this.#following);
    this.#try(() => this.book.close());
  }

  #keep(state: StateSettings): ProcessState {
    const { boot } = this.settings;
    const lives = (journal: string): boolean =>
      journal.startsWith(`${boot}-`) && !this.#ended.has(Number(journal.slice(boot.length + 1)));
    try {
      return keepState(state, this.book, lives, this.#options.now, this.#options.log);
    } catch (error) {
      this.book.close();
      throw new StartError(
        "start-ledger",
        "the client of Redis, in which budgets are counted, does not load",
        [String(error)],
        `Install the package ${REDIS_PACKAGE} where the gateway is built, or build the artifact anew.`,
      );
    }
  }

  /** What was crossed by calls that nobody settled before the process ended is told now. */
  #openAlerts(sqlite: LoadedSqlite): AlertPost | null {
    const { alert, name, ledger, now, log, budgets, state } = this.#options;
    const { folder, boot } = this.settings;
    if (alert === undefined) return null;
    const store = new AlertStore(sqlite, folder);
    const alerts = new AlertPost({ alert, gateway: name, store, boot, keep: ledger.keep, now, log });
    const rows = state === null ? this.book.budgets(now() - MISSED) : [];
    for (const definition of budgets) {
      for (const row of rows) {
        const { key, spent, start } = row;
        if (row.name !== definition.name || row.unit !== definition.unit || row.period !== `${definition.period}`)
          continue;
        for (const { percent, at } of thresholdsOf(definition))
          if (spent >= at) alerts.note(alertOf({ budget: definition, key, percent, spent, start }, now()));
      }
    }
    return alerts;
  }

  #restore(): void {
    const table = new BudgetTable(this.settings.memory, 0);
    const now = this.#options.now();
    for (const row of this.book.budgets(now)) {
      if (table.restore(fingerprintOf(table.key, row), row.spent, row.end, now)) continue;
      this.book.close();
      throw new StartError(
        "start-ledger",
        "there are more keys of budgets in the ledger than can be counted",
        [],
        "Raise `limits.counters`.",
      );
    }
  }

  readonly #look = (): void => {
    if (this.#following === null) this.#follow();
  };

  readonly #follow = (): void => {
    this.#following = null;
    this.#try(() => {
      // One piece, and the loop turns, until nothing is left.
      if (this.book.follow()) {
        this.#following = setImmediate(this.#follow);
        return;
      }
      const now = this.#options.now();
      if (now - this.#cleaned < CLEAN) return;
      this.#cleaned = now;
      this.book.tidy();
      this.book.forget(now - this.#options.ledger.keep);
    });
  };

  #try(work: () => void): void {
    try {
      work();
      this.#failing = false;
    } catch (error) {
      // What is written down waits in the journals meanwhile.
      if (!this.#failing) this.#options.log("error", "ledger.failed", { message: `the ledger: ${String(error)}` });
      this.#failing = true;
    }
  }
}

function ledgerError(folder: string, error: unknown): StartError {
  const busy = error instanceof Error && "code" in error && error.code === "SQLITE_BUSY";
  return new StartError(
    "start-ledger",
    busy ? `another process has the ledger in ${folder} open` : `the ledger in ${folder} cannot be used`,
    [String(error)],
    busy ? "Stop it, or give this gateway a folder of its own." : "Make the folder one that the gateway may write to.",
  );
}

export interface ThreadMoney {
  readonly accounts: Accounts;
  /** What must have been tried before the first request: a connection to where budgets are counted. */
  readonly ready: Promise<void>;
  /** Everything is settled. */
  close(): Promise<void>;
}

/** The accounts of one thread. */
export function openAccounts(
  { memory, folder, boot, alerts, identity, state }: MoneySettings,
  thread: number,
  now: () => number,
  log: HostLog,
): ThreadMoney {
  const journal = new FileJournal({
    folder,
    boot,
    thread,
    problem: (error) => {
      if (error === null) log("info", "ledger.journal", { message: "calls can be written down again" });
      else
        log("error", "ledger.journal", {
          message: `calls to models are refused, since they cannot be written down: ${error.message}`,
        });
    },
  });
  const channel = alerts ? alertChannel(boot) : null;
  const table = new BudgetTable(memory, thread);
  const shared = state === null ? null : openState(state, identity, `${boot}-${thread}`, table, journal, log);
  const accounts = new Accounts({
    table,
    journal,
    shared: shared?.budgets,
    now,
    alert: (seen) => {
      const alert = alertOf(seen, now());
      const { budget, key, percent, spent, limit } = alert;
      log("warn", "budget.alert", {
        message: `${percent}% of the budget ${budget} is spent`,
        budget,
        key,
        percent,
        spent,
        limit,
        unit: alert.unit === "money" ? alert.currency : "tok",
        period: new Date(alert.start).toISOString(),
      });
      channel?.postMessage(alert);
    },
  });
  return {
    accounts,
    ready: shared?.ready ?? Promise.resolve(),
    close: async () => {
      await shared?.close();
      journal.close();
      channel?.close();
    },
  };
}

/** As it is kept and sent. */
function alertOf({ budget, key, percent, spent, start }: Alert, at: number): BudgetAlert {
  const { name, unit, currency, period, limit } = budget;
  const text = (amount: bigint): string => (unit === "money" ? formatAmount(amount) : `${amount}`);
  const { end } = spanAt(period, start);
  const amounts = { spent: text(spent), limit: text(limit) };
  return { budget: name, key, unit, currency, period: `${period}`, start, end, percent, ...amounts, at };
}
