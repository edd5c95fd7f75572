/**
 * Tells an address of the operator's which parts of budgets are spent: each alert at least once, later and later again where it is not taken, for a day. It runs in the main
 * thread, beside all requests: threads tell it over a channel of the process, and nobody waits for it.
 */
import { request as requestClear } from "node:http";
import { request as requestTls } from "node:https";
import { BroadcastChannel } from "node:worker_threads";
import type { AlertConfiguration } from "../abi.ts";
import type { AlertStore, BudgetAlert, DueAlert } from "../model/money/ledger/alert-store.ts";
import type { HostLog } from "./host-log.ts";
import { wait } from "./wait.ts";

/** Milliseconds of one attempt, from the name's resolution to the status. */
const LONGEST = 10_000;
/** Between two looks at what is due; before the first attempt to send again, and at most; and for which an alert is tried. */
const LOOK = 500;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10 * 60_000;
const TRIED = 24 * 3_600_000;
const CLEAN = 3_600_000;
/** For which the end waits for the answer to an alert that is under way: one that was taken would be sent again after the next start. */
const LAST = 1000;
/** Alerts that are sent one after the other in one go. */
const AT_ONCE = 20;

/** Where threads of a process tell of alerts. */
export function alertChannel(boot: string): BroadcastChannel {
  const channel = new BroadcastChannel(`vgw-alerts-${boot}`);
  channel.unref();
  return channel;
}

export interface AlertPostOptions {
  readonly alert: AlertConfiguration;
  /** The gateway's name. */
  readonly gateway: string;
  readonly store: AlertStore;
  readonly boot: string;
  /** Milliseconds for which delivered ones are kept behind their period. */
  readonly keep: number;
  readonly now: () => number;
  readonly log: HostLog;
}

export class AlertPost {
  readonly #options: AlertPostOptions;
  readonly #channel: BroadcastChannel;
  readonly #timer: NodeJS.Timeout;
  #cleaned: number;
  /** What is being sent; null: nothing. */
  #sending: Promise<void> | null = null;
  /** No further one is sent. */
  #closing = false;
  #closed = false;
  #failing = false;

  constructor(options: AlertPostOptions) {
    this.#options = options;
    this.#channel = alertChannel(options.boot);
    this.#channel.onmessage = ({ data }: { readonly data: unknown }) => this.note(data as BudgetAlert);
    this.#timer = setInterval(() => this.#look(), LOOK);
    this.#timer.unref();
    this.#cleaned = options.now();
  }

  note(alert: BudgetAlert): void {
    if (this.#closing) return;
    this.#try(() => this.#options.store.note(alert));
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    this.#channel.close();
    if (this.#sending !== null) {
      const last = wait(LAST);
      await Promise.race([this.#sending, last.promise]);
      last.cancel();
    }
    this.#closed = true;
    this.#try(() => this.#options.store.close());
  }

  #look(): void {
    const { store, now, keep } = this.#options;
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    if (now() - this.#cleaned < CLEAN) return;
    this.#cleaned = now();
    this.#try(() => store.forget(now() - keep));
  }

  async #send(): Promise<void> {
    const { store, now } = this.#options;
    const due = this.#try(() => store.due(now(), AT_ONCE)) ?? [];
    for (const one of due) {
      const problem = await post(this.#options, one.alert);
      if (this.#closed) return;
      this.#try(() => this.#told(one, problem));
      // Whoever does not take one takes no other now.
      if (problem !== null || this.#closing) return;
    }
  }

  #told({ id, alert, attempts }: DueAlert, problem: string | null): void {
    const { store, now, log } = this.#options;
    if (problem === null) {
      store.delivered(id);
      return;
    }
    const late = now() - alert.at >= TRIED;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(attempts, 20));
    store.refused(id, late ? null : now() + pause);
    if (!late && attempts > 0) return;
    log(late ? "error" : "warn", late ? "alert.given-up" : "alert.refused", {
      message: late
        ? "an alert could not be sent for a day, and is given up"
        : "an alert was not taken; it is sent again",
      budget: alert.budget,
      percent: alert.percent,
      problem,
    });
  }

  #try<T>(work: () => T): T | null {
    try {
      const result = work();
      this.#failing = false;
      return result;
    } catch (error) {
      if (!this.#failing) this.#options.log("error", "alert.failed", { message: `alerts: ${String(error)}` });
      this.#failing = true;
      return null;
    }
  }
}

/** What is sent. */
export function alertBody(gateway: string, alert: BudgetAlert): string {
  const { budget, key, percent, spent, limit, unit, currency, start, end, at } = alert;
  const whose = key === "" ? "" : ` of ${key}`;
  return JSON.stringify({
    type: "budget.alert",
    text: `${percent}% of the budget ${budget}${whose} is spent: ${spent} of ${limit} ${unit === "money" ? currency : "tok"}`,
    gateway,
    budget,
    key,
    percent,
    spent,
    limit,
    unit: unit === "money" ? currency : "tok",
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    at: new Date(at).toISOString(),
  });
}

/** null: it was taken; else why not, without the address, which may hold a secret. */
function post({ alert: { url, token }, gateway }: AlertPostOptions, alert: BudgetAlert): Promise<string | null> {
  return new Promise((resolve) => {
    const body = alertBody(gateway, alert);
    const send = url.startsWith("https:") ? requestTls : requestClear;
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "vivremotion",
      ...(token !== null && { authorization: `Bearer ${token}` }),
    };
    // Redirects are not followed: the address is the operator's, what it names is not.
    const request = send(url, { method: "POST", agent: false, headers }, ({ statusCode = 0 }) => {
      resolve(statusCode >= 200 && statusCode <= 299 ? null : `the answer has the status ${statusCode}`);
      request.destroy();
    });
    const late = setTimeout(() => request.destroy(new Error(`no answer within ${LONGEST} ms`)), LONGEST);
    late.unref();
    request.on("socket", (socket) => socket.unref());
    request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    request.on("close", () => {
      clearTimeout(late);
      resolve("the connection closed before an answer was there");
    });
    request.end(body);
  });
}
