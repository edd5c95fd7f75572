import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../canonical/request.ts";
import { completionTokens, promptTokens, type Usage } from "../../canonical/usage.ts";
import { readUsage as readChat, writeUsage as writeChat } from "../openai-chat/usage.ts";
import { readUsage as readResponses, writeUsage as writeResponses } from "../openai-responses/usage.ts";

const row = (input: number, cacheRead: number, cacheWrite: number, output: number, reasoning: number): Usage => {
  return { input, cacheRead, cacheWrite, cacheWriteHour: 0, output, reasoning };
};

describe("counts of Chat Completions", () => {
  it.each([
    ['{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}', row(10, 0, 0, 4, 0)],
    [
      '{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30},"completion_tokens_details":{"reasoning_tokens":20}}',
      row(10, 60, 30, 30, 20),
    ],
    [
      '{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36}',
      row(36, 64, 0, 5, 0),
    ],
    // Thought beside the completion, as the total says (xAI).
    [
      '{"prompt_tokens":10,"completion_tokens":5,"total_tokens":35,"completion_tokens_details":{"reasoning_tokens":20}}',
      row(10, 0, 0, 5, 20),
    ],
    [
      '{"prompt_tokens":10,"completion_tokens":30,"total_tokens":60,"completion_tokens_details":{"reasoning_tokens":20}}',
      row(10, 0, 0, 30, 20),
    ],
    // Cached beside the prompt: more than all cannot be inside of it.
    [
      '{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":60}}',
      row(10, 60, 0, 1, 0),
    ],
    [
      '{"prompt_tokens":3,"completion_tokens":2,"total_tokens":null,"prompt_tokens_details":{"cached_tokens":null},"completion_tokens_details":[]}',
      row(3, 0, 0, 2, 0),
    ],
    // What cannot be is not nothing: a call that is paid for must not be free.
    ['{"prompt_tokens":-1,"completion_tokens":2}', null],
    ['{"prompt_tokens":"12","completion_tokens":2}', null],
    ['{"prompt_tokens":1e300,"completion_tokens":2}', null],
    ['{"prompt_tokens":12}', null],
    ['{"prompt_tokens":12,"completion_tokens":null}', null],
    ['{"prompt_tokens":12,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":-5}}', null],
  ])("%s", (text, usage) => expect(readChat(JSON.parse(text))).toEqual(usage));

  it.each([null, {}, [], "x", 5, undefined])("%j is none", (value) => expect(readChat(value)).toBeNull());
});

describe("counts of Responses", () => {
  it.each([
    [
      '{"input_tokens":100,"input_tokens_details":{"cached_tokens":60,"cache_write_tokens":30},"output_tokens":50,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":150}',
      row(10, 60, 30, 30, 20),
    ],
    ['{"input_tokens":1,"output_tokens":2}', row(1, 0, 0, 2, 0)],
  ])("%s", (text, usage) => expect(readResponses(JSON.parse(text))).toEqual(usage));
});

const counter = fc.nat(1_000_000);
const usages = fc.record({
  input: counter,
  cacheRead: counter,
  cacheWrite: counter,
  cacheWriteHour: counter,
  output: fc.integer({ min: 1, max: 1_000_000 }),
  reasoning: counter,
});

describe("counts as they are written", () => {
  it("hold what has to hold, and come back", () => {
    fc.assert(
      fc.property(usages, (usage) => {
        const chat: { [name: string]: number } & { prompt_tokens_details: { cached_tokens: number } } = JSON.parse(
          writeChat(usage),
        );
        expect(chat.total_tokens).toBe((chat.prompt_tokens ?? 0) + (chat.completion_tokens ?? 0));
        expect(chat.prompt_tokens_details.cached_tokens).toBeLessThanOrEqual(chat.prompt_tokens ?? 0);
        const merged = { ...usage, cacheWrite: usage.cacheWrite + usage.cacheWriteHour, cacheWriteHour: 0 };
        expect(readChat(JSON.parse(writeChat(usage)))).toEqual(merged);
        expect(readResponses(JSON.parse(writeResponses(usage)))).toEqual(merged);
      }),
    );
  });

  it("lose nothing of what was used, whatever a server sends", () => {
    const number = fc.oneof(fc.nat(1000), fc.constantFrom(-1, 0.5, null, "x", 1e300));
    const sent = fc.record({
      prompt_tokens: number,
      completion_tokens: number,
      total_tokens: number,
      prompt_tokens_details: fc.record({ cached_tokens: number, cache_write_tokens: number }),
      completion_tokens_details: fc.record({ reasoning_tokens: number }),
    });
    fc.assert(
      fc.property(sent, (value) => {
        const usage = readChat(value as Json);
        const { prompt_tokens_details: inside, completion_tokens_details: thought } = value;
        const wrong = [inside.cached_tokens, inside.cache_write_tokens, thought.reasoning_tokens].some(
          (count) => count !== null && (typeof count !== "number" || count < 0 || count > 1e15),
        );
        const all = [value.prompt_tokens, value.completion_tokens];
        const nonsense = wrong || all.some((count) => typeof count !== "number" || count < 0 || count > 1e15);
        expect(usage === null).toBe(nonsense);
        if (usage === null) return;
        for (const count of Object.values(usage)) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
        const sane = (count: unknown) =>
          typeof count === "number" && count >= 0 && count < 1e9 ? Math.round(count) : 0;
        expect(promptTokens(usage)).toBeGreaterThanOrEqual(sane(value.prompt_tokens));
        expect(completionTokens(usage)).toBeGreaterThanOrEqual(sane(value.completion_tokens));
        expect(usage.reasoning).toBe(sane(value.completion_tokens_details.reasoning_tokens));
      }),
    );
  });
});
