/** The most that a route's requests can cost: bounds of prompts and answers, sums over all that may be asked, and why nothing bounds it. */
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { costsJson, costsOf, costsText } from "./costs.ts";

const MODELS = `
model mini { provider: openai("gpt-4.1-mini"), key: secret("K"), max_output: 4000tok }
model own { provider: vllm("llama"), url: "http://127.0.0.1:9/v1", price: { in: $1/Mtok, out: $2/Mtok } }
model free_one { provider: ollama("llama3.2"), price: free, max_output: 1ktok }
model assistant = choose(mini) { fallback: [own], limit: 1000tok, budget: $25/day by request.address then free_one }
policy visitors { limit 60/min by request.address { burst: 10 } }
`;

function costs(route: string) {
  const result = check("main.vgw", (path) => (path === "main.vgw" ? `vgw 1\n${MODELS}${route}` : null));
  expect(result.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return costsOf(result.program);
}

test("prompts end with the context, answers with the smallest cap, and a request may have to pay for all that are asked", () => {
  const [route] = costs(`route POST "/chat" open with visitors {
  body: 2MB
  limit 600/h
  forward assistant as openai.chat
}`);
  expect(costsJson(route === undefined ? [] : [route])).toMatchObject([
    {
      body: 2_000_000,
      models: [
        { model: "mini", way: "choose of assistant", prompt: 1_047_576, output: 1000 },
        { model: "own", way: "fallback of assistant", output: 1000, prompt: 62_500 * 50_000 + 1088 },
        { model: "free_one", way: "budget of assistant", output: 1000, worst: { amount: "0" } },
      ],
      budgets: ["assistant: $25/day by request.address then free_one"],
    },
  ]);
  // A million-token prompt at $0.40 and a thousand tokens at $1.60; and what one's own server asks.
  const mini = 1_047_576n * 400_000n + 1000n * 1_600_000n;
  const own = (62_500n * 50_000n + 1088n) * 1_000_000n + 1000n * 2_000_000n;
  expect(route?.request?.get("USD")).toBe(mini + own);
  expect(route?.limits.map(({ limit, minute }) => [limit, minute?.get("USD")])).toEqual([
    ["600/h", (mini + own) * 610n],
    ["60/min by request.address", (mini + own) * 70n],
  ]);
});

test("without a price, or a cap, it says so", () => {
  const unknown = `model strange { provider: openai("no-such-model"), key: secret("K"), max_output: 10tok }
model endless { provider: vllm("x"), url: "http://127.0.0.1:9/v1", price: { in: $1/Mtok, out: $2/Mtok } }
route POST "/strange" open { forward strange as openai.chat }
route POST "/endless" open { forward endless as openai.chat }
route GET "/nothing" open { reply 204 }`;
  const routes = costs(unknown);
  expect(routes.map(({ models, request }) => [models[0]?.reason, request])).toEqual([
    ["its price is not known", null],
    ["an answer may be of any length: give it max_output", null],
  ]);
  expect(costsText(routes)).toContain("no limit: nothing bounds how many calls there are");
  expect(costsText([])).toBe("no route asks a model\n");
});

test("vectors have no output, and counting tokens costs nothing", () => {
  const [route, ...others] = costs(`
model vectors { provider: openai("text-embedding-3-small"), key: secret("K"), price: { in: $1/Mtok, out: $0/Mtok } }
model claude { provider: anthropic("claude-sonnet-4-5"), key: secret("K") }
route POST "/vectors" open { body: 1KB; forward vectors as openai.embeddings }
route POST "/count" open { forward claude as anthropic.count_tokens }`);
  expect(others).toEqual([]);
  expect(route?.models).toMatchObject([{ model: "vectors", output: 0, reason: "" }]);
});
