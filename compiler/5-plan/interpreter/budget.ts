/**
 * Budgets by the world's clock: what each has spent in its period, in a map that is never cleaned up. One request at a time is answered, so what is reserved is
 * only compared. Prices, bounds and periods are the gateway's own; which budgets a call counts in, and who is asked where one is used up, is written again.
 */
import type { ModelConfiguration } from "../../../runtime/model/configuration.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../../../runtime/model/canonical/usage.ts";
import { type BudgetConfiguration, definitionOf } from "../../../runtime/model/money/configuration.ts";
import { formatAmount } from "../../../runtime/model/money/amount.ts";
import { costOf } from "../../../runtime/model/money/cost.ts";
import { type Cut, estimateOf } from "../../../runtime/model/money/estimate.ts";
import type { CallBound } from "../../../runtime/model/money/worst-case.ts";
import { spanAt } from "../../../runtime/model/money/period.ts";
import type { ClientDialect, ProviderDialect } from "../../../runtime/model/dialect/dialect.ts";
import { Intake } from "../../../runtime/model/engine/intake.ts";
import { boundCall, refusalOf } from "../../../runtime/model/engine/spending.ts";
import { countsCalls } from "../counts.ts";
import type { BudgetStep, ModelStep } from "../plan.ts";
import type { Context } from "./context.ts";
import { evaluate } from "./expression.ts";
import { firstHeader } from "./headers.ts";
import type { Scope } from "./scope.ts";
import { textOf } from "./value.ts";
import type { IncomingAnswer } from "./world.ts";

export interface HeldTo {
  readonly configuration: BudgetConfiguration;
  readonly key: string;
}

/** A `budget` step. */
export function holdTo(step: BudgetStep, scope: Scope, context: Context): void {
  const budget = context.plan.budgets.find(({ name }) => name === step.budget);
  if (budget === undefined) throw new Error(`the budget ${step.budget} is not in the plan`);
  const key = step.key === null ? "" : textOf(evaluate(step.key, scope, context), step.key.type);
  context.heldTo.push({ configuration: budget.configuration, key });
}

/** The budgets of one request. */
export class Spending {
  readonly #context: Context;
  readonly #step: ModelStep;
  readonly #keys: readonly string[];
  #held: readonly HeldTo[];
  readonly #gaveWay = new Set<BudgetConfiguration>();
  /** Who stands in, for the client; null: nobody does. */
  #degraded: string | null = null;
  /** What the request cost so far; null: nothing is counted, or nobody is to be told. */
  #cost: Told | null = null;
  readonly #tells: boolean;

  constructor(step: ModelStep, scope: Scope, context: Context) {
    this.#context = context;
    this.#step = step;
    this.#keys = step.keys.map((key) => (key === null ? "" : textOf(evaluate(key, scope, context), key.type)));
    const pool = context.plan.pools.find(({ name }) => name === step.model);
    this.#held = [...context.heldTo, ...this.#of(pool?.budgets)];
    const model = context.plan.models.find(({ name }) => name === step.model)?.configuration;
    this.#tells = (pool ?? model)?.costHeaders === true;
  }

  /** A call of this request is over. */
  settle(call: Opened, used: Used): void {
    const { price } = call;
    if (price === null || price === undefined) return;
    const settled = call.settle(used);
    if (!this.#tells) return;
    const before = this.#cost;
    const amount = (before?.amount ?? 0n) + settled.cost;
    const how = before === null || before.amount === 0n ? settled.how : lessKnown(before.how, settled.how);
    const text = `${formatAmount(amount)} ${price.currency}${how}`;
    const told = used === "nothing" || used === null ? null : "told" in used ? used.told : used;
    this.#cost = { amount, how, text, usage: told, charges: call.charges };
  }

  /** What an answer says of it; `whole`: not of a stream, whose head leaves before. */
  headers(whole: boolean): readonly string[] {
    const degraded = this.#degraded === null ? [] : ["model-degraded", this.#degraded];
    const cost = this.#cost;
    if (!whole || cost === null) return degraded;
    const { usage } = cost;
    const tokens = usage === null ? [] : ["model-tokens", `in=${promptTokens(usage)}, out=${completionTokens(usage)}`];
    const left = cost.charges.map((charge) => this.#remaining(charge));
    const budgets = left.length === 0 ? [] : ["model-budget", left.join(", ")];
    return [...degraded, "model-cost", cost.text, ...tokens, ...budgets];
  }

  #remaining({ configuration, key }: HeldTo): string {
    const { limit, period, unit, currency, name } = definitionOf(configuration);
    const now = this.#context.world.now();
    const { start, end } = spanAt(period, now);
    const left = limit - spentOf(this.#context, configuration, key, start);
    const positive = left > 0n ? left : 0n;
    const amount = unit === "money" ? `${formatAmount(positive)} ${currency}` : `${positive} tok`;
    return `${quoted(name)};left="${amount}";reset=${Math.ceil((end - now) / 1000)}`;
  }

  /** Stands before the end of a stream whose clients read over it; "": nothing does. */
  comment({ name, streamMediaType }: ClientDialect): string {
    const reads = name !== "gemini" && streamMediaType.startsWith("text/event-stream");
    return this.#cost === null || !reads ? "" : `: model-cost: ${this.#cost.text}\n\n`;
  }

  #of(budgets: unknown): readonly HeldTo[] {
    const list = (Array.isArray(budgets) ? budgets : []) as readonly BudgetConfiguration[];
    return list.map((configuration) => ({
      configuration,
      key: configuration.by === null ? "" : (this.#keys[configuration.by] ?? ""),
    }));
  }

  /** What the call counts in once it is over; or why it may not be made, and who is asked instead. */
  open(
    model: ModelConfiguration,
    request: ModelRequest,
    length: number,
  ): Opened | { readonly error: ModelError; readonly instead: string | null } {
    const { price } = model;
    // Prices without budgets are there to be compared.
    if (price === undefined || !countsCalls(this.#context.plan)) return new Opened(this.#context, [], null, null);
    const bound = boundCall(price, model.dialect, request, length);
    if ("class" in bound) return { error: bound, instead: null };
    const now = this.#context.world.now();
    const all = [...this.#held, ...this.#of(model.budgets)].filter(
      ({ configuration }) => !this.#gaveWay.has(configuration),
    );
    // Those of one name count together: the smallest of them decides.
    const charges = all.filter((one, at) => {
      const others = all.filter(
        (other) => idOf(one.configuration, one.key, 0) === idOf(other.configuration, other.key, 0),
      );
      const least = Math.min(...others.map(({ configuration }) => configuration.limit));
      return all.indexOf(others.find(({ configuration }) => configuration.limit === least) ?? one) === at;
    });
    for (const { configuration, key } of charges) {
      const { limit, unit, period } = definitionOf(configuration);
      const { start, end } = spanAt(period, now);
      const spent = spentOf(this.#context, configuration, key, start);
      const amount = unit === "money" ? bound.worst : BigInt(bound.tokens);
      if (spent + amount <= limit) continue;
      const { instead, name } = configuration;
      const { origin } = this.#step;
      const shown = `${name}: used up${instead === null ? "" : `, ${instead} is asked instead`}`;
      this.#context.trace.push({ entry: "step", origin, step: "budget", shown });
      return {
        error: refusalOf({ reason: "exhausted", resets: end }, now),
        instead: instead === null ? null : this.#giveWay(configuration, instead),
      };
    }
    return new Opened(this.#context, charges, price, bound);
  }

  #giveWay(configuration: BudgetConfiguration, instead: string): string {
    this.#gaveWay.add(configuration);
    this.#degraded = `${instead};budget=${quoted(configuration.name)}`;
    this.#held = [...this.#held, ...this.#of(this.#context.plan.pools.find(({ name }) => name === instead)?.budgets)];
    return instead;
  }
}

/** A text between quotes (RFC 8941 §3.3.3); what cannot stand there is a question mark. */
function quoted(text: string): string {
  const parts = [...text].map((one) =>
    one === '"' || one === "\\" ? `\\${one}` : one >= " " && one <= "~" ? one : "?",
  );
  return `"${parts.join("")}"`;
}

/** By `idOf`. */
function spentIn({ world, spent }: Context): Map<string, bigint> {
  return world.spent ?? spent;
}

/** In the period that begins at `start`. */
function spentOf(context: Context, configuration: BudgetConfiguration, key: string, start: number): bigint {
  const before = context.world.spentBefore?.get(configuration.name);
  const { limit, period } = definitionOf(configuration);
  const given = before !== undefined && spanAt(period, before.at).start === start ? before.part : 0;
  // Whole millionths: a percentage of a test has no more digits.
  const part = (limit * BigInt(Math.round(given * 1e6))) / 1_000_000n;
  return part + (spentIn(context).get(idOf(configuration, key, start)) ?? 0n);
}

function idOf({ name, unit, period }: BudgetConfiguration, key: string, start: number): string {
  return JSON.stringify([unit, name, period, start, key]);
}

/** What a call used, as its provider says, or as far as it does where the answer broke off; "nothing": it costs nothing; null: nobody knows. */
export type Used = Usage | "nothing" | Cut | null;

export function usageOf(
  incoming: IncomingAnswer,
  provider: ProviderDialect,
  model: ModelConfiguration,
  asked: ModelRequest,
): Used {
  const intake = new Intake();
  const cut = (told: Usage | null): Cut => {
    const hidden = provider.hidesThoughts?.(asked, model, told, intake.thought) === true;
    return { told, received: hidden ? null : intake };
  };
  if ("failure" in incoming) {
    if (incoming.failure === "connect") return "nothing";
    return asked.stream ? cut(null) : null;
  }
  const { status, headers, body } = incoming;
  if (status < 200 || status > 299) return "nothing";
  if (asked.stream && !/^application\/json\b/i.test(firstHeader(headers, "content-type") ?? "")) {
    const reader = provider.eventReader(asked);
    const events = [...reader.push(body), ...reader.finish()];
    intake.took(events);
    const { usage } = reader;
    return usage !== null && (intake.told || events.at(-1)?.type === "end") ? usage : cut(usage);
  }
  const answer = provider.readAnswer(body, asked);
  if ("class" in answer) return null;
  if (answer.usage !== null) return answer.usage;
  intake.whole(answer.parts);
  return cut(null);
}

/** Behind a sum: how well it is known. */
type How = "" | ";estimated" | ";at-most";

function lessKnown(one: How, other: How): How {
  if (one === ";estimated" || other === ";estimated") return ";estimated";
  return one === "" ? other : one;
}

/** What a client is told. */
interface Told {
  readonly amount: bigint;
  readonly how: How;
  readonly text: string;
  readonly usage: Usage | null;
  readonly charges: readonly HeldTo[];
}

/** A call that was made. */
export class Opened {
  readonly charges: readonly HeldTo[];
  /** null: nothing is counted. */
  readonly price: ModelConfiguration["price"] | null;
  readonly #context: Context;
  readonly #bound: CallBound | null;
  readonly #at: number;

  constructor(
    context: Context,
    charges: readonly HeldTo[],
    price: ModelConfiguration["price"] | null,
    bound: CallBound | null,
  ) {
    this.charges = charges;
    this.price = price;
    this.#context = context;
    this.#bound = bound;
    this.#at = context.world.now();
  }

  /** "nothing": it was not sent, or refused with an error; null: nobody knows. Gives what it cost. */
  settle(used: Used): { readonly cost: bigint; readonly how: How } {
    if (used === "nothing") return { cost: 0n, how: "" };
    const { cost, tokens, how } = this.#amounts(used);
    const spent = spentIn(this.#context);
    for (const { configuration, key } of this.charges) {
      const { unit, period } = definitionOf(configuration);
      const id = idOf(configuration, key, spanAt(period, this.#at).start);
      spent.set(id, (spent.get(id) ?? 0n) + (unit === "money" ? cost : BigInt(tokens)));
    }
    return { cost, how };
  }

  #amounts(used: Exclude<Used, "nothing">): { readonly cost: bigint; readonly tokens: number; readonly how: How } {
    const bound = this.#bound;
    const { price } = this;
    if (price === null || price === undefined || bound === null) return { cost: 0n, tokens: 0, how: "" };
    if (used !== null && "told" in used) {
      const estimate = estimateOf(price, bound, bound.unseen ? { ...used, received: null } : used);
      if (estimate !== null) return { ...estimate, how: ";estimated" };
    } else if (used !== null) {
      const cost = costOf(price, used);
      if (cost !== null) return { cost, tokens: promptTokens(used) + completionTokens(used), how: "" };
    }
    return { cost: bound.worst, tokens: bound.tokens, how: ";at-most" };
  }
}
