/** Lists of models, as each provider tells which ones it has: the fake takes any name, and tells the ones that show what it can do. */
import type { FakeDialect, FakeFailure } from "./dialect.ts";
import { isAt } from "./dialects.ts";
import type { FakeRequest } from "./respond.ts";

const NAMES = ["fake", "fake-slow", "fake-429", "fake-tools", "fake-think"] as const;
/** 2023-11-14. */
const CREATED = 1_700_000_000;
const CREATED_TEXT = "2023-11-14T22:13:20Z";

type Rows = (names: readonly string[]) => object;

const openai: Rows = (names) => ({
  object: "list",
  data: names.map((id) => ({ id, object: "model", created: CREATED, owned_by: "fake" })),
});
const anthropic: Rows = (names) => ({
  data: names.map((id) => ({ type: "model", id, display_name: id, created_at: CREATED_TEXT })),
  has_more: false,
  first_id: names[0] ?? null,
  last_id: names.at(-1) ?? null,
});
const gemini: Rows = (names) => ({
  models: names.map((name) => ({
    name: `models/${name}`,
    displayName: name,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent", "countTokens", "embedContent"],
  })),
});
const ollama: Rows = (names) => ({
  models: names.map((name) => ({ name, model: name, modified_at: CREATED_TEXT, size: 0, digest: "0", details: {} })),
});
const bedrock: Rows = (names) => ({
  modelSummaries: names.map((modelId) => ({
    modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${modelId}`,
    modelId,
    modelName: modelId,
    providerName: "Fake",
    inputModalities: ["TEXT", "IMAGE"],
    outputModalities: ["TEXT"],
    responseStreamingSupported: true,
  })),
});
const cohere: Rows = (names) => ({
  models: names.map((name) => ({ name, endpoints: ["chat"], context_length: 128_000 })),
});

/** The path, whose it is, and what it tells. */
const LISTS: readonly (readonly [RegExp, FakeDialect["name"], Rows])[] = [
  [/^\/v1beta\/models$/, "gemini", gemini],
  [/^\/api\/tags$/, "ollama", ollama],
  [/^\/foundation-models$/, "bedrock", bedrock],
  [/^(\/openai)?(\/v1)?\/models$/, "openai-chat", openai],
  [/^\/v1\/models$/, "openai-responses", openai],
  [/^\/v1\/models$/, "anthropic", anthropic],
  [/^\/v1\/models$/, "cohere", cohere],
];

/** Null: nothing of this is here. */
export function listOfModels(
  { method, path, credentials }: FakeRequest,
  dialects: readonly FakeDialect[],
): FakeFailure | null {
  if (method !== "GET") return null;
  const served = new Set(dialects.filter((dialect) => isAt(dialect, path)).map(({ name }) => name));
  const rows = LISTS.filter(([pattern, name]) => served.has(name) && pattern.test(path));
  // OpenAI's and Anthropic's clients ask at one path, and say which they are.
  const wanted =
    credentials?.headers["anthropic-version"] === undefined ? rows[0] : rows.find(([, name]) => name === "anthropic");
  const found = wanted ?? rows[0];
  return found === undefined ? null : { status: 200, headers: [], body: found[2](NAMES) };
}
