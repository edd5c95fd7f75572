/** The catalogue's prose, read when somebody asks for it: `vgw explain`, the reference, the tests. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Code } from "./index.ts";
import { type Page, parsePage } from "./page.ts";

/** Beside this file in the source, and beside the bundled command when installed. */
const folder = fileURLToPath(new URL("./pages/", import.meta.url));

export function pages(): Partial<Record<Code, Page>> {
  const found: Record<string, Page> = {};
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".md")) continue;
    const page = parsePage(file, readFileSync(folder + file, "utf8"));
    found[page.code] = page;
  }
  return found;
}
