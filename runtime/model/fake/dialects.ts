/** All dialects that the fake provider speaks, and where. Four of them are written by the codecs that speak to clients of the same dialect. */
import type { ClientDialect, ClientPath, ProviderDialectName } from "../dialect/dialect.ts";
import { anthropicClient } from "../dialect/anthropic/client.ts";
import { geminiArrayClient, geminiClient } from "../dialect/gemini/client.ts";
import { readPath } from "../dialect/gemini/path.ts";
import { openaiChatClient } from "../dialect/openai-chat/client.ts";
import { openaiResponsesClient } from "../dialect/openai-responses/client.ts";
import { azureDeployments, azureLatest } from "./azure.ts";
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
import { vertexFakes } from "./vertex.ts";

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

const chat = byClient(openaiChatClient, {
  match: ending("/chat/completions"),
  failure: openaiFailure,
  refusal: openaiRefusal,
});
const responses = byClient(openaiResponsesClient, {
  match: ending("/responses"),
  failure: openaiFailure,
  refusal: openaiRefusal,
});
const anthropic = byClient(anthropicClient, {
  match: ending("/messages"),
  failure: anthropicFailure,
  refusal: anthropicRefusal,
});
const gemini = byClient(
  geminiClient,
  { match: geminiMatch, failure: geminiFailure, refusal: geminiRefusal },
  (query) => (/(?:^|&)alt=sse(?:&|$)/.test(query) ? geminiClient : geminiArrayClient),
);

export const FAKES: ReadonlyMap<ProviderDialectName, FakeDialect> = new Map(
  [chat, responses, anthropic, gemini, ollamaFake, cohereFake, bedrockFake].map((fake) => [fake.name, fake]),
);

/** Providers whose dialects are others', with paths and credentials of their own. */
export type FakeName = ProviderDialectName | "azure" | "vertex";

/** Of two that know a path the first is asked. */
const SERVED: readonly (readonly [FakeName, FakeDialect])[] = [
  ...vertexFakes(gemini, anthropic).map((fake): [FakeName, FakeDialect] => ["vertex", fake]),
  ["azure", azureDeployments(chat)],
  ...FAKES,
  ...azureLatest(chat, responses).map((fake): [FakeName, FakeDialect] => ["azure", fake]),
];

/** In the order in which users are told them. */
export const FAKE_NAMES: readonly FakeName[] = [...FAKES.keys(), "azure", "vertex"];

/** `names`: the only ones; none: all. */
export function servedBy(names: readonly FakeName[]): readonly FakeDialect[] {
  return SERVED.filter(([name]) => names.length === 0 || names.includes(name)).map(([, fake]) => fake);
}

/** Paths that have a provider of their own are nobody else's, even where that one is not served. */
export function isAt({ place }: FakeDialect, path: string): boolean {
  return place === undefined ? !/^\/openai\/deployments\/|\/publishers\//.test(path) : place.test(path);
}
