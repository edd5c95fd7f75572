/** What an answer says of its cost, where the program says that it shall: header fields, and in streams a comment before their end. */
import type { CostNote, Headers, ModelNote } from "../../http/exchange.ts";
import { completionTokens, promptTokens } from "../canonical/usage.ts";
import type { Remaining, Settled } from "../money/accounts.ts";
import { formatAmount } from "../money/amount.ts";

/** "0.000123 USD", to the last digit; where the provider did not tell all of it, what is counted: estimated, or the most that it can be. */
export function costText({ amount, currency, exact, estimated }: CostNote): string {
  return `${formatAmount(amount)} ${currency}${exact ? "" : estimated ? ";estimated" : ";at-most"}`;
}

/** Of a call that is settled. */
export function noteOf({ cost, currency, how }: Pick<Settled, "cost" | "currency" | "how">): CostNote {
  const note = { amount: cost, currency, exact: how === "usage" || how === "nothing" };
  return how === "estimated" ? { ...note, estimated: true } : note;
}

/** `now`: milliseconds since the epoch. */
export function costHeaders(note: ModelNote, remaining: readonly Remaining[], now: number): Headers {
  const { cost, usage } = note;
  if (cost === undefined) return [];
  const headers = ["model-cost", costText(cost)];
  if (usage !== null) headers.push("model-tokens", `in=${promptTokens(usage)}, out=${completionTokens(usage)}`);
  if (remaining.length > 0) headers.push("model-budget", remaining.map((one) => remainingText(one, now)).join(", "));
  return headers;
}

/** As items with parameters (RFC 8941). */
function remainingText({ budget, left, resets }: Remaining, now: number): string {
  const amount = budget.unit === "money" ? `${formatAmount(left)} ${budget.currency}` : `${left} tok`;
  return `${quoted(budget.name)};left="${amount}";reset=${Math.max(0, Math.ceil((resets - now) / 1000))}`;
}

/** A text between quotes (RFC 8941 §3.3.3); what cannot stand there is a question mark. */
export function quoted(text: string): string {
  return `"${text.replace(/[^ -~]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
