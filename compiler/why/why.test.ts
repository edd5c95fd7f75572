/** What `vgw why FILE` tells of the routes that ask models: the facts, and their text in 100 columns. */
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { plainStyle } from "../diagnostics/render.ts";
import { FEATURES } from "../../runtime/model/dialect/support.ts";
import { reportModels } from "./report.ts";
import { renderRoutes } from "./text.ts";

const MODELS = `
model sonnet { provider: anthropic("claude-sonnet-4-5"), key: secret("K"), clearance: pii, max_output: 4000tok }
model mini { provider: openai("gpt-4.1-mini"), key: secret("K"), clearance: [pii, health] }
model local { provider: ollama("llama3.2"), price: free, clearance: pii, max_output: 1ktok, budget: 500ktok/day, region: eu }
model assistant = choose(sonnet) { fallback: [mini, sonnet], on: [rate, overloaded], limit: 2000tok }
policy employees {
  require request.address in 10.0.0.0/8
  limit 100/min by request.address
}
`;

function reported(source: string) {
  const result = check("main.vgw", (path) => (path === "main.vgw" ? `vgw 1\n${MODELS}${source}` : null));
  expect(result.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return reportModels(result.program);
}

test("edges, clearance, bounds and instructions of a route", () => {
  const [route] = reported(`route POST "/chat" with employees {
  deadline: 60s
  carries: pii
  budget $5/day by request.address then local
  forward assistant as openai.chat { system: "Be brief.", client_system: drop, needs: tools }
}`);
  expect(route).toMatchObject({
    route: "POST /chat",
    open: false,
    policies: ["employees"],
    carries: [{ label: "pii", why: "said" }],
    bounds: [
      { text: "deadline: 60s", policy: null },
      { text: "require request.address in 10.0.0.0/8", policy: "employees" },
      { text: "limit 100/min by request.address", policy: "employees" },
      { text: "budget $5/day by request.address then local", policy: null },
    ],
    forwards: [
      {
        model: "assistant",
        as: "openai.chat",
        prompt: { system: '"Be brief."', clientSystem: "drop" },
        needs: ["tools"],
        choices: [{ name: "assistant", chooses: ["sonnet"] }],
      },
    ],
  });
  expect(route?.forwards[0]?.models.map(({ name, way, passes }) => ({ name, way, passes }))).toEqual([
    { name: "sonnet", way: [{ from: "assistant", by: "choose" }], passes: false },
    { name: "mini", way: [{ from: "assistant", by: "fallback" }], passes: false },
    { name: "local", way: [{ from: "", by: "budget $5/day by request.address then local" }], passes: false },
  ]);
});

test("what bounds a model stands behind the table", () => {
  const routes = reported('route POST "/local" open { forward local as openai.chat }');
  expect(routes[0]?.forwards[0]?.models[0]?.settings).toEqual([
    { key: "budget", value: "500ktok/day" },
    { key: "region", value: "eu" },
  ]);
  expect(renderRoutes(routes, plainStyle)).toMatch(/\n {2}local +budget: 500ktok\/day\n +region: eu\n/);
});

test("a route that asks no model is not told of", () => {
  const routes = reported(`route GET "/" open { reply "hello" }
route POST "/mini" open { forward mini as openai.chat }`);
  expect(routes.map(({ route, carries }) => ({ route, carries }))).toEqual([
    {
      route: "POST /mini",
      carries: [
        { label: "health", why: "cleared" },
        { label: "pii", why: "cleared" },
      ],
    },
  ]);
  expect(routes[0]?.forwards[0]?.models[0]).toMatchObject({ way: [], passes: true });
});

test("the text has every feature and fits 100 columns, however long names are and however many providers there are", () => {
  const words = ["openai", "mistral", "groq", "openrouter", "deepseek", "cohere", "anthropic", "gemini"];
  const many = words.map(
    (word, index) => `model m${index} { provider: ${word}("m${"x".repeat(60)}"), key: secret("K") }`,
  );
  const long = `model a_choice_with_quite_a_long_name_that_somebody_thought_of = choose(m0) {
  fallback: [${words
    .slice(1)
    .map((_, index) => `m${index + 1}`)
    .join(", ")}]
}`;
  const text = renderRoutes(
    reported(`${many.join("\n")}\n${long}
route POST "/chat" open { forward a_choice_with_quite_a_long_name_that_somebody_thought_of as openai.chat }`),
    plainStyle,
  );
  const lines = text.split("\n");
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  const told = (feature: string) =>
    lines.filter((line) => new RegExp(`^  ${feature} +(mapped|emulated|dropped|refused)`).test(line));
  for (const feature of FEATURES) expect(told(feature).length, feature).toBe(2);
  for (const word of words) expect(text).toContain(`  ${word}`);
  expect(text).toContain("cohere audio: refused: Cohere's chat takes no audio");
});
