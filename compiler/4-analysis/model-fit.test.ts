/** What the built-in list of announced ends says of a program's models, and who has the last word; what is said of models whose family is not known. */
import { expect, test } from "vitest";
import { check } from "../check.ts";

function told(model: string): readonly string[] {
  const text = `vgw 1
model m { ${model}, key: secret("K"), max_output: 100tok }
route POST "/" open { forward m as openai.chat }
`;
  const { diagnostics } = check("a.vgw", (path) => (path === "a.vgw" ? text : null));
  return diagnostics.map(({ code, message, help }) => `${code} ${message} ${help ?? ""}`);
}

test("an end that the provider has announced is told with day, successor and source", () => {
  expect(told('provider: openai("gpt-4.1-mini")')).toEqual([
    expect.stringMatching(/^VGW8012 .*gpt-4\.1-mini.*2027-01-14.*gpt-6-luna.*https:.*as of 2026-/),
  ]);
});

test.each([
  ['provider: openai("gpt-4.1-mini"), deprecated: never', []],
  ['provider: openai("gpt-4.1-mini"), url: "https://proxy.example/v1"', []],
  ['provider: azure("gpt-4.1-mini"), url: "https://x.openai.azure.com"', []],
  ['provider: openai("gpt-4.1-mini-of-ours")', []],
  ['provider: openai("gpt-4.1-mini"), deprecated: 2026-12-24', ["VGW8010"]],
  ['provider: openai("gpt-5.2"), deprecated: 2026-12-24', ["VGW8010"]],
  ['provider: openai("gpt-5.2"), deprecated: soon', ["VGW3021"]],
  ['provider: bedrock("amazon.nova-lite-v1:0", region: "us-east-1")', []],
  ['provider: bedrock("somebody.new-v1:0", region: "us-east-1")', ["VGW8011"]],
  ['provider: bedrock("imported", region: "us-east-1", foundation_model: "meta.llama3-3-70b-instruct")', []],
  ['provider: bedrock("imported", region: "us-east-1", foundation_model: "imported")', ["VGW8011"]],
  ['provider: bedrock("amazon.titan-text-express-v1", region: "us-east-1"), supports: [tools]', ["VGW7036"]],
  ['provider: bedrock("amazon.nova-micro-v1:0", region: "us-east-1"), supports: [tools, images]', ["VGW7036"]],
  ['provider: bedrock("amazon.nova-pro-v1:0", region: "us-east-1"), supports: [tools, images]', []],
])("%s", (model, codes) => {
  expect(told(model).map((text) => text.slice(0, 7))).toEqual(codes);
});

test.each([
  ['openai("text-embedding-3-small")', []],
  ['openai("text-embedding-4")', ["VGW7012"]],
  ['bedrock("amazon.titan-embed-text-v2:0", region: "us-east-1")', ["VGW7012"]],
])("what makes vectors needs a price under a budget, and no cap: %s", (provider, codes) => {
  const text = `vgw 1
model m { provider: ${provider}, key: secret("K"), budget: $1/day }
route POST "/" open { forward m as openai.embeddings }
`;
  const { diagnostics } = check("a.vgw", (path) => (path === "a.vgw" ? text : null));
  expect(diagnostics.map(({ code }) => code)).toEqual(codes);
});
