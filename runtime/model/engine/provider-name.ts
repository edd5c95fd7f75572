/** Who gives a model, in the words of OpenTelemetry's GenAI conventions (`gen_ai.provider.name`). */
import type { ModelOperation } from "../../observe/model-operations.ts";
import type { ModelConfiguration } from "../configuration.ts";

/** Dialects of several providers say who it is by their variant. */
const BY_VARIANT: { readonly [variant: string]: string } = {
  azure: "azure.ai.openai",
  mistral: "mistral_ai",
  groq: "groq",
  openrouter: "openrouter",
  deepseek: "deepseek",
  vllm: "vllm",
  vertex: "gcp.vertex_ai",
};

const BY_DIALECT: { readonly [dialect in ModelConfiguration["dialect"]]: string } = {
  "openai-chat": "openai",
  "openai-responses": "openai",
  anthropic: "anthropic",
  gemini: "gcp.gemini",
  bedrock: "aws.bedrock",
  cohere: "cohere",
  ollama: "ollama",
};

/** The well-known name, or for who has none the word of the language. */
export function providerName({ dialect, variant }: Pick<ModelConfiguration, "dialect" | "variant">): string {
  return BY_VARIANT[variant] ?? BY_DIALECT[dialect];
}

/** What is asked of a model, as metrics and spans call it. `operation`: `gen_ai.operation.name`. */
export function operationOf(
  configuration: Pick<ModelConfiguration, "dialect" | "variant" | "model">,
  operation: string,
): ModelOperation {
  return { operation, provider: providerName(configuration), upstream: configuration.model };
}
