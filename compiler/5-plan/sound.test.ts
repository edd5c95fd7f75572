/** Every program of the repository that has no errors can be lowered, and its plan holds together. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileOr } from "./testing/program.ts";
import { verify } from "./testing/verify.ts";

const ROOT = join(import.meta.dirname, "../..");

interface Source {
  readonly name: string;
  readonly entry: string;
  readonly read: (path: string) => string | null;
}

function filesUnder(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path, ending);
    return path.endsWith(ending) ? [path] : [];
  });
}

const fromDisk = (path: string): string | null => (existsSync(path) ? readFileSync(path, "utf8") : null);
const inMemory = (name: string, text: string): Source => ({
  name,
  entry: "main.vgw",
  read: (path) => (path === "main.vgw" ? text : null),
});

/** Blocks of a page; the mended ones have no errors. */
function programsOf(page: string): Source[] {
  const blocks = readFileSync(page, "utf8").matchAll(/```vgw\n([\s\S]*?)```/g);
  return [...blocks].map((block, index) => inMemory(`${page.slice(ROOT.length + 1)} ${index + 1}`, block[1] ?? ""));
}

/** Of a conformance case: the program, and the files beside it. */
function caseOf(file: string): Source {
  const sections = readFileSync(file, "utf8").split(/^=== /m).slice(1);
  const files = new Map<string, string>();
  for (const section of sections) {
    const [, head = "", text = ""] = /^(.*)\n([\s\S]*)$/.exec(section) ?? [];
    if (head.trim() === "program") {
      files.set("main.vgw", text.trimStart().startsWith("vgw") ? text : `vgw 1\ngateway edge { }\n${text}`);
    } else if (head.startsWith("file ")) files.set(head.slice(5).trim(), text);
  }
  return { name: file.slice(ROOT.length + 1), entry: "main.vgw", read: (path) => files.get(path) ?? null };
}

const sources: Source[] = [
  ...filesUnder(join(ROOT, "examples"), ".vgw").map((path) => ({
    name: path.slice(ROOT.length + 1),
    entry: path,
    read: fromDisk,
  })),
  ...filesUnder(join(ROOT, "compiler/diagnostics/pages"), ".md").flatMap(programsOf),
  ...filesUnder(join(ROOT, "test/conformance/cases"), ".case").map(caseOf),
];

describe("plans of programs without errors hold together", () => {
  let lowered = 0;
  test.each(sources)("$name", ({ entry, read }) => {
    const { compiled } = compileOr(entry, read);
    if (compiled === null) return;
    lowered++;
    expect(verify(compiled.plan)).toEqual([]);
    // Plain data: writing it as JSON and reading it back loses nothing but what is undefined.
    expect(() => JSON.stringify(compiled.plan)).not.toThrow();
  });
  test("there were enough of them", () => {
    expect(lowered).toBeGreaterThan(80);
  });
});
