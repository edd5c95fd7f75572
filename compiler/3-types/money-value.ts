/** Values of settings about money: what a model costs, and how much may be spent. */
import type * as tree from "../1-syntax/tree.ts";
import { budgetPeriods, priceParts } from "../vocabulary/settings/money.ts";
import { currencies } from "../vocabulary/units.ts";
import type { StaticValue } from "./checked.ts";
import { report, sourceOf } from "./context.ts";
import { type Context, refuse } from "./static-value.ts";

/** Beyond it sums would not stay within 64 bits. */
const LARGEST_BUDGET = 4_000_000;
const TOKENS: ReadonlyMap<string, number> = new Map([
  ["tok", 1],
  ["ktok", 1000],
  ["Mtok", 1_000_000],
]);

/** `free`, or `{ in: $0.40/Mtok, out: $1.60/Mtok }`: becomes `{ currency, in, out, … }` in micro-units for a million tokens. */
export function priceValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const wanted = "free, or { in: $0.40/Mtok, out: $1.60/Mtok }";
  if (node.kind === "reference" && node.name.text === "free") return { currency: null, in: 0, out: 0 };
  if (node.kind !== "record") return refuse(context, node, wanted);
  const rates: { [part: string]: number } = {};
  let currency: string | null = null;
  for (const entry of node.entries) {
    if (entry.kind !== "record-entry") return refuse(context, entry, wanted);
    const { key, value } = entry;
    if (!priceParts.includes(key.text)) return refuse(context, key, `prices of ${priceParts.join(", ")}`);
    if (Object.hasOwn(rates, key.text)) {
      report(context.body, key, "VGW3006", { name: key.text }, "again");
      return undefined;
    }
    if (value.kind !== "number" || value.currency === null || value.per !== "Mtok" || value.unit !== null)
      return refuse(context, value, "a price for a million tokens, such as $0.40/Mtok");
    const code = currencies.get(value.currency) ?? value.currency;
    if (currency !== null && code !== currency) return refuse(context, value, "prices in one currency");
    currency = code;
    const micros = microsOf(value.digits);
    if (micros === undefined) return refuse(context, value, "at most six digits behind the point");
    rates[key.text] = micros;
  }
  const { in: input, out } = rates;
  if (input === undefined || out === undefined) return refuse(context, node, "at least `in` and `out`");
  return { currency, ...rates };
}

/** One budget or a list of them: becomes a list, `{}` in the place of one that was refused. Who asks for a key or another model looks at the nodes. */
export function budgetsValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const items = node.kind === "list" ? node.items : [node];
  if (items.length === 0) return refuse(context, node, "at least one budget");
  return items.map((item) => budgetValue(context, item.kind === "budget-amount" ? item.amount : item) ?? {});
}

/** `$25/day`, `500ktok/h`: becomes `{ unit, currency, limit, period }`, the limit in micro-units or tokens. */
function budgetValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "broken") return undefined;
  const periods = [...budgetPeriods.keys()].join(", ");
  const wanted = `an amount for a period (${periods}), such as $25/day or 500ktok/day`;
  if (node.kind !== "number" || node.per === null) return refuse(context, node, wanted);
  const period = budgetPeriods.get(node.per);
  if (period === undefined) return refuse(context, node, wanted);
  if (node.currency !== null && node.unit === null) {
    const limit = microsOf(node.digits);
    if (limit === undefined) return refuse(context, node, "at most six digits behind the point");
    if (limit > 0 && limit <= LARGEST_BUDGET * 1_000_000)
      return { unit: "money", currency: currencies.get(node.currency) ?? node.currency, limit, period };
    const value = sourceOf(context.body.module, node);
    report(context.body, node, "VGW3009", { value, range: `above 0, to ${LARGEST_BUDGET}` }, "not this much");
    return undefined;
  }
  const times = TOKENS.get(node.unit ?? "");
  if (times === undefined || node.currency !== null) return refuse(context, node, wanted);
  const limit = Number(node.digits) * times;
  if (!Number.isSafeInteger(limit) || limit <= 0 || limit > 1e12)
    return refuse(context, node, "a whole number of tokens above 0");
  return { unit: "tokens", currency: "", limit, period };
}

/** Exactly, or not at all. */
function microsOf(digits: string): number | undefined {
  const match = /^([0-9]+)(?:\.([0-9]{1,6}))?$/.exec(digits);
  if (match === null) return undefined;
  const micros = Number(`${match[1]}${(match[2] ?? "").padEnd(6, "0")}`);
  return Number.isSafeInteger(micros) ? micros : undefined;
}
