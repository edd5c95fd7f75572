/** Ten typical mistakes in one file give ten messages, one each, at the right place, every one with something to do next. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../../compiler/check.ts";
import { Lines } from "../../compiler/diagnostics/lines.ts";

const text = readFileSync(new URL("./ten-mistakes.vgw", import.meta.url), "utf8");

/** What is marked, in the order of the file. */
const EXPECTED: readonly string[] = [
  "1", // a size without a unit
  "timout", // an unknown setting
  "Custommer", // an unknown type
  '"/orders/{id: uuid}"', // nobody said who may call it
  'orders.get("/orders/{id}") as [Order]', // it can fail
  "nam", // an unknown name
  '1 + "2"', // types that do not go together
  "totl", // an unknown field
  'GET "/items/{number}"', // hidden by the route before it
  "route", // it never answers
];

test("ten mistakes, ten messages", () => {
  const { diagnostics } = check("shop.vgw", (path) => (path === "shop.vgw" ? text : null));
  const lines = new Lines(text);
  const marked = diagnostics.map(({ primary: { span }, code, message }) => ({
    code,
    message,
    line: lines.position(span.start).line,
    text: text.slice(span.start, span.end).split("\n")[0]!,
  }));
  expect(
    marked.map((one) => one.text.slice(0, 40)),
    JSON.stringify(marked, null, 1),
  ).toEqual(EXPECTED.map((one) => expect.stringContaining(one.slice(0, 40))));
  const helpless = diagnostics.filter(({ help, fixes }) => help === null && fixes.length === 0);
  expect(helpless.map(({ code }) => code)).toEqual([]);
});
