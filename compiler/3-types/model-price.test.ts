/** Prices that a program writes: what it leaves out is never less than what the provider asks. */
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { modelPrice } from "./model-price.ts";

function rates(provider: string, price: string) {
  const text = `vgw 1
model m { provider: ${provider}, key: secret("K"), max_output: 100tok, price: ${price} }
route POST "/" open { forward m as openai.chat }
`;
  const { program } = check("a.vgw", (path) => (path === "a.vgw" ? text : null));
  const [model] = program.models;
  return model === undefined ? null : modelPrice(model)?.rates;
}

const PLAIN = "{ in: $3/Mtok, cached: $0.3/Mtok, out: $15/Mtok }";

test.each([
  ['openai("gpt-5.2")', PLAIN, 3_000_000, 3_000_000],
  ['anthropic("claude-sonnet-4-5")', PLAIN, 3_750_000, 6_000_000],
  ['bedrock("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", region: "eu-central-1")', PLAIN, 3_750_000, 6_000_000],
  ['openrouter("anthropic/claude-sonnet-4.5")', PLAIN, 3_750_000, 6_000_000],
  ['anthropic("claude-sonnet-4-5")', "{ in: $3/Mtok, cache_write: $4/Mtok, out: $15/Mtok }", 4_000_000, 6_400_000],
  ['anthropic("claude-sonnet-4-5")', "{ in: $0.000001/Mtok, out: $15/Mtok }", 2, 4],
  ['anthropic("claude-sonnet-4-5")', "free", 0, 0],
])("%s %s", (provider, price, cacheWrite, cacheWriteHour) => {
  expect(rates(provider, price)).toMatchObject({ cacheWrite, cacheWriteHour });
});
