/** Which model of a choice is asked first, and which follow. */
import { describe, expect, test } from "vitest";
import type { ModelConfiguration, PoolConfiguration } from "../configuration.ts";
import { openaiChatProvider } from "../index.ts";
import { only, pool } from "./choose.ts";
import { Target } from "./target.ts";

const connections = {
  stream: () => {
    throw new Error("nobody is asked here");
  },
};

const configuration = (name: string, maxOutput: number | null = null): ModelConfiguration => ({
  name,
  dialect: "openai-chat",
  variant: "",
  model: name,
  base: "https://models.example/v1",
  settings: {},
  key: "k",
  maxOutput,
  timeout: 1,
  firstToken: 1,
  silence: 1,
  total: 1,
  breaker: null,
  connectTimeout: 1,
  idle: 1,
  connections: 1,
  answerLimit: 1,
});

const target = (name: string, maxOutput: number | null = null): Target =>
  new Target(configuration(name, maxOutput), openaiChatProvider, connections);

const targets = new Map(["a", "b", "c"].map((name) => [name, target(name)]));

function choice(given: Partial<PoolConfiguration>) {
  const usual = {
    name: "p",
    models: ["a"],
    prefer: "order",
    weights: [],
    fallback: [],
    on: ["rate"],
    limit: null,
  } as const;
  return pool({ ...usual, ...given }, targets);
}

const names = (order: readonly Target[]): string => order.map(({ name }) => name).join(" ");

describe("the order in which models are asked", () => {
  test.each([
    [{ models: ["a", "b"] }, 0.9, "a"],
    [{ models: ["a", "b"], fallback: ["b", "c"] }, 0.9, "a b c"],
    [{ models: ["b"], fallback: ["a", "b", "c"] }, 0, "b a c"],
    [{ models: ["a", "b"], prefer: "weights", weights: [1, 3], fallback: ["a", "b"] }, 0.2, "a b"],
    [{ models: ["a", "b"], prefer: "weights", weights: [1, 3], fallback: ["a", "b"] }, 0.25, "b a"],
    [{ models: ["a", "b"], prefer: "weights", weights: [1, 3] }, 0.999, "b"],
  ] as const)("%o by %f: %s", (given, drawn, expected) => {
    expect(names(choice(given).order(() => drawn))).toBe(expected);
  });

  test("weights hold in the long run", () => {
    const weighed = choice({ models: ["a", "b", "c"], prefer: "weights", weights: [6, 3, 1] });
    const found = new Map<string, number>();
    for (let draw = 0; draw < 1000; draw++) {
      const [first] = weighed.order(() => draw / 1000);
      found.set(first!.name, (found.get(first!.name) ?? 0) + 1);
    }
    expect([...found]).toEqual([
      ["a", 600],
      ["b", 300],
      ["c", 100],
    ]);
  });

  test("only errors that are named move on; a model alone has nobody behind it", () => {
    expect(choice({ on: ["rate", "timeout"] }).movesOn("timeout")).toBe(true);
    expect(choice({ on: ["rate"] }).movesOn("timeout")).toBe(false);
    expect(only(target("a")).movesOn("rate")).toBe(false);
  });
});

describe("the cap of an answer", () => {
  const asked = (maxOutput: number | null) => ({ maxOutput, stream: false }) as Parameters<Target["capped"]>[0];

  test.each([
    [null, null, null, null],
    [null, 50, null, 50],
    [null, null, 60, 60],
    [null, 50, 40, 40],
    [10, 50, 40, 10],
    [100, 50, null, 50],
    [100, null, null, 100],
  ])("client %s, model %s, choice %s: %s", (client, model, limit, expected) => {
    expect(target("a", model).capped(asked(client), limit).maxOutput).toBe(expected);
  });
});
