/**
 * A provider of which a program asks vectors, judgements or counts alone: what it is called and how it tells of errors is all that is needed then, and a bundle is
 * spared the codec of its conversations.
 */
import type { ProviderDialect, ProviderDialectName } from "./dialect.ts";
import { NOT_UNDERSTOOD } from "./failures.ts";
import { readError as readAnthropicError } from "./anthropic/error.ts";
import { readError as readBedrockError } from "./bedrock/error.ts";
import { readError as readCohereError } from "./cohere/error.ts";
import { readError as readGeminiError } from "./gemini/error.ts";
import { readError as readOllamaError } from "./ollama/error.ts";
import { readError as readOpenaiError } from "./openai-common/error.ts";

/** Answers no conversation, and nothing asks it for one. */
function operationsOnly(name: ProviderDialectName, readError: ProviderDialect["readError"]): ProviderDialect {
  return {
    name,
    writeRequest: () => [{ path: "", message: "This model is not asked for conversations." }],
    readAnswer: () => NOT_UNDERSTOOD,
    eventReader: () => ({
      push: () => [],
      finish: () => [{ type: "error", error: NOT_UNDERSTOOD }],
      usage: null,
    }),
    readError,
  };
}

export const openaiChatOperations: ProviderDialect = /* @__PURE__ */ operationsOnly("openai-chat", readOpenaiError);
export const openaiResponsesOperations: ProviderDialect = /* @__PURE__ */ operationsOnly(
  "openai-responses",
  readOpenaiError,
);
export const anthropicOperations: ProviderDialect = /* @__PURE__ */ operationsOnly("anthropic", readAnthropicError);
export const geminiOperations: ProviderDialect = /* @__PURE__ */ operationsOnly("gemini", readGeminiError);
export const bedrockOperations: ProviderDialect = /* @__PURE__ */ operationsOnly("bedrock", readBedrockError);
export const cohereOperations: ProviderDialect = /* @__PURE__ */ operationsOnly("cohere", readCohereError);
export const ollamaOperations: ProviderDialect = /* @__PURE__ */ operationsOnly("ollama", readOllamaError);
