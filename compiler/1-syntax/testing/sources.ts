/** Every `.vgw` text of the repository: examples, test programs and the programs in the diagnostics' pages. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface SourceText {
  readonly name: string;
  readonly text: string;
}

export function allSources(): SourceText[] {
  return ["examples", "test", "compiler/1-syntax/testing"].flatMap(programs).concat(pages());
}

function files(folder: string, ending: string): string[] {
  return readdirSync(root + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.parentPath.includes("node_modules"))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

function programs(folder: string): SourceText[] {
  return files(folder, ".vgw").map((path) => ({ name: path.slice(root.length), text: readFileSync(path, "utf8") }));
}

function pages(): SourceText[] {
  return files("compiler/diagnostics/pages", ".md").flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/```vgw\n([\s\S]*?)```/g)].map((match, index) => ({
      name: `${path.slice(root.length)}#${index + 1}`,
      text: match[1]!,
    })),
  );
}

/** A tree without ids, for comparing what two texts mean. */
export function meaning(program: unknown): string {
  return JSON.stringify(program, (key, value: unknown) => (key === "id" ? undefined : value));
}
