/** All dialects that the fake provider speaks. Four of them are written by the codecs that speak to clients of the same dialect. */
import type { ClientDialect, ClientPath, ProviderDialectName } from "../dialect/dialect.ts";
import { anthropicClient } from "../dialect/anthropic/client.ts";
import { geminiArrayClient, geminiClient } from "../dialect/gemini/client.ts";
import { readPath } from "../dialect/gemini/path.ts";
import { openaiChatClient } from "../dialect/openai-chat/client.ts";
import { openaiResponsesClient } from "../dialect/openai-responses/client.ts";
import { bedrockFake } from "./bedrock.ts";
import { cohereFake } from "./cohere.ts";
import type { FakeDialect } from "./dialect.ts";
import {
  anthropicFailure,
  anthropicRefusal,
  geminiFailure,
  geminiRefusal,
  openaiFailure,
  openaiRefusal,
} from "./failures.ts";
import { ollamaFake } from "./ollama.ts";

type Rest = Pick<FakeDialect, "match" | "failure" | "refusal">;

function byClient(
  client: ClientDialect,
  rest: Rest,
  writer: (query: string) => ClientDialect = () => client,
): FakeDialect {
  return {
    name: client.name,
    readRequest: (body, path) => client.readRequest(body, path),
    writeAnswer: (answer, context) => client.writeAnswer(answer, context),
    eventWriter: (context, query) => {
      const events = writer(query).eventWriter(context);
      return (event) => events.write(event);
    },
    streamMediaType: client.streamMediaType,
    ...rest,
  };
}

const ending =
  (suffix: string) =>
  (path: string): ClientPath | null =>
    path.endsWith(suffix) ? { model: null, stream: null } : null;

function geminiMatch(path: string, query: string): ClientPath | null {
  const found = readPath(path, query);
  return found?.action === "generate" ? found : null;
}

export const FAKES: ReadonlyMap<ProviderDialectName, FakeDialect> = new Map(
  [
    byClient(openaiChatClient, { match: ending("/chat/completions"), failure: openaiFailure, refusal: openaiRefusal }),
    byClient(openaiResponsesClient, { match: ending("/responses"), failure: openaiFailure, refusal: openaiRefusal }),
    byClient(anthropicClient, { match: ending("/messages"), failure: anthropicFailure, refusal: anthropicRefusal }),
    byClient(geminiClient, { match: geminiMatch, failure: geminiFailure, refusal: geminiRefusal }, (query) =>
      /(?:^|&)alt=sse(?:&|$)/.test(query) ? geminiClient : geminiArrayClient,
    ),
    ollamaFake,
    cohereFake,
    bedrockFake,
  ].map((fake) => [fake.name, fake]),
);
