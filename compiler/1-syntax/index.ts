/** Text → tree. `parse` never throws, and answers in time linear in the text, whatever the text is. */
import type { Span } from "../diagnostics/index.ts";
import { analyse } from "./analysis.ts";
import { ProgramGrammar } from "./declaration.ts";
import { layOut } from "./layout.ts";
import { scan } from "./scanner.ts";
import type { NodeId, Tree } from "./tree.ts";

/** Made at the first use and shared. */
let shared: ProgramGrammar | undefined;

function grammar(): ProgramGrammar {
  const made = new ProgramGrammar();
  made.decideBy(analyse(made));
  return made;
}

export function parse(file: string, text: string): Tree {
  shared ??= grammar();
  const scanned = scan(file, text);
  const { tokens, documentation } = layOut(text, scanned.lexemes, scanned.comments);
  const brokenLines = new Set(
    scanned.diagnostics.map(({ primary }) => text.lastIndexOf("\n", primary.span.start - 1) + 1),
  );
  const parsed = shared.parse({ file, text, tokens, documentation, brokenLines });
  const diagnostics = [...scanned.diagnostics, ...parsed.diagnostics].sort(
    (one, other) => one.primary.span.start - other.primary.span.start,
  );
  return { file, text, tokens, comments: scanned.comments, ...parsed, diagnostics };
}

/** From the first token's start to the last token's end. */
export function spanOf(tree: Tree, id: NodeId): Span {
  const first = tree.tokens[tree.firstToken[id]!]!;
  const last = tree.tokens[tree.lastToken[id]!]!;
  return { file: tree.file, start: first.start, end: Math.max(first.start, last.end) };
}
