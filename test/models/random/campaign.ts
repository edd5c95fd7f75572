/** Random streams of every provider's dialect, read and written for every client's: so many cases from a seed, each of which can happen again alone. */
import { anthropicProvider } from "../../../runtime/model/dialect/anthropic/provider.ts";
import { bedrockProvider } from "../../../runtime/model/dialect/bedrock/provider.ts";
import { cohereProvider } from "../../../runtime/model/dialect/cohere/provider.ts";
import type { AnswerContext, ProviderDialect, ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";
import { geminiProvider } from "../../../runtime/model/dialect/gemini/provider.ts";
import { ollamaProvider } from "../../../runtime/model/dialect/ollama/provider.ts";
import { openaiChatProvider } from "../../../runtime/model/dialect/openai-chat/provider.ts";
import { openaiResponsesProvider } from "../../../runtime/model/dialect/openai-responses/provider.ts";
import { CONTEXT } from "../../../runtime/model/testing/streams.ts";
import { Random } from "../../fakes/random.ts";
import { CLIENTS } from "../clients.ts";
import { PROVIDER_NAMES, randomBytes } from "./bytes.ts";
import { judge, readStreams, spliced } from "./judge.ts";

export const PROVIDERS: { readonly [Name in ProviderDialectName]: ProviderDialect } = {
  "openai-chat": openaiChatProvider,
  "openai-responses": openaiResponsesProvider,
  anthropic: anthropicProvider,
  gemini: geminiProvider,
  bedrock: bedrockProvider,
  cohere: cohereProvider,
  ollama: ollamaProvider,
};

const JSON_CONTEXT: AnswerContext = { ...CONTEXT, request: { ...CONTEXT.request, format: { kind: "json" } } };

/** In milliseconds of CPU time; one case takes about one. */
const SLOW = 5_000;

/** What is wrong with case `number`; empty: nothing. */
export function runCase(seed: number, number: number): string[] {
  const random = new Random(seed, number);
  const first = PROVIDER_NAMES[number % PROVIDER_NAMES.length]!;
  const client = [...CLIENTS.values()][Math.floor(number / PROVIDER_NAMES.length) % CLIENTS.size]!;
  const context = random.chance(0.9) ? CONTEXT : JSON_CONTEXT;
  const started = process.cpuUsage();
  const streams = [first, ...(random.chance(0.3) ? [random.pick(PROVIDER_NAMES)] : [])].map((name) => {
    const bytes = randomBytes(random, name, context);
    const read = readStreams(PROVIDERS[name], context.request, pieces(bytes, random));
    return { ...read, size: bytes.length };
  });
  const wrong = streams.flatMap((stream) => stream.wrong);
  if (wrong.length > 0) return wrong;
  const size = streams.reduce((sum, stream) => sum + stream.size, 0);
  const answers = [streams[0]!.events];
  if (streams.length > 1 || random.chance(0.1))
    answers.push(
      spliced(
        streams.map(({ events }) => events),
        context.request,
        random.pick([null, "[…]"]),
      ),
    );
  for (const events of answers) wrong.push(...judge(client, events, context, size));
  const { user, system } = process.cpuUsage(started);
  if ((user + system) / 1000 > SLOW) wrong.push(`took ${Math.round((user + system) / 1000)} ms`);
  return wrong;
}

function pieces(bytes: Buffer, random: Random): Buffer[] {
  const most = random.pick([1, 3, 17, 200, 4000, 1_000_000]);
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.between(1, most);
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}
