import { expect, test } from "vitest";
import { applyEdits } from "./apply.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { createJsonRenderer } from "./json.ts";
import { createRenderer } from "./render.ts";

const text = "vgw 1\nservice a {\n\ttimeout: 20\n}\n";
const at = text.indexOf("20");
const diagnostic: Diagnostic = {
  code: "VGW3012",
  slug: "missing-unit",
  severity: "error",
  message: "20 has no unit",
  primary: { span: { file: "a.vgw", start: at, end: at + 2 }, text: "a duration is expected here" },
  related: [{ span: { file: "a.vgw", start: 6, end: 13 }, text: "of this service" }],
  notes: ["why"],
  help: "20s or 20ms?",
  fixes: [],
  tags: [],
};

test("the marked source stands under the sentence, the primary span first", () => {
  expect(createRenderer(() => text)(diagnostic)).toBe(
    [
      "error VGW3012: 20 has no unit",
      "  a.vgw:3:11",
      "3 |   timeout: 20",
      "  |            ^^ a duration is expected here",
      "2 | service a {",
      "  | ------- of this service",
      "note: why",
      "help: 20s or 20ms?",
    ].join("\n"),
  );
});

test("control characters of a source never reach the terminal", () => {
  const hostile = "a \u001b[31m b";
  const span = { file: "x", start: 0, end: 1 };
  const shown = createRenderer(() => hostile)({ ...diagnostic, primary: { span, text: "" }, related: [] });
  expect(shown).not.toContain("\u001b");
});

test("JSON names lines and columns from 1", () => {
  expect(createJsonRenderer(() => text)(diagnostic)).toMatchObject({
    primary: { span: { line: 3, column: 11, endLine: 3, endColumn: 13, start: at } },
  });
});

test("edits are applied from the end, so that offsets stay true", () => {
  const span = (start: number, end: number) => ({ file: "x", start, end });
  expect(
    applyEdits("abc", [
      { span: span(0, 1), text: "xx" },
      { span: span(2, 3), text: "yy" },
    ]),
  ).toBe("xxbyy");
});
