/** `vgw fmt`: one way to lay out a program; `--check` changes nothing and tells by its exit code. */
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "../1-syntax/index.ts";
import { createRenderer } from "../diagnostics/render.ts";
import { format } from "../format/index.ts";
import { CommandError, exit, plural, print, printJson, remark, styleFor } from "./output.ts";
import { readFromDisk } from "./program.ts";

export interface FmtOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

export function runFmt(paths: readonly string[], options: FmtOptions): number {
  const files = paths.length === 0 ? programsIn(".") : paths.flatMap(programsIn);
  if (files.length === 0)
    throw new CommandError("there is no .vgw file here", exit.environment, "name the files or a folder");
  const changed: string[] = [];
  const broken: string[] = [];
  for (const file of files) {
    const text = readFromDisk(file);
    if (text === null) throw new CommandError(`there is no file called ${file}`, exit.environment);
    const tree = parse(file, text);
    const errors = tree.diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) {
      broken.push(file);
      const render = createRenderer(() => text, styleFor(process.stderr));
      if (!options.json) for (const diagnostic of errors) remark(`${render(diagnostic)}\n`);
      continue;
    }
    const formatted = format(tree);
    if (formatted === text) continue;
    changed.push(file);
    if (!options.check) writeFileSync(file, formatted);
  }
  if (options.json) printJson({ files: files.length, changed, broken });
  else {
    for (const file of changed) print(options.check ? `${file} is not formatted` : `${file} formatted`);
    for (const file of broken) print(`${file} has syntax errors and was left alone`);
    if (changed.length + broken.length === 0) print(`${plural(files.length, "file")} already formatted`);
  }
  return broken.length > 0 || (options.check && changed.length > 0) ? exit.program : exit.good;
}

function programsIn(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new CommandError(`there is no file or folder called ${path}`, exit.environment);
  if (!found.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .flatMap((entry) => {
      const inner = path === "." ? entry.name : join(path, entry.name);
      if (entry.isDirectory()) return programsIn(inner);
      return entry.name.endsWith(".vgw") ? [inner] : [];
    });
}
