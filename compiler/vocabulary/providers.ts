/** Who provides models, and what clients of models may speak. A provider or dialect stands here once its codec is there. */
import type { ClientDialectName, ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";
import { type Setting, setting } from "./setting.ts";

export interface ProviderEntry {
  readonly word: string;
  readonly dialect: ProviderDialectName;
  /** Models of these names are spoken to in another one; null: none are. */
  readonly others: { readonly models: RegExp; readonly dialect: ProviderDialectName } | null;
  /** As the codec knows it; "" for the dialect's own. */
  readonly variant: string;
  /** Where it stands, where `url` says nothing; null: `url` has to be there. `{region}`: the setting's value. */
  readonly base: string | null;
  readonly key: "required" | "possible";
  /** Whether it may be spoken to in clear text over a network: it stands in one's own. */
  readonly clear: boolean;
  /** Arguments beside the model's name. */
  readonly settings: readonly Setting[];
  /** What the codec calls a setting, where it calls it otherwise. */
  readonly named: { readonly [key: string]: string };
  readonly documentation: string;
  readonly example: string;
}

type Given = Pick<ProviderEntry, "word" | "dialect" | "documentation" | "example"> & Partial<ProviderEntry>;

const provider = (given: Given): ProviderEntry => ({
  variant: "",
  base: null,
  others: null,
  key: "required",
  clear: false,
  settings: [],
  named: {},
  ...given,
});

const chat = (given: Omit<Given, "dialect">): ProviderEntry => provider({ dialect: "openai-chat", ...given });

export const azureSettings: readonly Setting[] = [
  setting({
    key: "version",
    type: { kind: "string" },
    documentation:
      "The API version, for resources that are asked by deployment. Left out: the `v1` API, which needs none.",
    example: 'version: "2024-10-21"',
  }),
];

export const bedrockSettings: readonly Setting[] = [
  setting({
    key: "region",
    type: { kind: "string" },
    required: true,
    documentation: "The AWS region whose endpoint is asked, and for which requests are signed.",
    example: 'region: "eu-central-1"',
  }),
  setting({
    key: "foundation_model",
    type: { kind: "string" },
    documentation:
      "The model of which an application inference profile, an imported model or a deployment is made, where its own name does not tell: what can be asked of it depends on that (the reference has a table of the families).",
    example: 'foundation_model: "anthropic.claude-sonnet-4-5"',
  }),
];

export const vertexSettings: readonly Setting[] = [
  setting({
    key: "project",
    type: { kind: "string" },
    required: true,
    documentation: "The Google Cloud project that is asked, and billed.",
    example: 'project: "my-project"',
  }),
  setting({
    key: "region",
    type: { kind: "string" },
    required: true,
    documentation: "Where the model runs: a region such as `europe-west1`, or `global`.",
    example: 'region: "europe-west1"',
  }),
  setting({
    key: "metadata",
    type: { kind: "string" },
    documentation:
      "The metadata server that tells a machine of Google's who it is, instead of a key: `http://metadata.google.internal`.",
    example: 'metadata: "http://metadata.google.internal"',
  }),
];

export const ollamaSettings: readonly Setting[] = [
  setting({
    key: "context",
    type: { kind: "tokens", min: 1, max: 100_000_000 },
    documentation:
      "How many tokens of context the model is given. Ollama takes few by itself, and cuts what is longer without a word.",
    example: "context: 32ktok",
  }),
  setting({
    key: "keep_alive",
    type: { kind: "string" },
    documentation: 'How long the model stays loaded after a request, as Ollama writes it: "10m"; "-1" for ever.',
    example: 'keep_alive: "10m"',
  }),
];

export const providers: readonly ProviderEntry[] = [
  chat({
    word: "openai",
    base: "https://api.openai.com/v1",
    documentation: "OpenAI's Chat Completions, and with `url` any server that speaks them.",
    example: 'openai("gpt-5.2")',
  }),
  chat({
    word: "azure",
    variant: "azure",
    settings: azureSettings,
    named: { version: "api-version" },
    documentation: "Azure OpenAI, by the name of the deployment. `url` is the resource's.",
    example: 'azure("my-deployment")',
  }),
  chat({
    word: "mistral",
    variant: "mistral",
    base: "https://api.mistral.ai/v1",
    documentation: "Mistral.",
    example: 'mistral("mistral-large-latest")',
  }),
  chat({
    word: "groq",
    variant: "groq",
    base: "https://api.groq.com/openai/v1",
    documentation: "Groq.",
    example: 'groq("llama-3.3-70b-versatile")',
  }),
  chat({
    word: "openrouter",
    variant: "openrouter",
    base: "https://openrouter.ai/api/v1",
    documentation: "OpenRouter.",
    example: 'openrouter("meta-llama/llama-3.3-70b-instruct")',
  }),
  chat({
    word: "deepseek",
    variant: "deepseek",
    base: "https://api.deepseek.com/v1",
    documentation: "DeepSeek.",
    example: 'deepseek("deepseek-chat")',
  }),
  chat({
    word: "vllm",
    variant: "vllm",
    key: "possible",
    clear: true,
    documentation: "A vLLM server of one's own, at `url`.",
    example: 'vllm("meta-llama/Llama-3.3-70B-Instruct")',
  }),
  provider({
    word: "anthropic",
    dialect: "anthropic",
    base: "https://api.anthropic.com",
    documentation:
      "Anthropic. It wants a cap on every answer: the client's, the model's `max_output`, or a choice's `limit`.",
    example: 'anthropic("claude-sonnet-4-5")',
  }),
  provider({
    word: "gemini",
    dialect: "gemini",
    base: "https://generativelanguage.googleapis.com/v1beta",
    documentation: "Gemini, over Google's API for developers.",
    example: 'gemini("gemini-2.5-flash")',
  }),
  provider({
    word: "vertex",
    dialect: "gemini",
    others: { models: /^claude-/, dialect: "anthropic" },
    variant: "vertex",
    base: "https://{region}-aiplatform.googleapis.com/v1",
    key: "possible",
    settings: vertexSettings,
    named: { region: "location" },
    documentation:
      "Vertex AI: Gemini's models, and Anthropic's by names that begin with `claude-`. The key is a service account's, the JSON file that Google gives out (or the same in base64): the gateway has tokens of an hour for it, replaces them in time, and asks for one only once however many requests wait. On Google's own machines `metadata` does without a key.",
    example: 'vertex("gemini-2.5-flash", project: "my-project", region: "europe-west1")',
  }),
  provider({
    word: "openai_responses",
    dialect: "openai-responses",
    base: "https://api.openai.com/v1",
    documentation: "OpenAI's Responses, which some of its models are asked by alone.",
    example: 'openai_responses("gpt-5.2")',
  }),
  provider({
    word: "bedrock",
    dialect: "bedrock",
    base: "https://bedrock-runtime.{region}.amazonaws.com",
    settings: bedrockSettings,
    named: { foundation_model: "family" },
    documentation:
      "Amazon Bedrock's Converse. The key is one of Bedrock's own, or an AWS key as `ID:SECRET` (or `ID:SECRET:SESSION-TOKEN`), with which each request is signed.",
    example: 'bedrock("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", region: "eu-central-1")',
  }),
  provider({
    word: "cohere",
    dialect: "cohere",
    base: "https://api.cohere.com/v2",
    documentation: "Cohere, version 2 of its API.",
    example: 'cohere("command-a-03-2025")',
  }),
  provider({
    word: "ollama",
    dialect: "ollama",
    base: "http://127.0.0.1:11434",
    key: "possible",
    clear: true,
    settings: ollamaSettings,
    named: { context: "num_ctx" },
    documentation: "Ollama's own API, on this machine or at `url`.",
    example: 'ollama("llama3.2")',
  }),
];

export const providerOf: ReadonlyMap<string, ProviderEntry> = new Map(providers.map((entry) => [entry.word, entry]));

/** What stands behind `as`, and the dialect that it means. */
export const clientDialects: ReadonlyMap<string, ClientDialectName> = new Map([
  ["openai.chat", "openai-chat"],
  ["openai.responses", "openai-responses"],
  ["anthropic.messages", "anthropic"],
  ["gemini", "gemini"],
] as const);
