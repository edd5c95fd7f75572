/** What a faked model says, as its provider would write it: whole, since a gateway takes a whole answer for a stream too; or a stream that breaks off. */
import type { ModelAnswer, ModelEvent } from "../../runtime/model/canonical/answer.ts";
import { EMPTY_REQUEST } from "../../runtime/model/canonical/request.ts";
import type { AnswerContext, ClientDialectName, ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";
import { clients } from "../../runtime/model/dialects.ts";
import { isObject, parseJson } from "../../runtime/model/dialect/fields.ts";
import { fakeOperation } from "../../runtime/model/fake/operations.ts";
import { FAKES } from "../../runtime/model/fake/dialects.ts";
import type { IncomingAnswer, OutgoingRequest } from "../5-plan/interpreter/index.ts";

/** A token for each word. */
const wordsIn = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;

export function spoken(dialect: ProviderDialectName, asked: Uint8Array | null, text: string): IncomingAnswer {
  const input = wordsIn(new TextDecoder().decode(asked ?? new Uint8Array()));
  const body = bodyOf(dialect, text, input, wordsIn(text));
  return { status: 200, headers: ["content-type", "application/json"], body: new TextEncoder().encode(body) };
}

/** What is asked beside conversations: vectors that depend on the text alone, counts by its length, judgements by the word "harm". null: it is a conversation. */
export function madeUp({ target, body }: OutgoingRequest): IncomingAnswer | null {
  const parsed = parseJson(new TextDecoder().decode(body ?? new Uint8Array()))?.value;
  const operation = isObject(parsed) ? fakeOperation(target.split("?")[0] ?? "", parsed) : null;
  if (operation === null) return null;
  const text = JSON.stringify(operation.answer());
  return { status: 200, headers: ["content-type", "application/json"], body: new TextEncoder().encode(text) };
}

/** A stream that says so much, and ends without its end; what was not asked for as a stream never comes. */
export function brokenOff(dialect: ProviderDialectName, asked: OutgoingRequest, text: string): IncomingAnswer {
  const fake = FAKES.get(dialect);
  if (fake === undefined || !isStream(dialect, asked)) return { failure: "protocol" };
  const write = fake.eventWriter(CONTEXT, asked.target.split("?")[1] ?? "");
  const events: ModelEvent[] = [
    { type: "start", id: "fake", model: "fake" },
    { type: "open", index: 0, part: { kind: "text" } },
  ];
  if (text !== "") events.push({ type: "text", index: 0, text });
  const frames = events.map((event) => Buffer.from(write(event)));
  return { status: 200, headers: ["content-type", fake.streamMediaType], body: Buffer.concat(frames) };
}

function isStream(dialect: ProviderDialectName, { target, body }: OutgoingRequest): boolean {
  if (dialect === "gemini") return target.includes(":streamGenerateContent");
  if (dialect === "bedrock") return target.endsWith("/converse-stream");
  return /"stream":\s*true/.test(new TextDecoder().decode(body ?? new Uint8Array()));
}

const CONTEXT: AnswerContext = {
  request: { ...EMPTY_REQUEST, model: "fake" },
  model: "fake",
  created: 0,
  random: (length) => "0".repeat(length),
};

function bodyOf(dialect: ProviderDialectName, text: string, input: number, output: number): string {
  switch (dialect) {
    case "bedrock":
      return JSON.stringify({
        output: { message: { role: "assistant", content: [{ text }] } },
        stopReason: "end_turn",
        usage: { inputTokens: input, outputTokens: output, totalTokens: input + output },
      });
    case "cohere":
      return JSON.stringify({
        id: "fake",
        finish_reason: "COMPLETE",
        message: { role: "assistant", content: [{ type: "text", text }] },
        usage: { tokens: { input_tokens: input, output_tokens: output } },
      });
    case "ollama":
      return JSON.stringify({
        model: "fake",
        message: { role: "assistant", content: text },
        done: true,
        done_reason: "stop",
        prompt_eval_count: input,
        eval_count: output,
      });
    default:
      return written(dialect, text, input, output);
  }
}

/** What is served in a dialect is what its providers answer. */
function written(dialect: ClientDialectName, text: string, input: number, output: number): string {
  const client = clients.get(dialect);
  if (client === undefined) throw new Error(`no codec for ${dialect}`);
  const answer: ModelAnswer = {
    id: "fake",
    model: "fake",
    parts: text === "" ? [] : [{ type: "text", text }],
    stop: { reason: "end", native: "", matched: null },
    usage: { input, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output, reasoning: 0 },
  };
  return client.writeAnswer(answer, CONTEXT);
}
