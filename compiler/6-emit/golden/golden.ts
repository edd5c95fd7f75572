/** The generated code that lies here as files: for a stranger to read, and so that a change of the emitter shows what it changes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkProgram } from "../../3-types/index.ts";
import { lower } from "../../5-plan/index.ts";
import { loadProgram } from "../../workspace/index.ts";
import { emit } from "../index.ts";

const ROOT = join(import.meta.dirname, "../../..");

export interface GoldenFile {
  readonly path: string;
  readonly text: string;
}

/** Without the source map, which holds the whole program once more. */
export function goldenFiles(): GoldenFile[] {
  return ["01-hello", "02-proxy", "04-identity-and-limits", "05-first-model"].map((example) => {
    const loaded = loadProgram(`examples/${example}/gateway.vgw`, (path) => readFileSync(join(ROOT, path), "utf8"));
    const { text } = emit(lower(checkProgram(loaded)));
    return {
      path: join(import.meta.dirname, `${example}.golden.ts`),
      text: text
        .replace(/\/\/# sourceMappingURL=.*\n/, "")
        .trimEnd()
        .concat("\n"),
    };
  });
}
