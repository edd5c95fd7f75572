/**
 * Turns the pages of `compiler/diagnostics/pages/` into `catalogue.generated.ts`: the codes, their messages and the
 * types of their parameters. The pages are the source; `npm run generate` writes, `--check` fails when they differ.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePage } from "../compiler/diagnostics/page.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../compiler/diagnostics");
const output = join(folder, "catalogue.generated.ts");

const pages = readdirSync(join(folder, "pages"))
  .filter((file) => file.endsWith(".md"))
  .sort()
  .map((file) => parsePage(file, readFileSync(join(folder, "pages", file), "utf8")));

const seen = new Map<string, string>();
for (const page of pages) {
  const other = seen.get(page.code);
  if (other) throw new Error(`${page.code} has two pages: ${other} and ${page.slug}`);
  seen.set(page.code, page.slug);
}

const entries = pages.map(
  (page) =>
    `  ${page.code}: {\n    slug: ${JSON.stringify(page.slug)},\n    severity: ${JSON.stringify(page.severity)},\n    message: ${JSON.stringify(page.message)},\n  },`,
);
const values = pages.map((page) => {
  const names = [...new Set([...page.message.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))];
  const type =
    names.length === 0 ? "Record<never, never>" : `{ ${names.map((name) => `${name}: string | number`).join("; ")} }`;
  return `  ${page.code}: ${type};`;
});
const text = `// Generated from compiler/diagnostics/pages by \`npm run generate\`. Do not edit.
export const catalogue = {
${entries.join("\n")}
} as const;

/** The parameters of each code's message. */
export interface MessageValues {
${values.join("\n")}
}
`;

if (process.argv.includes("--check")) {
  if (readFileSync(output, "utf8") !== text) {
    process.stderr.write("compiler/diagnostics/catalogue.generated.ts is out of date: run `npm run generate`.\n");
    process.exitCode = 1;
  }
} else {
  writeFileSync(output, text);
}
