/**
 * Budgets by the world's clock: what each has spent in its period, in a map that is never cleaned up. One request at a time is answered, so what is reserved is
 * only compared. Prices, bounds and periods are the gateway's own; which budgets a call counts in, and who is asked where one is used up, is written again.
 */
import type { ModelConfiguration } from "../../../runtime/model/configuration.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import type { ModelRequest } from "../../../runtime/model/canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../../../runtime/model/canonical/usage.ts";
import { type BudgetConfiguration, definitionOf } from "../../../runtime/model/money/configuration.ts";
import { costOf } from "../../../runtime/model/money/cost.ts";
import { spanAt } from "../../../runtime/model/money/period.ts";
import type { ProviderDialect } from "../../../runtime/model/dialect/dialect.ts";
import { boundCall, refusalOf } from "../../../runtime/model/engine/spending.ts";
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

function hasBudgets({ models, pools, budgets }: Context["plan"]): boolean {
  if (budgets.length > 0) return true;
  return [...models.map(({ configuration }) => configuration), ...pools].some((one) => one.budgets !== undefined);
}

/** The budgets of one request. */
export class Spending {
  readonly #context: Context;
  readonly #keys: readonly string[];
  #held: readonly HeldTo[];
  readonly #gaveWay = new Set<BudgetConfiguration>();
  /** What the client is told where another model stands in. */
  headers: readonly string[] = [];

  constructor(step: ModelStep, scope: Scope, context: Context) {
    this.#context = context;
    this.#keys = step.keys.map((key) => (key === null ? "" : textOf(evaluate(key, scope, context), key.type)));
    this.#held = [...context.heldTo, ...this.#of(context.plan.pools.find(({ name }) => name === step.model)?.budgets)];
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
    if (price === undefined || !hasBudgets(this.#context.plan))
      return new Opened(this.#context, [], null, { worst: 0n, tokens: 0 });
    const bound = boundCall(price, model.dialect, request, length);
    if ("class" in bound) return { error: bound, instead: null };
    const now = this.#context.world.now();
    const charges = [...this.#held, ...this.#of(model.budgets)].filter(
      ({ configuration }) => !this.#gaveWay.has(configuration),
    );
    for (const { configuration, key } of charges) {
      const { limit, unit, period } = definitionOf(configuration);
      const { start, end } = spanAt(period, now);
      const spent = spentIn(this.#context).get(idOf(configuration, key, start)) ?? 0n;
      const amount = unit === "money" ? bound.worst : BigInt(bound.tokens);
      if (spent + amount <= limit) continue;
      const { instead } = configuration;
      return {
        error: refusalOf({ reason: "exhausted", resets: end }, now),
        instead: instead === null ? null : this.#giveWay(configuration, instead),
      };
    }
    return new Opened(
      this.#context,
      charges.map(({ configuration, key }) =>
        idOf(configuration, key, spanAt(definitionOf(configuration).period, now).start),
      ),
      price,
      bound,
    );
  }

  #giveWay(configuration: BudgetConfiguration, instead: string): string {
    this.#gaveWay.add(configuration);
    this.headers = ["model-degraded", `${instead};budget=${quoted(configuration.name)}`];
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

function idOf({ name, unit, period }: BudgetConfiguration, key: string, start: number): string {
  return JSON.stringify([unit, name, period, start, key]);
}

/** What a provider says that a call used; "nothing": it costs nothing; null: nobody knows. */
export function usageOf(
  incoming: IncomingAnswer,
  provider: ProviderDialect,
  asked: ModelRequest,
): Usage | "nothing" | null {
  if ("failure" in incoming) return incoming.failure === "connect" ? "nothing" : null;
  const { status, headers, body } = incoming;
  if (status < 200 || status > 299) return "nothing";
  if (asked.stream && !/^application\/json\b/i.test(firstHeader(headers, "content-type") ?? "")) {
    const reader = provider.eventReader(asked);
    const events = [...reader.push(body), ...reader.finish()];
    return events.at(-1)?.type === "end" ? reader.usage : null;
  }
  const answer = provider.readAnswer(body, asked);
  return "class" in answer ? null : answer.usage;
}

/** A call that was made. */
export class Opened {
  readonly #context: Context;
  readonly #ids: readonly string[];
  readonly #price: ModelConfiguration["price"] | null;
  readonly #bound: { readonly worst: bigint; readonly tokens: number };

  constructor(
    context: Context,
    ids: readonly string[],
    price: ModelConfiguration["price"] | null,
    bound: { readonly worst: bigint; readonly tokens: number },
  ) {
    this.#context = context;
    this.#ids = ids;
    this.#price = price;
    this.#bound = bound;
  }

  /** "nothing": it was not sent, or refused with an error; null: nobody knows. */
  settle(usage: Usage | "nothing" | null): void {
    const price = this.#price;
    if (price === null || price === undefined || usage === "nothing") return;
    const told = usage === null ? null : costOf(price, usage);
    const cost = told ?? this.#bound.worst;
    const tokens = usage === null || told === null ? this.#bound.tokens : promptTokens(usage) + completionTokens(usage);
    const spent = spentIn(this.#context);
    for (const id of this.#ids) {
      const used = id.startsWith('["money"') ? cost : BigInt(tokens);
      spent.set(id, (spent.get(id) ?? 0n) + used);
    }
  }
}
