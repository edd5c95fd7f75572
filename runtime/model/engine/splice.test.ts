import { describe, expect, test } from "vitest";
import type { ModelEvent } from "../canonical/answer.ts";
import { EMPTY_REQUEST, type ModelRequest } from "../canonical/request.ts";
import { NO_USAGE } from "../canonical/usage.ts";
import { checkEvents } from "../testing/check-events.ts";
import { told } from "../testing/told.ts";
import { GO_ON, MOST_SAID, Splice } from "./splice.ts";

const REQUEST: ModelRequest = {
  ...EMPTY_REQUEST,
  turns: [{ role: "user", parts: [{ type: "text", text: "Count." }] }],
  maxOutput: 100,
  reasoning: { effort: "high", budget: null, visible: null },
};
const start: ModelEvent = { type: "start", id: "a", model: "m" };
const open = (index: number, kind: "text" | "refusal" = "text"): ModelEvent => ({
  type: "open",
  index,
  part: { kind },
});
const think = (index: number): ModelEvent => ({ type: "open", index, part: { kind: "reasoning", redacted: null } });
const call = (index: number): ModelEvent => ({
  type: "open",
  index,
  part: { kind: "tool-call", id: "c", name: "now" },
});
const text = (index: number, said: string): ModelEvent => ({ type: "text", index, text: said });
const args = (index: number, said: string): ModelEvent => ({ type: "arguments", index, text: said });
const close = (index: number): ModelEvent => ({ type: "close", index });
const stop: ModelEvent = { type: "stop", stop: { reason: "end", native: "", matched: null } };
const used = (input: number, output: number): ModelEvent => ({ type: "usage", usage: { ...NO_USAGE, input, output } });
const end: ModelEvent = { type: "end" };
const lastText = ({ turns }: ModelRequest): unknown => turns.at(-1)?.parts[0];

/** What the client gets of streams of which all but the last break off. */
function joined(streams: readonly (readonly ModelEvent[])[], saying: string | null = null): readonly ModelEvent[] {
  const splice = new Splice(saying);
  return streams.flatMap((events, at) => {
    const usage = events.findLast((event) => event.type === "usage");
    const passed = splice.pass(events);
    if (at === streams.length - 1) return passed;
    const joint = splice.broke(usage?.usage ?? null, REQUEST);
    if (joint === null) throw new Error("cannot be continued");
    splice.request(REQUEST, false);
    return [...passed, ...joint];
  });
}

describe("what the client gets", () => {
  const rest = [start, open(0), text(0, " three."), close(0), used(20, 2), stop, end];

  test("one text, and the sum of what all used", () => {
    const events = joined([[start, used(10, 1), open(0), text(0, "One, two,")], rest]);
    expect(told(events)).toEqual([
      "start a m",
      expect.stringContaining("usage 10 "),
      "0 text",
      "0 < One, two,",
      "0 <  three.",
      "0 .",
      "usage 30 0 0 0 3 0",
      "stop end ",
      "end",
    ]);
    expect(checkEvents(events)).toEqual([]);
  });

  test("a word in between, also where the text was closed", () => {
    const events = joined([[start, open(0), text(0, "One,"), close(0)], rest], "[…]");
    expect(told(events)).toEqual(
      [
        "start a m",
        "0 text",
        "0 < One,",
        "0 .",
        "1 text",
        "1 < […]",
        "1 <  three.",
        "1 .",
        "usage 20 0 0 0 2 0",
      ].concat(["stop end ", "end"]),
    );
  });

  test("no half of a tool call: the one that goes on makes it anew", () => {
    const half = [start, open(0), text(0, "Wait."), close(0), call(1), args(1, '{"a"')];
    const whole = [start, call(0), args(0, "{}"), close(0), stop, end];
    const events = joined([half, whole]);
    expect(told(events)).toEqual([
      "start a m",
      "0 text",
      "0 < Wait.",
      "0 .",
      "1 tool-call c now",
      "1 < {}",
      "1 .",
      "stop end ",
      "end",
    ]);
    const alone = new Splice(null);
    expect(told(alone.pass(half)).some((event) => event.includes("tool-call"))).toBe(false);
  });

  test("what the next one thinks is left out once there is a text, and kept before", () => {
    const thinking = [start, think(0), text(0, "hm"), close(0), open(1), text(1, " b"), close(1), stop, end];
    expect(told(joined([[start, open(0), text(0, "a")], thinking]))).not.toContain("1 reasoning");
    expect(told(joined([[start, think(0), text(0, "so")], thinking]))).toEqual(
      ["start a m", "0 reasoning", "0 < so", "0 .", "1 reasoning", "1 < hm", "1 .", "2 text", "2 <  b", "2 ."].concat([
        "stop end ",
        "end",
      ]),
    );
  });

  test("twice broken; the second one said nothing", () => {
    const events = joined([[start, open(0), text(0, "One,")], [start], rest]);
    expect(told(events)[3]).toBe("0 <  three.");
    expect(checkEvents(events)).toEqual([]);
  });
});

describe("what ends where it breaks", () => {
  const broken = (events: readonly ModelEvent[], request = REQUEST): unknown => {
    const splice = new Splice(null);
    splice.pass(events);
    return splice.broke(null, request);
  };

  test.each([
    ["a refusal", [start, open(0, "refusal"), text(0, "I")], REQUEST],
    ["calls that the client has", [start, call(0), close(0), stop], REQUEST],
    ["half a document", [start, open(0), text(0, "{")], { ...REQUEST, format: { kind: "json" as const } }],
    ["a text beyond measure", [start, open(0), text(0, "x".repeat(MOST_SAID + 1))], REQUEST],
  ])("%s", (_what, events, request) => {
    expect(broken(events, request)).toBeNull();
  });

  test("but not a document of which nothing was said yet", () => {
    expect(broken([start, think(0), text(0, "hm")], { ...REQUEST, format: { kind: "json" } })).not.toBeNull();
  });
});

describe("what the next model is asked", () => {
  const after = (said: string): Splice => {
    const splice = new Splice("[…]");
    splice.pass([start, open(0), text(0, said)]);
    splice.broke(null, REQUEST);
    return splice;
  };

  test("to go on behind its own beginning, or by an instruction", () => {
    const prefilled = after("One, two, ").request(REQUEST, true);
    expect(prefilled).toMatchObject({ prefill: true, reasoning: null, maxOutput: 97 });
    expect(prefilled.turns.at(-1)).toEqual({ role: "assistant", parts: [{ type: "text", text: "One, two," }] });
    const told = after("One, two, ").request(REQUEST, false);
    expect(told.prefill).toBeUndefined();
    expect(told.turns.slice(-2)).toEqual([
      { role: "assistant", parts: [{ type: "text", text: "One, two, " }] },
      { role: "user", parts: [{ type: "text", text: GO_ON }] },
    ]);
  });

  test("white space that it was not given does not come twice", () => {
    const splice = after("One,\n\n");
    splice.request(REQUEST, true);
    expect(told(splice.pass([start, open(0), text(0, "\n"), text(0, "\nTwo")]))).toEqual(["0 < Two"]);
  });

  test("the same again where nothing has been said", () => {
    const splice = new Splice(null);
    splice.pass([start, think(0), text(0, "hm")]);
    splice.broke({ ...NO_USAGE, reasoning: 40 }, REQUEST);
    expect(splice.request(REQUEST, true)).toEqual({ ...REQUEST, maxOutput: 60 });
    expect(lastText(splice.request(REQUEST, false))).toEqual({ type: "text", text: "Count." });
  });

  test("never for no token at all", () => {
    expect(after("x".repeat(1000)).request(REQUEST, false).maxOutput).toBe(1);
  });
});
