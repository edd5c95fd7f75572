/** Every provider has its table, and every word of `needs` its row. */
import { expect, test } from "vitest";
import { FEATURES } from "../../runtime/model/dialect/support.ts";
import { needs, supportWords } from "./needs.ts";
import { providers } from "./providers.ts";
import { supportTables } from "./support.ts";

test("a table for each provider, and for no other word", () => {
  expect([...supportTables.keys()].sort()).toEqual(providers.map(({ word }) => word).sort());
});

test("needs are rows of the tables; what a model may support is among them", () => {
  for (const feature of needs.values()) expect(FEATURES).toContain(feature);
  for (const word of supportWords) expect(needs.has(word), word).toBe(true);
});
