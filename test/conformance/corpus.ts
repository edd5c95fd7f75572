/** The corpus: every `.case` file under `cases/`, read once. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseFile } from "./case.ts";
import { readCase } from "./read.ts";

const FOLDER = join(import.meta.dirname, "cases");

export function corpus(): CaseFile[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".case"))
    .sort()
    .map((path) => readCase(path, readFileSync(join(FOLDER, path), "utf8")));
}
