/** Limits that gateways share in Redis, as one thread has them; what becomes of the connection goes to the log. */
import { Concurrency, type LimitTable, Limits, type PermitTable, SharedPlaces, SharedRates } from "../limit/index.ts";
import { Questions } from "../limit/shared/questions.ts";
import { RedisLink } from "../redis/link.ts";
import { tagOf } from "../redis/tag.ts";
import type { HostLog } from "./host-log.ts";
import { linkOptions, type StateSettings } from "./state-settings.ts";

/** What of it counts while this gateway is alone. */
interface Alone {
  readonly limitTable: LimitTable;
  readonly permitTable: PermitTable;
  /** Nanoseconds, one clock for all threads. */
  readonly clock: () => bigint;
}

export interface ThreadLimits {
  readonly rates: SharedRates;
  readonly places: SharedPlaces;
  /** The first connection stands, or is not to be had now. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export function openLimits(settings: StateSettings, alone: Alone, log: HostLog): ThreadLimits {
  const { name, whenAway } = settings;
  const begin = tagOf(name);
  const questions = new Questions();
  const limits = new Limits(alone.limitTable, alone.clock);
  const rates = new SharedRates({ questions, begin, whenAway, alone: limits });
  const places = new SharedPlaces({ begin, whenAway, alone: new Concurrency(alone.permitTable) });
  let tried = (): void => {};
  const ready = new Promise<void>((resolve) => {
    tried = resolve;
  });
  const link: RedisLink = new RedisLink({
    ...linkOptions(settings),
    connected: () => {
      places.connected();
      tried();
    },
    state: (trouble) => {
      tried();
      tell(log, trouble);
    },
  });
  questions.use(link);
  places.use(link);
  return {
    rates,
    places,
    ready,
    close: async () => {
      rates.close();
      await questions.finish();
      await places.close();
      link.close();
    },
  };
}

function tell(log: HostLog, trouble: string | null): void {
  if (trouble === null) log("info", "state.back", { message: "Redis answers again: limits are shared" });
  else
    log("error", "state.away", {
      message: `Redis is away: shared limits refuse, or count in this gateway alone, as each says: ${trouble}`,
    });
}
