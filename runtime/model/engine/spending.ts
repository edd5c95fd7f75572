/** What a call may cost, asked of the accounts before it is sent; and why it may not be. */
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { Accounts, OpenCall, Refused } from "../money/accounts.ts";
import type { PriceConfiguration } from "../money/configuration.ts";
import { fieldBilling } from "../money/billed-fields.ts";
import { isFree } from "../money/price.ts";
import { boundInput, type CallBound, type InputBound, worstCost } from "../money/worst-case.ts";
import type { ProviderDialectName } from "../dialect/dialect.ts";
import { error } from "./failures.ts";
import type { HeldBudget, HeldCharge } from "./purse.ts";
import type { Target } from "./target.ts";

/** A budget that lets another model be asked is used up: that one, or this for the client where it cannot answer. */
export interface UsedUp {
  readonly held: HeldBudget;
  readonly error: ModelError;
}

/** The call may be sent; or why not, and perhaps who is asked instead; null: nothing is counted for it. */
export type Opening = OpenCall | ModelError | UsedUp | null;

/** Of a request whose body has so many bytes; or why nothing bounds it. */
export function boundCall(
  price: PriceConfiguration,
  dialect: ProviderDialectName,
  asked: ModelRequest,
  length: number,
): CallBound | ModelError {
  const billed = isFree(price) ? null : fieldBilling(asked.extras, dialect);
  if (billed !== null && billed.refused !== null) {
    return {
      ...error(
        "client",
        400,
        `This model is paid for at its ordinary price, which ${billed.refused} may change: leave it out.`,
      ),
      parameter: billed.refused,
    };
  }
  const bytes = billed?.beyond === true ? null : length;
  const input = boundInput(asked, bytes, price.imageTokens, price.context);
  // Where the client alone caps the output, and does not: an answer ends with the context at the latest.
  const output = asked.maxOutput ?? price.context;
  if (input === null || output === null)
    return error(
      "client",
      400,
      "This request could cost any amount: it needs a limit of its output, and no documents of unknown length.",
    );
  if (input.audio && price.rates.audioInput === null) return error("client", 400, "Audio has no price at this model.");
  const each = output + (billed?.output ?? 0);
  const most: InputBound = billed?.hour === true ? { ...input, hour: true } : input;
  const all = each * asked.count;
  return {
    worst: worstCost(price, most, all),
    tokens: input.tokens + all,
    audio: input.audio,
    input: most,
    output: all,
    unseen: asked.count > 1 || (billed !== null && billed.output > 0),
  };
}

/** Opens a call in these budgets. A promise only where they are counted elsewhere; it never rejects. */
export function openCall(
  accounts: Accounts,
  charges: readonly HeldCharge[],
  target: Target,
  asked: ModelRequest,
  /** In bytes. */
  length: number,
  route: string,
  now: number,
  /** As of `Accounts.open`. */
  later = false,
): Opening | Promise<Opening> {
  const { price } = target.configuration;
  if (price === undefined) return null;
  const bound = boundCall(price, target.dialect.name, asked, length);
  if ("class" in bound) return bound;
  const call = {
    charges,
    price,
    audio: bound.audio,
    worst: bound.worst,
    worstTokens: bound.tokens,
    bound,
    route,
    model: target.name,
    upstream: target.configuration.model,
    caller: callerOf(charges),
  };
  if (accounts.elsewhere) return accounts.openShared(call).then((opened) => openingOf(opened, charges, now));
  return openingOf(accounts.open(call, later), charges, now);
}

function openingOf(opened: OpenCall | Refused, charges: readonly HeldCharge[], now: number): Opening {
  if (!("reason" in opened)) return opened;
  const problem = refusalOf(opened, now);
  const held = opened.reason === "exhausted" ? charges[opened.charge]?.held : undefined;
  return held === undefined || held.instead === null ? problem : { held, error: problem };
}

/** Whom the ledger names: what the first budget counts by that tells requests apart. */
function callerOf(charges: readonly HeldCharge[]): string {
  for (const { key } of charges) if (key !== "") return key;
  return "";
}

/** What the client is told. */
export function refusalOf({ reason, resets }: Pick<Refused, "reason" | "resets">, now: number): ModelError {
  if (reason === "ledger") return error("overloaded", 503, "The model takes no more requests just now.");
  if (reason === "full")
    return { ...error("overloaded", 503, "The model takes no more requests just now."), code: "budget_full" };
  if (reason === "away")
    return { ...error("overloaded", 503, "The model takes no more requests just now."), code: "budget_unknown" };
  return {
    ...error("quota", 429, "The budget for this is used up, or what is left of it does not cover this request."),
    code: "budget_exhausted",
    retryAfter: Math.max(0, resets - now),
  };
}
