/** What a call may cost, asked of the accounts before it is sent; and why it may not be. */
import type { ModelError } from "../canonical/error.ts";
import type { Json, ModelRequest } from "../canonical/request.ts";
import type { Accounts, Charge, OpenCall, Refused } from "../money/accounts.ts";
import type { Budget } from "../money/budget.ts";
import { boundInput, worstCost } from "../money/worst-case.ts";
import { error } from "./failures.ts";
import type { Target } from "./target.ts";

/** What a request may say of the service tier (OpenAI, Anthropic) where its cost is counted: others have prices of their own. */
const ORDINARY_TIERS: readonly Json[] = [null, "auto", "default", "standard_only"];

/** Opens a call in the budgets of the choice and of the model. null: nothing is counted for it. */
export function openCall(
  accounts: Accounts,
  budgets: readonly Budget[],
  target: Target,
  asked: ModelRequest,
  /** In bytes. */
  length: number,
  names: { readonly route: string; readonly caller: string },
  now: number,
): OpenCall | ModelError | null {
  const { price } = target.configuration;
  if (price === undefined) return null;
  if (!ORDINARY_TIERS.includes(asked.extras.fields.service_tier ?? null))
    return {
      ...error("client", 400, "This model is paid for at its ordinary price: leave out service_tier."),
      parameter: "service_tier",
    };
  const input = boundInput(asked, length, price.imageTokens, price.context);
  // Where the client alone caps the output, and does not: an answer ends with the context at the latest.
  const output = asked.maxOutput ?? price.context;
  if (input === null || output === null)
    return error(
      "client",
      400,
      "This request could cost any amount: it needs a limit of its output, and no documents of unknown length.",
    );
  const charges: Charge[] = [...budgets, ...target.budgets].map((budget) => ({ budget, key: names.caller }));
  const worst = worstCost(price, input, output, asked.count);
  const opened = accounts.open({
    charges,
    price,
    audio: input.audio,
    worst,
    worstTokens: input.tokens + output * asked.count,
    route: names.route,
    model: target.name,
    upstream: target.configuration.model,
    caller: names.caller,
  });
  return "reason" in opened ? refusal(opened, now) : opened;
}

function refusal({ reason, resets }: Refused, now: number): ModelError {
  if (reason === "ledger") return error("overloaded", 503, "The model takes no more requests just now.");
  if (reason === "full")
    return { ...error("overloaded", 503, "The model takes no more requests just now."), code: "budget_full" };
  return {
    ...error("quota", 429, "The budget for this is used up, or what is left of it does not cover this request."),
    code: "budget_exhausted",
    retryAfter: Math.max(0, resets - now),
  };
}
