/** What is asked of models beside conversations: a constant of the bundle, made of the client's codec and those of the providers that may be asked. */
import type { ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";
import type { OperationName } from "../../runtime/model/operation/operation.ts";
import { type OperationClient, operationOf as entryOf } from "../vocabulary/operations.ts";
import type { Emission } from "./emission.ts";

/** As the runtime exports them; moderations are whole by themselves. */
const CLIENTS: { readonly [Name in OperationClient]: string } = {
  "openai-embeddings": "openaiEmbeddingsClient",
  "gemini-embeddings": "geminiEmbeddingsClient",
  "openai-moderations": "openaiModerations",
  "anthropic-count-tokens": "anthropicCountClient",
  "gemini-count-tokens": "geminiCountClient",
};

const PROVIDERS: {
  readonly [Name in Exclude<OperationName, "moderations">]: {
    readonly make: string;
    readonly codecs: { readonly [Dialect in ProviderDialectName]?: string };
  };
} = {
  embeddings: {
    make: "embeddings",
    codecs: {
      "openai-chat": "openaiEmbedder",
      gemini: "geminiEmbedder",
      bedrock: "bedrockEmbedder",
      cohere: "cohereEmbedder",
      ollama: "ollamaEmbedder",
    },
  },
  "count-tokens": {
    make: "countTokens",
    codecs: {
      anthropic: "anthropicCounter",
      gemini: "geminiCounter",
      bedrock: "bedrockCounter",
      "openai-responses": "openaiResponsesCounter",
    },
  },
};

/** The name of the operation in the generated file. */
export function operationOf(
  emission: Emission,
  client: OperationClient,
  dialects: readonly ProviderDialectName[],
): string {
  const codec = emission.use(CLIENTS[client]);
  const name = entryOf(client)?.operation ?? "moderations";
  if (name === "moderations") return codec;
  const { make, codecs } = PROVIDERS[name];
  const used = dialects.flatMap((dialect) => codecs[dialect] ?? []).map((text) => emission.use(text));
  const maker = emission.use(make);
  const list = used.join(", ");
  return emission.declared(`operation ${client} ${list}`, `${make}Operation`, (constant) => {
    return `const ${constant} = ${maker}(${codec}, [${list}]);`;
  });
}
