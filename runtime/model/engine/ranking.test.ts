/** By price, speed and load; and which rule ranks which models. */
import { describe, expect, test } from "vitest";
import { EMPTY_REQUEST, type ModelRequest } from "../canonical/request.ts";
import type { Comparison, PreferenceRule } from "../configuration.ts";
import { openaiChatProvider } from "../index.ts";
import { priceOf } from "../money/price.ts";
import { estimatedTokens } from "./estimate.ts";
import { rank, Ranked, ruleOf } from "./ranking.ts";
import { createSpeedMemory, SpeedTable } from "./speed.ts";
import { Target } from "./target.ts";

const stream = (): never => {
  throw new Error("nobody is asked here");
};

let now = 1000;
const table = (thread = 0, memory = createSpeedMemory(2)): SpeedTable => new SpeedTable(memory, thread, () => now);

interface Given {
  readonly rates?: readonly [number, number];
  readonly load?: number;
  readonly speeds?: SpeedTable;
}

function target(name: string, { rates = [1, 1], load = 0, speeds = table() }: Given = {}): Target {
  const [input, output] = rates;
  const times = { timeout: 1, firstToken: 1, silence: 1, total: 1, connectTimeout: 1, idle: 1 };
  const price = { ...priceOf({ input, output }), context: null, imageTokens: 1 };
  return new Target(
    {
      name,
      dialect: "openai-chat",
      variant: "",
      model: name,
      base: "https://models.example/v1",
      settings: {},
      key: "k",
      maxOutput: null,
      ...times,
      breaker: null,
      connections: 1,
      answerLimit: 1,
      price,
    },
    openaiChatProvider,
    { stream, load },
    [],
    speeds.of(name),
  );
}

const saying = (text: string, changes: Partial<ModelRequest> = {}): ModelRequest => ({
  ...EMPTY_REQUEST,
  turns: [{ role: "user", parts: [{ type: "text", text }] }],
  ...changes,
});

function ranked(rules: readonly PreferenceRule[], targets: readonly Target[], request: ModelRequest): string {
  const resolved = rules.map((rule) => ({ rule: ruleOf(rule, targets), by: rule.by, when: rule.when }));
  const found = rank(resolved, new Ranked(request, null, () => 0), targets);
  return `${found.by}: ${found.targets.map(({ name }) => name).join(" ")}`;
}

const by = (name: PreferenceRule["by"], ...when: Comparison[]): PreferenceRule => ({ by: name, when });
const below = (of: Comparison["of"], value: number): Comparison => ({ of, operator: "<", value });

describe("the cheapest", () => {
  // One is cheap to ask, the other cheap to listen to.
  const targets = [target("reader", { rates: [1, 50] }), target("talker", { rates: [10, 1] })];

  test.each([
    ["x".repeat(40_000), 10, "cheapest: reader talker"],
    ["Hello", 1000, "cheapest: talker reader"],
    ["Hello", null, "cheapest: talker reader"],
  ] as const)("by what this very request costs: %.5s… and %s tokens", (text, maxOutput, expected) => {
    expect(ranked([by("cheapest")], targets, saying(text, { maxOutput }))).toBe(expected);
  });

  test("fixed when compiling, prices are not looked at", () => {
    const fixed: PreferenceRule = { by: "cheapest", ranked: ["talker", "reader"], when: [] };
    expect(ranked([fixed], targets, saying("x".repeat(40_000), { maxOutput: 1 }))).toBe("cheapest: talker reader");
  });
});

describe("the fastest", () => {
  const streamed = saying("Hello", { stream: true });

  test("by the first token and those behind it", () => {
    const speeds = table();
    const targets = ["slow", "quick", "late"].map((name) => target(name, { speeds }));
    const [slow, quick, late] = targets.map(({ speed }) => speed!);
    slow!.answered(true, 100, 10_000, 100);
    quick!.answered(true, 300, 1000, 100);
    late!.answered(true, 5000, 100, 100);
    expect(ranked([by("fastest")], targets, streamed)).toBe("fastest: quick late slow");
    // Of a short answer the first token is what counts.
    expect(ranked([by("fastest")], targets, { ...streamed, maxOutput: 1 })).toBe("fastest: slow quick late");
  });

  test("who was never measured goes first, with one request at a time", () => {
    const speeds = table();
    const known = target("known", { speeds });
    known.speed!.answered(true, 10, 10, 1);
    expect(ranked([by("fastest")], [known, target("new", { speeds })], streamed)).toBe("fastest: new known");
    expect(ranked([by("fastest")], [known, target("busy", { speeds, load: 1 })], streamed)).toBe("fastest: known busy");
  });

  test("who failed counts as slow, and is asked again when that has faded", () => {
    const speeds = table();
    const targets = ["failing", "steady"].map((name) => target(name, { speeds }));
    targets[0]!.speed!.failed(true, 3);
    targets[1]!.speed!.answered(true, 2000, 0, 1);
    expect(ranked([by("fastest")], targets, streamed)).toBe("fastest: steady failing");
    for (let second = 0; second < 60; second++) {
      now += 1000;
      targets[1]!.speed!.answered(true, 2000, 0, 1);
    }
    expect(ranked([by("fastest")], targets, streamed)).toBe("fastest: failing steady");
  });

  test("answers that come whole are measured apart from streams", () => {
    const speeds = table();
    const targets = ["a", "b"].map((name) => target(name, { speeds }));
    const [a, b] = targets.map(({ speed }) => speed!);
    a!.answered(true, 10, 10, 10);
    b!.answered(true, 20, 20, 10);
    a!.answered(false, 4000, 0, 100);
    b!.answered(false, 1000, 0, 100);
    expect(ranked([by("fastest")], targets, streamed)).toBe("fastest: a b");
    expect(ranked([by("fastest")], targets, saying("Hello"))).toBe("fastest: b a");
  });

  test("all threads measure together", () => {
    const memory = createSpeedMemory(2);
    const [one, other] = [table(0, memory).of("m"), table(1, memory).of("m")];
    one.answered(true, 100, 100, 10);
    other.answered(true, 300, 300, 10);
    expect(one.expected(true, 0)).toBeCloseTo(200);
    expect(other.expected(true, 100)).toBeCloseTo(200 + 100 * 20);
  });

  test("what was measured long ago weighs little beside what is measured now", () => {
    const speed = table().of("m");
    for (let count = 0; count < 500; count++) speed.answered(true, 5000, 0, 0);
    now += 300_000;
    for (let count = 0; count < 10; count++) speed.answered(true, 100, 0, 0);
    expect(speed.expected(true, 0)!).toBeLessThan(800);
  });

  test("a table that is full leaves each thread to itself", () => {
    const memory = createSpeedMemory(1, 2);
    const full = table(0, memory);
    for (const name of ["a", "b", "c"]) full.of(name).answered(true, 7, 0, 0);
    expect(full.of("a").expected(true, 0)).toBe(7);
    expect(full.of("c").expected(true, 0)).toBeNull();
  });
});

test("a quantile is within its class of what was measured", () => {
  const speed = table().of("m");
  expect(speed.quantile(true, 0.95)).toBeNull();
  for (let index = 1; index <= 100; index++) speed.answered(true, index * 10, 0, 0);
  expect(speed.quantile(true, 0.5)! / 500).toBeCloseTo(1, 0);
  expect(speed.quantile(true, 0.95)!).toBeGreaterThan(800);
  expect(speed.quantile(true, 0.95)!).toBeLessThan(1130);
  expect(speed.quantile(false, 0.5)).toBeNull();
});

test("the least loaded; equals in order", () => {
  const targets = [target("a", { load: 2 }), target("b", { load: 1 }), target("c", { load: 1 })];
  expect(ranked([by("least_loaded")], targets, saying("Hello"))).toBe("least_loaded: b c a");
});

describe("conditions", () => {
  test("on the request: the rule holds for all models or for none", () => {
    const targets = [target("dear", { rates: [9, 9] }), target("cheap")];
    const rules = [by("cheapest", below("context", 100))];
    expect(ranked(rules, targets, saying("Hello"))).toBe("cheapest: cheap dear");
    expect(ranked(rules, targets, saying("x".repeat(1000)))).toBe("order: dear cheap");
  });

  test("on a model: those that keep it go first, the others are left to the next rule", () => {
    const speeds = table();
    const targets = [
      target("a", { rates: [3, 3], speeds }),
      target("b", { rates: [2, 2], speeds }),
      target("c", { rates: [1, 1], speeds }),
      target("d", { rates: [1, 1], speeds, load: 9 }),
    ];
    for (let count = 0; count < 10; count++) targets[2]!.speed!.answered(true, 900, 0, 1);
    const rules = [by("cheapest", below("p95", 800), below("in_flight", 9)), by("least_loaded")];
    expect(ranked(rules, targets, saying("Hello", { stream: true }))).toBe("cheapest: b a c d");
  });
});

test.each([
  [saying(""), 4],
  [saying("12345678"), 6],
  [saying("ééé"), 6],
  [{ ...EMPTY_REQUEST, system: [{ type: "text", text: "1234" }] }, 1],
  [{ ...EMPTY_REQUEST, tools: [{ name: "abcd", description: "12", parameters: {}, strict: null }] }, 6],
] as const)("tokens are estimated: %#", (request, tokens) => {
  expect(estimatedTokens(request)).toBe(tokens);
});
