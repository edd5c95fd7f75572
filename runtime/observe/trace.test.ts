import { expect, test } from "vitest";
import { formatTraceparent, newSpanId, newTraceId, parseTraceparent } from "./trace.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test("what is written is read", () => {
  expect(parseTraceparent(formatTraceparent(TRACE, SPAN, "01"))).toEqual({
    traceId: TRACE,
    parentId: SPAN,
    flags: "01",
  });
});

test.each([
  ["", false],
  [`00-${TRACE}-${SPAN}`, false],
  [`00-${TRACE}-${SPAN}-01-`, false],
  [`01-${TRACE}-${SPAN}-01-x`, true],
  [`01-${TRACE}-${SPAN}-01x`, false],
  [`ff-${TRACE}-${SPAN}-01`, false],
  [`00-${"0".repeat(32)}-${SPAN}-01`, false],
  [`00-${TRACE}-${"0".repeat(16)}-01`, false],
  [`00-${TRACE.toUpperCase()}-${SPAN}-01`, false],
  [` 00-${TRACE}-${SPAN}-01`, false],
])("%j", (value, taken) => {
  expect(parseTraceparent(value) !== null).toBe(taken);
});

test("identifiers are distinct, over the end of the pool too", () => {
  const ids = new Set<string>();
  for (let index = 0; index < 2000; index++) ids.add(newTraceId()).add(newSpanId());
  expect(ids.size).toBe(4000);
  for (const id of ids) expect(id).toMatch(/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/);
});
