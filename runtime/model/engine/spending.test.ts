/** Which calls may be opened at all, where what they cost is counted. */
import { expect, it } from "vitest";
import { newTableKey } from "../../limit/index.ts";
import type { Json, ModelRequest } from "../canonical/request.ts";
import { openaiChatProvider } from "../index.ts";
import { Accounts, OpenCall } from "../money/accounts.ts";
import { BudgetTable, createBudgetMemory } from "../money/budget-table.ts";
import type { PriceConfiguration } from "../money/configuration.ts";
import { priceOf } from "../money/price.ts";
import { PLAIN_REQUEST } from "../testing/feature-requests.ts";
import { openCall } from "./spending.ts";
import { Target } from "./target.ts";

const price: PriceConfiguration = {
  ...priceOf({ input: 1, output: 2 }),
  currency: "USD",
  context: 1000,
  imageTokens: 10,
};
const times = { timeout: 1, firstToken: 1, silence: 1, total: 1, connectTimeout: 1, idle: 1 };
const provider = {
  dialect: "openai-chat",
  variant: "",
  model: "m",
  base: "https://models.example",
  settings: {},
  key: "k",
} as const;
const configuration = {
  name: "m",
  ...provider,
  ...times,
  maxOutput: null,
  breaker: null,
  connections: 1,
  answerLimit: 1,
};
const connections = {
  stream: () => {
    throw new Error("nobody is asked here");
  },
};

function open(changes: Partial<ModelRequest>, paid: PriceConfiguration | null = price) {
  const table = new BudgetTable(createBudgetMemory(64, 1, newTableKey()), 0);
  const accounts = new Accounts({ table, journal: null, now: () => 0, alert: () => {} });
  const target = new Target(
    { ...configuration, ...(paid !== null && { price: paid }) },
    openaiChatProvider,
    connections,
  );
  return openCall(accounts, [], target, { ...PLAIN_REQUEST, ...changes }, 100, "POST /v1", 0);
}

const tier = (name: Json): Partial<ModelRequest> => ({
  extras: { dialect: "openai-chat", fields: { service_tier: name } },
});

it.each(["auto", "default", "standard_only", null])("the tier %s has the ordinary price", (name) => {
  expect(open(tier(name))).toBeInstanceOf(OpenCall);
});

it.each(["priority", "flex", "scale", 1, { a: 1 }])(
  "the tier %j has another price, which nobody counts: refused",
  (name) => {
    expect(open(tier(name))).toMatchObject({ class: "client", status: 400, parameter: "service_tier" });
    expect(open(tier(name), null)).toBeNull();
  },
);

it("a call without a bound is refused: nobody caps the output, and the model's context is not known", () => {
  const unbounded = { ...price, context: null };
  expect(open({}, unbounded)).toMatchObject({ class: "client", status: 400 });
  expect(open({ maxOutput: 10 }, unbounded)).toBeInstanceOf(OpenCall);
});
