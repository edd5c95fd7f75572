/** All codecs by the names of their dialects: for whoever does not know beforehand which ones are needed, such as the compiler's interpreter. Never in a bundle. */
import type { ClientDialect, ClientDialectName, ProviderDialect, ProviderDialectName } from "./dialect/dialect.ts";
import {
  anthropicClient,
  anthropicProvider,
  bedrockProvider,
  cohereProvider,
  geminiClient,
  geminiProvider,
  ollamaProvider,
  openaiChatClient,
  openaiChatProvider,
  openaiResponsesClient,
  openaiResponsesProvider,
} from "./index.ts";
import {
  anthropicCountClient,
  anthropicCounter,
  bedrockCounter,
  bedrockEmbedder,
  cohereEmbedder,
  countTokens,
  embeddings,
  geminiCountClient,
  geminiCounter,
  geminiEmbedder,
  geminiEmbeddingsClient,
  ollamaEmbedder,
  openaiEmbedder,
  openaiEmbeddingsClient,
  openaiModerations,
  openaiResponsesCounter,
} from "./index.ts";
import type { FaultWriter } from "../http/exchange.ts";
import type { FaultDialect } from "./dialect/fault.ts";
import { anthropicFault, geminiFault, openaiFault } from "./index.ts";
import type { Operation } from "./operation/operation.ts";

/** How errors of the gateway's own are told, by whose words. */
export const faults: { readonly [Name in FaultDialect]: FaultWriter } = {
  openai: openaiFault,
  anthropic: anthropicFault,
  gemini: geminiFault,
};

export const clients: ReadonlyMap<ClientDialectName, ClientDialect> = new Map(
  [openaiChatClient, openaiResponsesClient, anthropicClient, geminiClient].map((client) => [client.name, client]),
);

export const providers: ReadonlyMap<ProviderDialectName, ProviderDialect> = new Map(
  [
    openaiChatProvider,
    openaiResponsesProvider,
    anthropicProvider,
    geminiProvider,
    bedrockProvider,
    cohereProvider,
    ollamaProvider,
  ].map((provider) => [provider.name, provider]),
);

const embedders = [openaiEmbedder, geminiEmbedder, bedrockEmbedder, cohereEmbedder, ollamaEmbedder];
const counters = [anthropicCounter, geminiCounter, bedrockCounter, openaiResponsesCounter];

/** What is no conversation, by what its clients ask. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ["openai-embeddings", embeddings(openaiEmbeddingsClient, embedders)],
  ["gemini-embeddings", embeddings(geminiEmbeddingsClient, embedders)],
  ["openai-moderations", openaiModerations],
  ["anthropic-count-tokens", countTokens(anthropicCountClient, counters)],
  ["gemini-count-tokens", countTokens(geminiCountClient, counters)],
]);
