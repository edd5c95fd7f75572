/**
 * Tree → canonical text: two spaces, lines of at most 120 characters where a break is possible, nothing aligned,
 * comments kept. Formatting twice changes nothing, and formatting never changes the tree (`all-sources.test.ts`).
 */
import type { Tree } from "../1-syntax/tree.ts";
import { declaration } from "./declaration.ts";
import { print } from "./doc.ts";
import { SourceView } from "./source.ts";

/** A text with syntax errors is given back as it is: there is no telling what was meant. */
export function format(tree: Tree): string {
  if (tree.diagnostics.some(({ severity }) => severity === "error")) return tree.text;
  const view = new SourceView(tree);
  const header = { first: 0, last: 1, doc: () => `vgw ${tree.program.version}`, separator: "" };
  const declarations = tree.program.declarations.map((node) => view.entry(node, () => declaration(view, node)));
  return print(view.entries(0, tree.text.length, [header, ...declarations], false, true));
}
