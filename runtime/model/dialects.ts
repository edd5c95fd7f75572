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
