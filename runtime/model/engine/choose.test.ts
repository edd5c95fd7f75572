/** Which model of a choice is asked first, and which follow. */
import { describe, expect, test } from "vitest";
import { EMPTY_REQUEST, type ModelRequest } from "../canonical/request.ts";
import type { ModelConfiguration, PoolConfiguration, PreferenceRule } from "../configuration.ts";
import { openaiChatProvider } from "../index.ts";
import { type Choice, type Order, only, pool } from "./choose.ts";
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
    prefer: [],
    fallback: [],
    on: ["rate"],
    limit: null,
  } as const;
  return pool({ ...usual, ...given }, targets);
}

const asked = (changes: Partial<ModelRequest> = {}): ModelRequest => ({ ...EMPTY_REQUEST, ...changes });

function order(given: Choice, random = 0, request = asked()): Order {
  const found = given.order(request, () => random, null);
  if ("class" in found) throw new Error(found.message);
  return found;
}

const names = ({ targets, chosen }: Order): string =>
  [targets.slice(0, chosen), targets.slice(chosen)].map((list) => list.map(({ name }) => name).join(" ")).join(" | ");

const weights = (...given: number[]): PreferenceRule => ({ by: "weights", weights: given, when: [] });

describe("the order in which models are asked", () => {
  test.each([
    [{ models: ["a", "b"] }, 0.9, "a b | "],
    [{ models: ["a", "b"], fallback: ["b", "c"] }, 0.9, "a b | b c"],
    [{ models: ["b"], fallback: ["a", "b", "c"] }, 0, "b | a b c"],
    [{ models: ["a", "b"], prefer: [weights(1, 3)], fallback: ["a", "b"] }, 0.2, "a b | a b"],
    [{ models: ["a", "b"], prefer: [weights(1, 3)], fallback: ["a", "b"] }, 0.25, "b a | a b"],
    [{ models: ["a", "b"], prefer: [weights(1, 3)] }, 0.999, "b a | "],
  ] as const)("%o by %f: %s", (given, drawn, expected) => {
    expect(names(order(choice(given), drawn))).toBe(expected);
  });

  test("weights hold in the long run", () => {
    const weighed = choice({ models: ["a", "b", "c"], prefer: [weights(6, 3, 1)] });
    const found = new Map<string, number>();
    for (let draw = 0; draw < 1000; draw++) {
      const [first] = order(weighed, draw / 1000).targets;
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

describe("what belongs together", () => {
  const places = (given: Partial<PoolConfiguration>): Map<string, string> => {
    const sticky = choice(given);
    return new Map(
      Array.from({ length: 2000 }, (_, index) => {
        const found = sticky.order(asked(), () => 0, `session ${index}`);
        return [`session ${index}`, "class" in found ? "" : found.targets[0]!.name];
      }),
    );
  };

  test("stays with one model, each having its share", () => {
    const all = places({ models: ["a", "b", "c"] });
    for (const name of ["a", "b", "c"]) {
      const share = [...all.values()].filter((one) => one === name).length;
      expect(share).toBeGreaterThan(600);
      expect(share).toBeLessThan(740);
    }
    // Who goes takes only its own along.
    const left = places({ models: ["a", "c"] });
    for (const [session, name] of all) if (name !== "b") expect(left.get(session)).toBe(name);
  });

  test("and goes the same way where its model fails", () => {
    const sticky = choice({ models: ["a", "b", "c"], fallback: ["a", "b", "c"] });
    const ways = new Set<string>();
    for (let index = 0; index < 100; index++) {
      const [first, again] = [1, 2].map(() => sticky.order(asked(), () => 0, `session ${index}`));
      if (!first || !again || "class" in first || "class" in again) throw new Error("nobody");
      expect(names(first)).toBe(names(again));
      const [chosen, fallback] = names(first).split(" | ");
      expect(fallback).toBe(chosen);
      ways.add(fallback ?? "");
    }
    expect(ways.size).toBe(6);
  });

  test("by weights, where they are given", () => {
    const all = places({ models: ["a", "b"], prefer: [weights(9, 1)] });
    const share = [...all.values()].filter((one) => one === "b").length;
    expect(share).toBeGreaterThan(150);
    expect(share).toBeLessThan(250);
  });
});

describe("the cap of an answer", () => {
  test.each([
    [null, null, null, null],
    [null, 50, null, 50],
    [null, null, 60, 60],
    [null, 50, 40, 40],
    [10, 50, 40, 10],
    [100, 50, null, 50],
    [100, null, null, 100],
  ])("client %s, model %s, choice %s: %s", (client, model, limit, expected) => {
    expect(target("a", model).capped(asked({ maxOutput: client }), limit).maxOutput).toBe(expected);
  });
});
