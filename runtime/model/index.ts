/** The codecs that generated code hands to the host: a bundle holds those of its program's models and no others. */
import type { ClientDialect } from "./dialect/dialect.ts";
import { geminiArrayClient, geminiClient as geminiEventsClient } from "./dialect/gemini/client.ts";
import { readPath } from "./dialect/gemini/path.ts";

export { anthropicFault } from "./dialect/anthropic/fault.ts";
export { geminiFault } from "./dialect/gemini/fault.ts";
export { openaiFault } from "./dialect/openai-common/fault.ts";

export { anthropicClient } from "./dialect/anthropic/client.ts";
export { anthropicProvider } from "./dialect/anthropic/provider.ts";
export { bedrockProvider } from "./dialect/bedrock/provider.ts";
export { cohereProvider } from "./dialect/cohere/provider.ts";
export { geminiProvider } from "./dialect/gemini/provider.ts";
export { ollamaProvider } from "./dialect/ollama/provider.ts";
export { openaiChatClient } from "./dialect/openai-chat/client.ts";
export { openaiChatProvider } from "./dialect/openai-chat/provider.ts";
export { openaiResponsesClient } from "./dialect/openai-responses/client.ts";
export { openaiResponsesProvider } from "./dialect/openai-responses/provider.ts";

export { anthropicCountClient, anthropicCounter } from "./dialect/anthropic/count.ts";
export { bedrockCounter } from "./dialect/bedrock/count.ts";
export { bedrockEmbedder } from "./dialect/bedrock/embeddings.ts";
export { cohereEmbedder } from "./dialect/cohere/embeddings.ts";
export { geminiCountClient, geminiCounter } from "./dialect/gemini/count.ts";
export { geminiEmbedder, geminiEmbeddingsClient } from "./dialect/gemini/embeddings.ts";
export { ollamaEmbedder } from "./dialect/ollama/embeddings.ts";
export { openaiEmbedder, openaiEmbeddingsClient } from "./dialect/openai-chat/embeddings.ts";
export { openaiModerations } from "./dialect/openai-chat/moderations.ts";
export { openaiResponsesCounter } from "./dialect/openai-responses/count.ts";
export {
  anthropicOperations,
  bedrockOperations,
  cohereOperations,
  geminiOperations,
  ollamaOperations,
  openaiChatOperations,
  openaiResponsesOperations,
} from "./dialect/operations-only.ts";
export { countTokens } from "./operation/count-tokens.ts";
export { embeddings } from "./operation/embeddings.ts";

/** The URL says which model, whether to stream, and in which form. */
export const geminiClient: ClientDialect = {
  ...geminiEventsClient,
  readUrl: (path, query) => {
    const found = readPath(path, query);
    if (found === null || found.action !== "generate") return null;
    return { path: found, client: found.stream && found.form === "array" ? geminiArrayClient : geminiEventsClient };
  },
};
