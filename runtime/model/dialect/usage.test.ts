/** What providers may say of what they used and mean nothing by: it must be as unknown as silence, since whoever pays for a call pays for it by that. */
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../canonical/request.ts";
import { Counters } from "./anthropic/usage.ts";
import { readUsage as bedrock } from "./bedrock/usage.ts";
import { readUsage as cohere } from "./cohere/usage.ts";
import { readUsage as gemini } from "./gemini/usage.ts";
import { readUsage as ollama } from "./ollama/usage.ts";
import { readUsage as chat } from "./openai-chat/usage.ts";
import { readUsage as responses } from "./openai-responses/usage.ts";

const NONSENSE: readonly Json[] = [-1, 1e308, "12", "NaN", true, [], {}];

const READERS: readonly (readonly [
  name: string,
  input: string,
  output: string,
  read: (value: JsonObject) => unknown,
])[] = [
  ["openai-chat", "prompt_tokens", "completion_tokens", chat],
  ["openai-responses", "input_tokens", "output_tokens", responses],
  ["anthropic", "input_tokens", "output_tokens", anthropic],
  ["gemini", "promptTokenCount", "candidatesTokenCount", (value) => gemini(value, null)],
  ["bedrock", "inputTokens", "outputTokens", bedrock],
  ["cohere", "input_tokens", "output_tokens", (value) => cohere({ billed_units: value })],
  ["ollama", "prompt_eval_count", "eval_count", ollama],
];

function anthropic(value: JsonObject): unknown {
  const counters = new Counters();
  counters.read(value);
  return counters.usage;
}

test.each(READERS)("%s", (_name, input, output, read) => {
  expect(read({ [input]: 12, [output]: 5 })).toMatchObject({ input: 12, output: 5 });
  for (const nonsense of NONSENSE) {
    expect(read({ [input]: nonsense, [output]: 5 }), JSON.stringify(nonsense)).toBeNull();
    expect(read({ [input]: 12, [output]: nonsense }), JSON.stringify(nonsense)).toBeNull();
  }
  expect(read({ [input]: null, [output]: null })).toBeNull();
  expect(read({})).toBeNull();
});
