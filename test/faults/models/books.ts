/** Whether the money adds up: each record by the prices, and at the end budgets, ledger and what is reserved among each other. */
import type { ProbedGateway } from "../gateway-process.ts";
import { type Case, caseOf, SOUND_FROM } from "./case.ts";
import type { Heard } from "./clients.ts";
import { ask } from "./clients.ts";
import { LIMIT, nameOf, PROVIDERS } from "./program.ts";

/** Whole pico-units of "0.000123". */
export function pico(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * 10n ** 12n + BigInt(fraction.padEnd(12, "0"));
}

/** What is wrong with a record's cost; "": nothing. `accepted`: answers that the provider began. */
export function costOf(
  it: Case,
  record: { readonly [field: string]: unknown },
  accepted: number,
  heard: Heard,
): string {
  const {
    cost,
    tokens_in: input = 0,
    tokens_out: output = 0,
    tokens_cached: cached = 0,
    fallbacks,
    continuations,
  } = record;
  if (record.model === undefined) return "";
  if (typeof cost !== "string") return `no cost: ${JSON.stringify(record)}`;
  const [amount = "", exact = true] = [cost.split(" ")[0], !cost.includes(";")];
  if (accepted > 0 && pico(amount) === 0n && heard.answer !== null && "parts" in heard.answer)
    return `an answer for nothing: ${JSON.stringify(record)}`;
  if (!exact || fallbacks !== undefined || continuations !== undefined || it.shape === "hedged") return "";
  if (typeof input !== "number" || typeof output !== "number" || typeof cached !== "number") return "no tokens";
  const should = BigInt(input - cached) * 1_000_000n + BigInt(cached) * 100_000n + BigInt(output) * 2_000_000n;
  if (record.model_error !== undefined && pico(amount) === 0n) return "";
  return pico(amount) === should
    ? ""
    : `${amount} for ${input} in, ${cached} of them cached, ${output} out (${JSON.stringify(record)})`;
}

interface UsageRow {
  readonly model: string;
  readonly cost: string;
}
interface BudgetRow {
  readonly budget: string;
  readonly spent: string;
}

/** The ledger's models against its budgets, and what is left in memory against both: nothing may be reserved any more. */
export async function checkBooks(gateway: ProbedGateway): Promise<string[]> {
  const wrong: string[] = [];
  const left = new Map<string, bigint>();
  let index = SOUND_FROM;
  for (const provider of PROVIDERS.keys()) {
    const it: Case = {
      ...caseOf(0, index++),
      client: "openai-chat",
      provider,
      shape: "told",
      stream: false,
      way: "none",
      switches: "words=1",
      tools: false,
    };
    const heard = await ask(gateway.port, it, (fields) => {
      for (const [, name = "", amount = ""] of (fields.get("model-budget") ?? "").matchAll(
        /"([^"]+)";left="([\d.]+) USD"/g,
      ))
        left.set(name, pico(amount));
    });
    if (heard.status !== 200)
      wrong.push(`${provider} does not answer any more: ${heard.status} ${heard.raw.slice(0, 300)}`);
  }
  const { usage } = await asked<{ readonly usage: readonly UsageRow[] }>(gateway, "by=model");
  const { budgets } = await asked<{ readonly budgets: readonly BudgetRow[] }>(gateway, "by=budget");
  const all = usage.reduce((sum, { cost }) => sum + pico(cost), 0n);
  const spent = new Map(budgets.map((row) => [row.budget, pico(row.spent)]));
  for (const { model, cost } of usage) {
    const name = model.replace(/^shadow /, "");
    const together = usage
      .filter((row) => row.model.replace(/^shadow /, "") === name)
      .reduce((sum, row) => sum + pico(row.cost), 0n);
    if (spent.get(name) !== together)
      wrong.push(`${model}: calls cost ${cost} (${together}), its budget says ${spent.get(name)}`);
  }
  for (const [name, amount] of left) {
    const books = spent.get(name) ?? 0n;
    const kept = pico(String(LIMIT)) - amount - books;
    if (kept !== 0n && name !== "everything")
      wrong.push(`${name}: ${kept} picos are reserved for nobody (${books} spent)`);
  }
  if (left.size < PROVIDERS.size) wrong.push(`budgets were told of ${[...left.keys()].join()} alone`);
  if (all === 0n) wrong.push("nothing was paid");
  for (const provider of PROVIDERS.keys())
    if (!usage.some(({ model }) => model === nameOf(provider))) wrong.push(`${provider} was never paid`);
  return wrong;
}

async function asked<Answer>(gateway: ProbedGateway, query: string): Promise<Answer> {
  // What was just settled is carried over within a moment.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const response = await fetch(`${gateway.admin}/usage?${query}`);
  return JSON.parse(await response.text());
}
