/** Names and types by example: `fixtures/` holds programs with the diagnostics and types that they must give (see FORMAT.md there). */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadProgram } from "../workspace/index.ts";
import { checkProgram } from "./index.ts";
import { show } from "./show.ts";

interface Fixture {
  readonly title: string;
  readonly codes: readonly string[];
  readonly types: readonly string[];
  readonly files: ReadonlyMap<string, string>;
  /** Offsets of the marked pieces of the main file. */
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

const MAIN = "main.vgw";
const folder = join(import.meta.dirname, "fixtures");

function fixturesOf(text: string): Fixture[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const lines = part.split("\n");
      const title = lines.shift() ?? "";
      let codes: string[] = [];
      let types: string[] = [];
      while (/^(codes|types): /.test(lines[0] ?? "")) {
        const line = lines.shift() ?? "";
        if (line.startsWith("codes: ")) codes = line.slice(7).trim().split(" ");
        else types = splitTypes(line.slice(7).trim());
      }
      const [main = "", ...others] = lines.join("\n").split(/^\/\/ file: /m);
      const { plain, marks } = withoutMarks(`vgw 1\n${main}`);
      const files = new Map([[MAIN, plain]]);
      for (const other of others) files.set(other.slice(0, other.indexOf("\n")), other.slice(other.indexOf("\n") + 1));
      return { title, codes, types, files, marks };
    });
}

/** At commas outside brackets. */
function splitTypes(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const sign = text[at] ?? ",";
    if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    else if (sign === "," && depth === 0) {
      out.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return out;
}

function withoutMarks(text: string): { plain: string; marks: { start: number; end: number }[] } {
  const marks: { start: number; end: number }[] = [];
  const open: number[] = [];
  let plain = "";
  for (const sign of text) {
    if (sign === "⟦") {
      open.push(marks.length);
      marks.push({ start: plain.length, end: 0 });
    } else if (sign === "⟧") marks[open.pop() ?? 0]!.end = plain.length;
    else plain += sign;
  }
  return { plain, marks };
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".fix"))) {
  describe(file, () => {
    for (const fixture of fixturesOf(readFileSync(join(folder, file), "utf8"))) {
      test(fixture.title, () => {
        const main = fixture.files.get(MAIN) ?? "";
        const loaded = loadProgram(MAIN, (path) => fixture.files.get(path) ?? null);
        expect(loaded.modules.flatMap(({ tree }) => tree.diagnostics.map(({ message }) => message))).toEqual([]);
        const checked = checkProgram(loaded);
        const diagnostics = [...loaded.diagnostics, ...checked.diagnostics].sort(
          (a, b) => a.primary.span.start - b.primary.span.start,
        );
        const shown = diagnostics.map(({ code, message, primary: { span } }) => ({
          code,
          message,
          at: main.slice(span.start, span.end),
        }));
        expect(
          shown.map(({ code, at }) => `${code} ${at}`),
          JSON.stringify(shown, null, 1),
        ).toEqual(
          fixture.codes.map((code, index) => {
            const mark = fixture.marks[index];
            return `${code} ${mark ? main.slice(mark.start, mark.end) : "(no mark)"}`;
          }),
        );
        diagnostics.forEach(({ primary: { span } }, index) => {
          expect({ start: span.start, end: span.end }).toEqual(fixture.marks[index]);
        });
        if (fixture.types.length === 0) return;
        const { tree, types } = checked.modules[0]!;
        const found = fixture.marks.map((mark) => {
          const ids = [...types.keys()].filter(
            (id) =>
              tree.tokens[tree.firstToken[id]!]!.start === mark.start &&
              tree.tokens[tree.lastToken[id]!]!.end === mark.end,
          );
          // Of nodes with the same span the outer one has the later id.
          const type = types.get(Math.max(...ids));
          return type ? show(type) : `nothing for ${main.slice(mark.start, mark.end)}`;
        });
        expect(found).toEqual(fixture.types);
      });
    }
  });
}

test("beginnings of every fixture check without a throw", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".fix"))) {
    for (const { files } of fixturesOf(readFileSync(join(folder, file), "utf8"))) {
      const text = files.get(MAIN) ?? "";
      const { tree } = loadProgram(MAIN, () => text).modules[0]!;
      for (const token of tree.tokens.filter((_, index) => index % 6 === 0)) {
        const prefix = text.slice(0, token.end);
        expect(() => checkProgram(loadProgram(MAIN, (path) => (path === MAIN ? prefix : null)))).not.toThrow();
      }
    }
  }
});
