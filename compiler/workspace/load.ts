/**
 * Reads a program: the entry file and everything it imports, each parsed once. The command line, the tests and the
 * editor ask the same thing with different `read` functions (disk, fixtures, open documents).
 */
import { parse, spanOf } from "../1-syntax/index.ts";
import type { NodeId, Tree } from "../1-syntax/tree.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export interface LoadedModule {
  readonly tree: Tree;
  /** Node id of each Import that could be read → index of the module it names. */
  readonly imports: ReadonlyMap<NodeId, number>;
}

export interface LoadedProgram {
  /** The entry first, then imported files in the order in which they are first met. */
  readonly modules: readonly LoadedModule[];
  /** Files that could not be read. Syntax errors stay in each tree. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `read` answers null for a file that does not exist; it may throw for one that cannot be read. */
export function loadProgram(entry: string, read: (path: string) => string | null): LoadedProgram {
  const indexes = new Map<string, number>();
  const trees: Tree[] = [];
  const imports: Map<NodeId, number>[] = [];
  const diagnostics: Diagnostic[] = [];

  const add = (path: string, text: string): number => {
    const index = trees.length;
    indexes.set(path, index);
    trees.push(parse(path, text));
    imports.push(new Map());
    return index;
  };

  add(normalise(entry), read(entry) ?? "");
  // Breadth first: `trees` grows while it is walked.
  for (let index = 0; index < trees.length; index++) {
    const tree = trees[index]!;
    for (const declaration of tree.program.declarations) {
      if (declaration.kind !== "import") continue;
      const path = resolveImport(tree.file, declaration.from.value);
      const known = indexes.get(path);
      if (known !== undefined) {
        imports[index]!.set(declaration.id, known);
        continue;
      }
      const text = read(path);
      if (text === null) {
        diagnostics.push(
          diagnose(
            "VGW2001",
            { path: declaration.from.value },
            { span: spanOf(tree, declaration.from.id), text: "there is no such file" },
            { help: `looked for ${path}` },
          ),
        );
        continue;
      }
      imports[index]!.set(declaration.id, add(path, text));
    }
  }
  return { modules: trees.map((tree, index) => ({ tree, imports: imports[index]! })), diagnostics };
}

/** Paths in imports are relative to the importing file and use "/". */
export function resolveImport(from: string, path: string): string {
  const folder = from.includes("/") ? from.slice(0, from.lastIndexOf("/") + 1) : "";
  return normalise(path.startsWith("/") ? path : folder + path);
}

function normalise(path: string): string {
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "." || (part === "" && out.length > 0)) continue;
    if (part === ".." && out.length > 0 && out[out.length - 1] !== "..") out.pop();
    else out.push(part);
  }
  return out.join("/");
}
