/** What has come of an answer, and when everything of its usage has been told. */
import { expect, it } from "vitest";
import type { ModelEvent } from "../canonical/answer.ts";
import { NO_USAGE } from "../canonical/usage.ts";
import { Intake } from "./intake.ts";

const USAGE: ModelEvent = { type: "usage", usage: NO_USAGE };
const STOP: ModelEvent = { type: "stop", stop: { reason: "end", native: "stop", matched: null } };
const TEXT: ModelEvent = { type: "text", index: 0, text: "Grüße" };
const CLOSE: ModelEvent = { type: "close", index: 0 };

const told = (...events: ModelEvent[]): boolean => {
  const intake = new Intake();
  intake.took(events);
  return intake.told;
};

it("counts bytes of texts, arguments and names, and parts", () => {
  const intake = new Intake();
  intake.took([
    { type: "open", index: 0, part: { kind: "text" } },
    TEXT,
    CLOSE,
    { type: "open", index: 1, part: { kind: "tool-call", id: "an identifier", name: "look" } },
    { type: "arguments", index: 1, text: '{"a"' },
  ]);
  intake.passed(10);
  expect(intake).toMatchObject({ bytes: 7 + 4 + 4 + 10, parts: 2, thought: false });
  intake.took([{ type: "open", index: 2, part: { kind: "reasoning", redacted: null } }]);
  expect(intake.thought).toBe(true);
  intake.again();
  expect(intake).toMatchObject({ bytes: 0, parts: 0, thought: false, told: false });
});

it("all is told where usage comes behind the last word, before or behind the stop", () => {
  expect(told(TEXT, USAGE, CLOSE, STOP)).toBe(true);
  expect(told(TEXT, CLOSE, STOP, USAGE)).toBe(true);
  expect(told(USAGE, TEXT, CLOSE, STOP)).toBe(false);
  expect(told(TEXT, USAGE)).toBe(false);
  expect(told(TEXT, STOP)).toBe(false);
});

it("of a whole answer", () => {
  const intake = new Intake();
  intake.whole([
    { type: "text", text: "Grüße" },
    { type: "tool-call", id: "1", name: "look", arguments: "{}", signature: null },
    { type: "reasoning", text: "Hm", signature: null, redacted: null },
  ]);
  expect(intake).toMatchObject({ bytes: 7 + 6 + 2, parts: 3, thought: true });
});
