/** How each client dialect writes the same question, and what it makes of the answer: the four corners that the matrix compares. */
import type { ModelAnswer } from "../../runtime/model/canonical/answer.ts";
import type { ModelError } from "../../runtime/model/canonical/error.ts";
import { gather } from "../../runtime/model/canonical/gather.ts";
import type { Json, ModelRequest } from "../../runtime/model/canonical/request.ts";
import { anthropicClient } from "../../runtime/model/dialect/anthropic/client.ts";
import { anthropicProvider } from "../../runtime/model/dialect/anthropic/provider.ts";
import type { ClientDialect, ClientDialectName, ProviderDialect } from "../../runtime/model/dialect/dialect.ts";
import { geminiClient } from "../../runtime/model/dialect/gemini/client.ts";
import { geminiProvider } from "../../runtime/model/dialect/gemini/provider.ts";
import { openaiChatClient } from "../../runtime/model/dialect/openai-chat/client.ts";
import { openaiChatProvider } from "../../runtime/model/dialect/openai-chat/provider.ts";
import { openaiResponsesClient } from "../../runtime/model/dialect/openai-responses/client.ts";
import { openaiResponsesProvider } from "../../runtime/model/dialect/openai-responses/provider.ts";
import { checkEvents } from "../../runtime/model/testing/check-events.ts";
import { readText } from "../../runtime/model/testing/streams.ts";

export interface Question {
  readonly text: string;
  readonly system?: string;
  readonly tools?: readonly { readonly name: string; readonly parameters: Json }[];
  readonly image?: boolean;
  readonly most?: number;
  readonly stop?: string;
  readonly stream: boolean;
}

export interface Client {
  readonly dialect: ClientDialect;
  /** Reads what the client is given, as a client of this dialect would. */
  readonly reader: ProviderDialect;
  readonly body: (question: Question) => Json;
  /** What is wrong with a stream's frame, beside what the reader finds. */
  readonly terminators: (raw: string) => number;
  /** prompt, cached, completion, reasoning, total, as the client is told. */
  readonly usage: (answer: { readonly [name: string]: unknown }) => Counts;
}

export interface Counts {
  readonly prompt: number;
  readonly cached: number;
  readonly completion: number;
  readonly reasoning: number;
  readonly total: number;
}

const PNG = "iVBORw0KGgo=";

/** A value by a path such as "usage.prompt_tokens"; 0 where there is none. */
function count(value: unknown, path: string): number {
  let at = value;
  for (const name of path.split(".")) {
    at = typeof at === "object" && at !== null ? new Map(Object.entries(at)).get(name) : undefined;
  }
  return typeof at === "number" ? at : 0;
}

const occurrences = (raw: string, pattern: RegExp): number => [...raw.matchAll(pattern)].length;

function chatBody({ text, system, tools, image, most, stop, stream }: Question): Json {
  const content: Json = image
    ? [
        { type: "text", text },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
      ]
    : text;
  return {
    model: "public",
    messages: [...(system === undefined ? [] : [{ role: "system", content: system }]), { role: "user", content }],
    max_completion_tokens: most ?? 10_000,
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    ...(stop === undefined ? {} : { stop }),
    ...(tools === undefined
      ? {}
      : { tools: tools.map((tool) => ({ type: "function", function: { ...tool, description: "A tool." } })) }),
  };
}

function responsesBody({ text, system, tools, image, most, stream }: Question): Json {
  const picture: Json[] = image
    ? [{ type: "input_image", detail: "auto", image_url: `data:image/png;base64,${PNG}` }]
    : [];
  return {
    model: "public",
    input: [{ role: "user", content: [{ type: "input_text", text }, ...picture] }],
    max_output_tokens: most ?? 10_000,
    stream,
    store: false,
    ...(system === undefined ? {} : { instructions: system }),
    ...(tools === undefined
      ? {}
      : { tools: tools.map((tool) => ({ type: "function", strict: false, description: "A tool.", ...tool })) }),
  };
}

function anthropicBody({ text, system, tools, image, most, stop, stream }: Question): Json {
  const picture: Json[] = image
    ? [{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }]
    : [];
  return {
    model: "public",
    messages: [{ role: "user", content: [{ type: "text", text }, ...picture] }],
    max_tokens: most ?? 10_000,
    stream,
    ...(system === undefined ? {} : { system }),
    ...(stop === undefined ? {} : { stop_sequences: [stop] }),
    ...(tools === undefined
      ? {}
      : { tools: tools.map(({ name, parameters }) => ({ name, description: "A tool.", input_schema: parameters })) }),
  };
}

function geminiBody({ text, system, tools, image, most, stop }: Question): Json {
  const picture: Json[] = image ? [{ inlineData: { mimeType: "image/png", data: PNG } }] : [];
  return {
    contents: [{ role: "user", parts: [{ text }, ...picture] }],
    generationConfig: { maxOutputTokens: most ?? 10_000, ...(stop === undefined ? {} : { stopSequences: [stop] }) },
    ...(system === undefined ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...(tools === undefined
      ? {}
      : {
          tools: [
            {
              functionDeclarations: tools.map(({ name, parameters }) => ({
                name,
                description: "A tool.",
                parametersJsonSchema: parameters,
              })),
            },
          ],
        }),
  };
}

export const CLIENTS: ReadonlyMap<ClientDialectName, Client> = new Map<ClientDialectName, Client>([
  [
    "openai-chat",
    {
      dialect: openaiChatClient,
      reader: openaiChatProvider,
      body: chatBody,
      terminators: (raw) => occurrences(raw, /^data: \[DONE\]$/gm) + occurrences(raw, /^data: \{"error"/gm),
      usage: (answer) => ({
        prompt: count(answer, "usage.prompt_tokens"),
        cached: count(answer, "usage.prompt_tokens_details.cached_tokens"),
        completion: count(answer, "usage.completion_tokens"),
        reasoning: count(answer, "usage.completion_tokens_details.reasoning_tokens"),
        total: count(answer, "usage.total_tokens"),
      }),
    },
  ],
  [
    "openai-responses",
    {
      dialect: openaiResponsesClient,
      reader: openaiResponsesProvider,
      body: responsesBody,
      // A failure is told twice, as an error and as the response's end, as OpenAI does.
      terminators: (raw) =>
        occurrences(raw, /^event: response\.(completed|incomplete)$/gm) +
        Math.min(1, occurrences(raw, /^event: (response\.failed|error)$/gm)),
      usage: (answer) => ({
        prompt: count(answer, "usage.input_tokens"),
        cached: count(answer, "usage.input_tokens_details.cached_tokens"),
        completion: count(answer, "usage.output_tokens"),
        reasoning: count(answer, "usage.output_tokens_details.reasoning_tokens"),
        total: count(answer, "usage.total_tokens"),
      }),
    },
  ],
  [
    "anthropic",
    {
      dialect: anthropicClient,
      reader: anthropicProvider,
      body: anthropicBody,
      terminators: (raw) => occurrences(raw, /^event: (message_stop|error)$/gm),
      usage: (answer) => {
        const cached = count(answer, "usage.cache_read_input_tokens");
        const prompt =
          count(answer, "usage.input_tokens") + cached + count(answer, "usage.cache_creation_input_tokens");
        const completion = count(answer, "usage.output_tokens");
        return {
          prompt,
          cached,
          completion,
          reasoning: count(answer, "usage.output_tokens_details.thinking_tokens"),
          total: prompt + completion,
        };
      },
    },
  ],
  [
    "gemini",
    {
      dialect: geminiClient,
      reader: geminiProvider,
      body: geminiBody,
      terminators: (raw) => occurrences(raw, /"finishReason"/g) + occurrences(raw, /^data: \{"error"/gm),
      usage: (answer) => {
        const reasoning = count(answer, "usageMetadata.thoughtsTokenCount");
        return {
          prompt: count(answer, "usageMetadata.promptTokenCount"),
          cached: count(answer, "usageMetadata.cachedContentTokenCount"),
          completion: count(answer, "usageMetadata.candidatesTokenCount") + reasoning,
          reasoning,
          total: count(answer, "usageMetadata.totalTokenCount"),
        };
      },
    },
  ],
]);

/** What a client of the dialect reads from a stream, and whether its order is right. */
export function readStream(client: Client, request: ModelRequest, raw: string): ModelAnswer | ModelError | null {
  const events = readText(client.reader.eventReader(request), raw);
  const wrong = checkEvents(events);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  return gather(events);
}
