/** Whether what a client heard, and what the gateway wrote down of it, may have become of the case. */
import type { ModelAnswer } from "../../../runtime/model/canonical/answer.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import { gather } from "../../../runtime/model/canonical/gather.ts";
import { EMPTY_REQUEST } from "../../../runtime/model/canonical/request.ts";
import { anthropicProvider } from "../../../runtime/model/dialect/anthropic/provider.ts";
import { bedrockProvider } from "../../../runtime/model/dialect/bedrock/provider.ts";
import { cohereProvider } from "../../../runtime/model/dialect/cohere/provider.ts";
import type { ProviderDialect, ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";
import { parseJson } from "../../../runtime/model/dialect/fields.ts";
import { geminiProvider } from "../../../runtime/model/dialect/gemini/provider.ts";
import { ollamaProvider } from "../../../runtime/model/dialect/ollama/provider.ts";
import { openaiChatProvider } from "../../../runtime/model/dialect/openai-chat/provider.ts";
import { openaiResponsesProvider } from "../../../runtime/model/dialect/openai-responses/provider.ts";
import { readPieces } from "../../../runtime/model/testing/streams.ts";
import type { Sound } from "./attacks.ts";
import type { Case } from "./case.ts";
import type { Heard } from "./clients.ts";
import { TOTAL } from "./program.ts";

const READERS: ReadonlyMap<ProviderDialectName, ProviderDialect> = new Map<ProviderDialectName, ProviderDialect>([
  ["openai-chat", openaiChatProvider],
  ["openai-responses", openaiResponsesProvider],
  ["anthropic", anthropicProvider],
  ["gemini", geminiProvider],
  ["bedrock", bedrockProvider],
  ["cohere", cohereProvider],
  ["ollama", ollamaProvider],
]);

/** Both models and every limit of theirs, on a machine that does other things too. */
const LATEST = 2 * TOTAL + 20_000;

/** "" : nothing. */
export function wrongWith(it: Case, heard: Heard, sounds: readonly Sound[]): string {
  if (heard.wrong !== "")
    return `${heard.wrong}: ${heard.status} ${heard.raw.slice(0, 300)} … ${heard.raw.slice(-700)}`;
  if (heard.milliseconds > LATEST) return `it took ${Math.round(heard.milliseconds)} ms`;
  if (heard.status === null) return "";
  const { answer } = heard;
  const answered = answer !== null && "parts" in answer;
  const alone = it.shape === "alone" || it.shape === "told";
  const may = it.shape === "shadowed" ? "right" : it.attack.may;
  if (!answered) return may === "right" ? `an error for a sound answer: ${heard.status} ${heard.raw.slice(-400)}` : "";
  if (alone && may === "wrong") return `an answer out of none: ${heard.raw.slice(-500)}`;
  if (may === "any" || it.shape === "joined") return "";
  const expected = sounds.map((sound) => essence(soundAnswer(sound)));
  const got = essence(answer);
  if (expected.includes(got)) return "";
  return `not what was said: ${got} instead of ${expected.join(" or ")}`;
}

function soundAnswer({ dialect, stream, body }: Sound): ModelAnswer | ModelError | null {
  const reader = READERS.get(dialect)!;
  const request = { ...EMPTY_REQUEST, stream };
  return stream ? gather(readPieces(reader.eventReader(request), [body])) : reader.readAnswer(body, request);
}

/** What every dialect can say: text, and calls with their arguments. */
function essence(answer: ModelAnswer | ModelError | null): string {
  if (answer === null || !("parts" in answer)) return `no answer ${JSON.stringify(answer)}`;
  const texts = answer.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const calls = answer.parts.flatMap((part) =>
    part.type === "tool-call"
      ? [`${part.name} ${JSON.stringify(parseJson(part.arguments)?.value ?? part.arguments)}`]
      : [],
  );
  return JSON.stringify([texts, calls]);
}
