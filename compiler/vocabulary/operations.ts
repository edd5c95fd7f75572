/** What can be asked of models beside answers to conversations: the words behind `as`, and which providers are asked for it. */
import type { OperationName } from "../../runtime/model/operation/operation.ts";

export type OperationClient =
  | "openai-embeddings"
  | "gemini-embeddings"
  | "openai-moderations"
  | "anthropic-count-tokens"
  | "gemini-count-tokens";

export interface OperationEntry {
  readonly word: string;
  readonly client: OperationClient;
  readonly operation: OperationName;
  /** In a sentence: "cannot …". */
  readonly does: string;
  readonly documentation: string;
}

export const operations: readonly OperationEntry[] = [
  {
    word: "openai.embeddings",
    client: "openai-embeddings",
    operation: "embeddings",
    does: "make vectors of texts",
    documentation: "OpenAI's `POST /v1/embeddings`.",
  },
  {
    word: "gemini.embeddings",
    client: "gemini-embeddings",
    operation: "embeddings",
    does: "make vectors of texts",
    documentation: "Gemini's `:embedContent` and `:batchEmbedContents`.",
  },
  {
    word: "openai.moderations",
    client: "openai-moderations",
    operation: "moderations",
    does: "judge texts",
    documentation: "OpenAI's `POST /v1/moderations`.",
  },
  {
    word: "anthropic.count_tokens",
    client: "anthropic-count-tokens",
    operation: "count-tokens",
    does: "count tokens",
    documentation: "Anthropic's `POST /v1/messages/count_tokens`.",
  },
  {
    word: "gemini.count_tokens",
    client: "gemini-count-tokens",
    operation: "count-tokens",
    does: "count tokens",
    documentation: "Gemini's `:countTokens`.",
  },
];

/** By the word of the provider. */
export const operationProviders: { readonly [Name in OperationName]: readonly string[] } = {
  embeddings: ["openai", "azure", "mistral", "openrouter", "vllm", "gemini", "bedrock", "cohere", "ollama"],
  moderations: ["openai", "mistral"],
  "count-tokens": ["anthropic", "gemini", "vertex", "bedrock", "openai_responses"],
};

const byClient: ReadonlyMap<string, OperationEntry> = new Map(operations.map((entry) => [entry.client, entry]));

/** Undefined: the client asks for answers to conversations. */
export function operationOf(client: string): OperationEntry | undefined {
  return byClient.get(client);
}

export function isOperationClient(client: string): client is OperationClient {
  return byClient.has(client);
}
