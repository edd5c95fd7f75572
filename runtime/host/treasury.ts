/**
 * The money of the process, in its main thread: the ledger, the table that all threads reserve in, and what each thread needs to keep accounts. There is one
 * only where the program has budgets.
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { GatewayConfiguration } from "../abi.ts";
import { newTableKey } from "../limit/index.ts";
import { Accounts } from "../model/money/accounts.ts";
import { formatAmount } from "../model/money/amount.ts";
import { fingerprintOf } from "../model/money/budget.ts";
import { BudgetTable, createBudgetMemory } from "../model/money/budget-table.ts";
import { LedgerBook } from "../model/money/ledger/book.ts";
import { FileJournal } from "../model/money/ledger/journal.ts";
import { loadSqlite } from "../model/money/ledger/sqlite.ts";
import { REDIS_PACKAGE } from "../model/money/redis/client.ts";
import { StartError } from "../start-error.ts";
import type { Artifact } from "./artifact.ts";
import type { HostLog } from "./host-log.ts";
import { keepState, openState, type ProcessState, type StateSettings } from "./shared-budgets.ts";

/** Milliseconds between two looks at the journals, and between two cleanings. */
const LOOK = 250;
const CLEAN = 60_000;

/** What a thread needs; plain data. */
export interface MoneySettings {
  readonly memory: SharedArrayBuffer;
  readonly folder: string;
  readonly boot: string;
  /** Of the ledger. */
  readonly identity: string;
  /** null: budgets are counted by this process alone. */
  readonly state: StateSettings | null;
}

export interface TreasuryOptions {
  readonly ledger: NonNullable<GatewayConfiguration["ledger"]>;
  /** In which the ledger's folder begins. */
  readonly files: string;
  /** Whose native file is loaded where it has one. */
  readonly artifact: Pick<Artifact, "folder" | "manifest">;
  readonly threads: number;
  /** Keys of budgets that can be counted at once. */
  readonly counters: number;
  /** Where budgets are counted that other machines count in too; null: nowhere. */
  readonly state: Omit<StateSettings, "artifact"> | null;
  readonly now: () => number;
  readonly log: HostLog;
}

export class Treasury {
  readonly settings: MoneySettings;
  readonly book: LedgerBook;
  readonly #options: TreasuryOptions;
  readonly #state: ProcessState | null;
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
    const client = from === null ? {} : { artifact: { folder: from, hash: artifact.manifest?.redis?.hash ?? null } };
    const shared = state === null ? null : { ...state, ...client };
    this.settings = { memory, folder, boot, identity: this.book.identity, state: shared };
    this.#restore();
    this.#state = shared === null ? null : this.#keep(shared);
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
  close(): void {
    clearInterval(this.#timer);
    this.#state?.close();
    if (this.#following !== null) clearImmediate(this.#following);
    this.#try(() => this.book.close());
  }

  #keep(state: StateSettings): ProcessState {
    const { boot } = this.settings;
    const lives = (journal: string): boolean =>
      journal.startsWith(`${boot}-`) && !this.#ended.has(Number(journal.slice(boot.length + 1)));
    try {
      return keepState(state, this.book, lives, this.#options.log);
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
  { memory, folder, boot, identity, state }: MoneySettings,
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
  const table = new BudgetTable(memory, thread);
  const shared = state === null ? null : openState(state, identity, `${boot}-${thread}`, table, journal, log);
  const accounts = new Accounts({
    table,
    journal,
    shared: shared?.budgets,
    now,
    alert: ({ budget, key, percent, spent, start }) =>
      log("warn", "budget.alert", {
        message: `${percent}% of the budget ${budget.name} is spent`,
        budget: budget.name,
        key,
        percent,
        spent: budget.unit === "money" ? formatAmount(spent) : `${spent}`,
        limit: budget.unit === "money" ? formatAmount(budget.limit) : `${budget.limit}`,
        unit: budget.unit === "money" ? budget.currency : "tok",
        period: new Date(start).toISOString(),
      }),
  });
  return {
    accounts,
    ready: shared?.ready ?? Promise.resolve(),
    close: async () => {
      await shared?.close();
      journal.close();
    },
  };
}
