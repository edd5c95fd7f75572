/**
 * Invariant 6: a code has one page, and the page tells the truth. Every page's example gives exactly its code, once, and
 * nothing else; every mend is clean; every code that the compiler can construct has a page.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { check } from "../../compiler/check.ts";
import { codes, type Diagnostic } from "../../compiler/diagnostics/index.ts";
import { applySafeFixes } from "../../compiler/diagnostics/apply.ts";
import { pages } from "../../compiler/diagnostics/pages.ts";
import { createRenderer } from "../../compiler/diagnostics/render.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const FILE = "example.vgw";

/** A program of several files has a line `// file: name.vgw` before each but the first. */
function filesOf(text: string): ReadonlyMap<string, string> {
  const [main = "", ...others] = text.split(/^\/\/ file: /m);
  return new Map([
    [FILE, main],
    ...others.map((part): [string, string] => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  ]);
}

function diagnosticsOf(text: string): readonly Diagnostic[] {
  const files = filesOf(text);
  return check(FILE, (path) => files.get(path) ?? null).diagnostics;
}

/** All that a diagnostic says, without the source that it shows. */
function wordsOf({ message, primary, related, notes, help }: Diagnostic): string {
  return [message, primary.text, ...related.map(({ text }) => text), ...notes, help ?? ""].join("\n");
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["dist", "node_modules", "pages"].includes(entry.name) ? [] : sourcesBelow(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts") && !entry.name.includes("generated")
      ? [path]
      : [];
  });
}

describe("every page's programs", () => {
  for (const page of Object.values(pages())) {
    test(`${page.code} ${page.slug}`, () => {
      const found = diagnosticsOf(page.example);
      expect(found.map(({ code, severity }) => `${severity} ${code}`)).toEqual([`${page.severity} ${page.code}`]);
      expect(diagnosticsOf(page.mend)).toEqual([]);

      expect(createRenderer((file) => filesOf(page.example).get(file) ?? "")(found[0]!)).toContain(page.code);
      expect(wordsOf(found[0]!), "a parameter of the message was left open").not.toMatch(/undefined|\[object/);
      expect(found[0]!.message, "a parameter of the message was left open").not.toMatch(/\{\w+\}/);
      expect(found[0]!.primary.span.end).toBeGreaterThan(found[0]!.primary.span.start);
    });
  }
});

describe("safe fixes", () => {
  for (const page of Object.values(pages())) {
    const found = diagnosticsOf(page.example);
    if (!found.some(({ fixes }) => fixes.some(({ kind }) => kind === "safe"))) continue;
    test(`${page.code}: the safe fix mends the example`, () => {
      const mended = applySafeFixes(found, () => page.example).files.get(FILE) ?? "";
      expect(diagnosticsOf(mended).filter(({ severity }) => severity === "error")).toEqual([]);
    });
  }
});

test("every code has a page, and every page's code is constructed somewhere", () => {
  const constructed = new Set<string>();
  for (const file of sourcesBelow(join(root, "compiler"))) {
    for (const match of readFileSync(file, "utf8").matchAll(/VGW\d{4}/g)) constructed.add(match[0]);
  }
  expect(codes.filter((code) => !constructed.has(code))).toEqual([]);
  const paged = new Set<string>(codes);
  expect([...constructed].filter((code) => !paged.has(code) && code !== "VGW9001")).toEqual([]);
});
