/**
 * What the journal says of calls, line by line: that one is about to be sent, and what it cost. Amounts are decimal digits in texts, since a JSON
 * number would lose them.
 */
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import type { Call } from "../accounts.ts";

/** How what a call cost is known; "lost": its thread or process died, and the reservation stands. */
export type SettledHow = "usage" | "nothing" | "unknown" | "lost";

/** Where accounts write calls down. */
export interface CallJournal {
  /** A number for the next call, never the same again. */
  next(): number;
  /** False: it cannot be written down, so the call must not be sent. Else it is with the operating system when this returns. */
  opened(number: number, now: number, call: Call): boolean;
  settled(number: number, now: number, how: SettledHow, usage: Usage | null, cost: bigint, tokens: number): void;
}

/** One budget that an open call counts in. */
export interface OpenCharge {
  readonly name: string;
  readonly unit: "money" | "tokens";
  readonly currency: string;
  readonly period: string;
  readonly start: number;
  readonly end: number;
  readonly key: string;
}

export interface OpenedRecord {
  readonly type: "opened";
  readonly number: number;
  readonly at: number;
  readonly route: string;
  readonly model: string;
  readonly upstream: string;
  readonly caller: string;
  readonly currency: string;
  readonly worst: bigint;
  readonly worstTokens: number;
  readonly charges: readonly OpenCharge[];
}

export interface SettledRecord {
  readonly type: "settled";
  readonly number: number;
  readonly at: number;
  readonly how: SettledHow;
  readonly usage: Usage | null;
  readonly cost: bigint;
  readonly tokens: number;
}

export function openedLine(number: number, now: number, call: Call): string {
  const charges = call.charges.map(({ budget, key }) => {
    const { name, unit, currency, period } = budget.definition;
    const { start, end } = budget.span(now);
    return [name, unit, currency, `${period}`, start, end, key];
  });
  const { route, model, upstream, caller, price, worst, worstTokens } = call;
  return `${JSON.stringify(["o", number, now, route, model, upstream, caller, price.currency, `${worst}`, worstTokens, charges])}\n`;
}

export function settledLine({ number, at, how, usage, cost, tokens }: Omit<SettledRecord, "type">): string {
  const { input, cacheRead, cacheWrite, cacheWriteHour, output, reasoning, ...rest } = usage ?? NO_USAGE;
  const counters =
    usage === null
      ? null
      : [
          input,
          cacheRead,
          cacheWrite,
          cacheWriteHour,
          output,
          reasoning,
          rest.audioInput ?? 0,
          rest.audioOutput ?? 0,
          rest.searches ?? 0,
        ];
  return `${JSON.stringify(["s", number, at, how, counters, `${cost}`, tokens])}\n`;
}

/** null: no record, as a disk that filled up or was cut off may leave. */
export function readLine(line: string): OpenedRecord | SettledRecord | null {
  try {
    const fields: unknown = JSON.parse(line);
    if (!Array.isArray(fields)) return null;
    if (fields[0] === "o" && fields.length === 11) return readOpened(fields);
    if (fields[0] === "s" && fields.length === 7) return readSettled(fields);
    return null;
  } catch {
    return null;
  }
}

function readOpened(fields: readonly unknown[]): OpenedRecord {
  const [, number, at, route, model, upstream, caller, currency, worst, worstTokens, charges] = fields;
  return {
    type: "opened",
    number: Number(number),
    at: Number(at),
    route: String(route),
    model: String(model),
    upstream: String(upstream),
    caller: String(caller),
    currency: String(currency),
    worst: BigInt(String(worst)),
    worstTokens: Number(worstTokens),
    charges: Array.isArray(charges) ? charges.map(readCharge) : [],
  };
}

function readCharge(charge: readonly unknown[]): OpenCharge {
  const [name, unit, currency, period, start, end, key] = charge;
  return {
    name: String(name),
    unit: unit === "money" ? "money" : "tokens",
    currency: String(currency),
    period: String(period),
    start: Number(start),
    end: Number(end),
    key: String(key),
  };
}

const HOWS: readonly unknown[] = ["usage", "nothing", "unknown", "lost"] satisfies SettledHow[];

function readSettled(fields: readonly unknown[]): SettledRecord | null {
  const [, number, at, how, counters, cost, tokens] = fields;
  if (!HOWS.includes(how)) return null;
  return {
    type: "settled",
    number: Number(number),
    at: Number(at),
    how: how as SettledHow,
    usage: Array.isArray(counters) ? readUsage(counters.map(Number)) : null,
    cost: BigInt(String(cost)),
    tokens: Number(tokens),
  };
}

function readUsage(counters: readonly number[]): Usage {
  const [input = 0, cacheRead = 0, cacheWrite = 0, cacheWriteHour = 0, output = 0, reasoning = 0] = counters;
  const [audioInput = 0, audioOutput = 0, searches = 0] = counters.slice(6);
  return { input, cacheRead, cacheWrite, cacheWriteHour, output, reasoning, audioInput, audioOutput, searches };
}
