/** Budgets in Redis, as the threads and the main thread of a process have them; what becomes of the connection goes to the log. */
import type { BudgetTable } from "../model/money/budget-table.ts";
import type { LedgerBook } from "../model/money/ledger/book.ts";
import type { FileJournal } from "../model/money/ledger/journal.ts";
import { RedisBudgets } from "../model/money/redis/budgets.ts";
import { type KeeperEvent, LEASE, RedisKeeper } from "../model/money/redis/keeper.ts";
import { RedisKeys } from "../model/money/redis/keys.ts";
import { RedisLink } from "../redis/link.ts";
import type { HostLog } from "./host-log.ts";
import { linkOptions, type StateSettings } from "./state-settings.ts";

/** Milliseconds between two cleanings of a thread's names in Redis. */
const CLEAN = 1000;

export interface ThreadState {
  readonly budgets: RedisBudgets;
  /** The first connection stands, or is not to be had now. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** `gateway`: identity of the ledger; `journal`: `BOOT-THREAD`. */
export function openState(
  settings: StateSettings,
  gateway: string,
  journal: string,
  table: BudgetTable,
  written: Pick<FileJournal, "told">,
  log: HostLog,
): ThreadState {
  const keys = new RedisKeys(settings.name);
  const { whenAway } = settings;
  const told = (call: number): void => written.told(call);
  const budgets = new RedisBudgets({ keys, gateway, journal, table, whenAway, told });
  let tried = (): void => {};
  const ready = new Promise<void>((resolve) => {
    tried = resolve;
  });
  const link = new RedisLink({
    ...linkOptions(settings),
    connected: () => {
      budgets.connected();
      tried();
    },
    state: (trouble) => {
      tried();
      tell(log, whenAway, trouble);
    },
  });
  budgets.use(link);
  const timer = setInterval(() => budgets.clean(), CLEAN);
  timer.unref();
  return {
    budgets,
    ready,
    close: async () => {
      clearInterval(timer);
      await budgets.finish();
      link.close();
    },
  };
}

export interface ProcessState {
  threadEnded(): void;
  close(): void;
}

/** Of the main thread. `lives`: whether a journal is of a thread that lives. Throws where the client does not load. */
export function keepState(
  settings: StateSettings,
  book: LedgerBook,
  lives: (journal: string) => boolean,
  now: () => number,
  log: HostLog,
): ProcessState {
  const link: RedisLink = new RedisLink({
    ...linkOptions(settings),
    connected: () => void keeper.connected(),
    // Threads tell of it.
    state: () => {},
  });
  const keeper: RedisKeeper = new RedisKeeper(link, {
    keys: new RedisKeys(settings.name),
    book,
    lives,
    now,
    log: (event, details) => log(...lineOf(event, details)),
  });
  return {
    threadEnded: () => keeper.threadEnded(),
    close: () => {
      keeper.close();
      link.close();
    },
  };
}

function tell(log: HostLog, whenAway: "refuse" | "allow", trouble: string | null): void {
  if (trouble === null) {
    log("info", "state.back", { message: "Redis answers again: budgets are shared" });
    return;
  }
  const now =
    whenAway === "refuse"
      ? "calls that count in a budget are refused"
      : "this gateway counts alone, against the whole of each budget";
  log("error", "state.away", { message: `Redis is away: ${now}: ${trouble}` });
}

function lineOf(event: KeeperEvent, details: { readonly [name: string]: string | number }): Parameters<HostLog> {
  switch (event) {
    case "recovered":
      return [
        "warn",
        "state.recovered",
        { message: "what earlier processes had not told is counted in Redis", ...details },
      ];
    case "given-back":
      return [
        "warn",
        "state.given-back",
        { message: `a gateway was silent for ${LEASE / 1000} s: what it had reserved is given back`, ...details },
      ];
    case "refilled":
      return [
        "warn",
        "state.refilled",
        { message: "Redis had lost what this gateway has spent: it was told again, by the ledger", ...details },
      ];
    case "evicting":
      return [
        "warn",
        "state.evicting",
        { message: "Redis may drop what budgets have spent: set its maxmemory-policy to noeviction", ...details },
      ];
  }
}
