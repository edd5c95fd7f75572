import { describe, expect, it } from "vitest";
import type { ModelEvent } from "../canonical/answer.ts";
import { gather } from "../canonical/gather.ts";
import { NO_USAGE } from "../canonical/usage.ts";
import { checkEvents } from "../testing/check-events.ts";
import { EventOrder, MAX_ANSWER_LENGTH, MAX_PARTS } from "./event-order.ts";

const END = { reason: "end", native: "stop", matched: null } as const;

describe("the order of events", () => {
  it("holds whatever is said", () => {
    const order = new EventOrder();
    order.text(0, "before anything");
    const text = order.open({ kind: "text" });
    order.start("late", "late");
    order.arguments(text, "not a call");
    order.text(text, "");
    order.text(text, "a");
    order.signature(text, "not signed");
    const first = order.open({ kind: "tool-call", id: "a", name: "f" });
    const second = order.open({ kind: "tool-call", id: "a", name: "f" });
    order.close(first);
    order.arguments(first, "closed");
    order.text(second, "not a text");
    order.signature(second, "s");
    order.signature(second, "twice");
    expect(order.end()).toBe(false);
    order.stop(END);
    order.stop(END);
    expect(order.open({ kind: "text" })).toBe(-1);
    order.usageIs(NO_USAGE);
    expect(order.end()).toBe(true);
    order.usageIs({ ...NO_USAGE, output: 5 });
    const events = order.take();
    expect(checkEvents(events)).toEqual([]);
    expect(events.map((event) => event.type).join(" ")).toBe(
      "start open text open open close signature close close stop usage end",
    );
    expect(order.usage?.output).toBe(5);
    expect(order.take()).toEqual([]);
    expect(gather(events)).toMatchObject({
      parts: [
        { type: "text", text: "a" },
        { id: "a", arguments: "{}", signature: null },
        { id: "a_2", arguments: "{}", signature: "s" },
      ],
    });
  });

  it("bounds what one answer holds", () => {
    const order = new EventOrder();
    const part = order.open({ kind: "text" });
    const piece = "x".repeat(1024 * 1024);
    for (let held = 0; held <= MAX_ANSWER_LENGTH; held += piece.length) {
      order.text(part, piece);
      order.take();
      if (held < MAX_ANSWER_LENGTH) expect(order.over).toBe(held + piece.length > MAX_ANSWER_LENGTH);
    }
    expect(order.over).toBe(true);
  });

  it("bounds how many parts it has, all of them with the same identifier", () => {
    const order = new EventOrder();
    for (let count = 0; count <= MAX_PARTS; count++) order.open({ kind: "tool-call", id: "a", name: "f" });
    const events = order.take();
    expect(events.at(-1)?.type).toBe("error");
    expect(checkEvents(events)).toEqual([]);
  });
});

describe("the measure of the order", () => {
  const start: ModelEvent = { type: "start", id: "", model: "" };
  const open: ModelEvent = { type: "open", index: 0, part: { kind: "text" } };
  const close: ModelEvent = { type: "close", index: 0 };
  const stop: ModelEvent = { type: "stop", stop: END };
  const end: ModelEvent = { type: "end" };
  const call = (index: number, id = "a"): ModelEvent => {
    return { type: "open", index, part: { kind: "tool-call", id, name: "f" } };
  };

  it.each([
    { what: "no start", events: [open, close, stop, end] },
    { what: "two starts", events: [start, start, stop, end] },
    { what: "no stop", events: [start, end] },
    { what: "two stops", events: [start, stop, stop, end] },
    { what: "no end", events: [start, stop] },
    { what: "behind the end", events: [start, stop, end, end] },
    { what: "a part left open", events: [start, open, stop, end] },
    { what: "a part closed twice", events: [start, open, close, close, stop, end] },
    { what: "a wrong index", events: [start, { ...open, index: 1 }, stop, end] },
    { what: "an empty text", events: [start, open, { type: "text", index: 0, text: "" }, close, stop, end] },
    {
      what: "arguments of a text",
      events: [start, open, { type: "arguments", index: 0, text: "x" }, close, stop, end],
    },
    { what: "a text behind the stop", events: [start, open, close, stop, { type: "text", index: 0, text: "x" }, end] },
    { what: "a call without identifier", events: [start, call(0, ""), close, stop, end] },
    { what: "two calls alike", events: [start, call(0), close, call(1), { type: "close", index: 1 }, stop, end] },
    {
      what: "a signature of a text",
      events: [start, open, { type: "signature", index: 0, signature: "s" }, close, stop, end],
    },
    { what: "counts below nothing", events: [start, { type: "usage", usage: { ...NO_USAGE, input: -1 } }, stop, end] },
  ] satisfies { what: string; events: ModelEvent[] }[])("finds $what", ({ events }) => {
    expect(checkEvents(events)).not.toEqual([]);
  });

  it("finds nothing where nothing is wrong", () => {
    expect(checkEvents([start, open, { type: "text", index: 0, text: "x" }, close, stop, end])).toEqual([]);
    expect(checkEvents([start, open], false)).toEqual([]);
  });
});

describe("whole answers out of events", () => {
  it("do not invent arguments for a call that was cut", () => {
    const events = (reason: "length" | "tool-calls"): ModelEvent[] => [
      { type: "start", id: "a", model: "m" },
      { type: "open", index: 0, part: { kind: "tool-call", id: "c", name: "f" } },
      { type: "close", index: 0 },
      { type: "stop", stop: { reason, native: "", matched: null } },
      { type: "end" },
    ];
    expect(gather(events("length"))).toMatchObject({ parts: [{ arguments: "" }] });
    expect(gather(events("tool-calls"))).toMatchObject({ parts: [{ arguments: "{}" }] });
    expect(gather(events("length").slice(0, -1))).toBeNull();
  });
});
