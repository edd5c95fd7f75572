/** A diagnostic as machines read it (`--json`): lines and columns from 1, offsets in UTF-16 units. */
import type { Diagnostic, Span } from "./diagnostic.ts";
import { Lines } from "./lines.ts";
import type { Sources } from "./render.ts";

export interface JsonSpan {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly start: number;
  readonly end: number;
}

/** Made by one function for all diagnostics of a run, so that each file's lines are counted once. */
export function createJsonRenderer(sources: Sources): (diagnostic: Diagnostic) => object {
  const cache = new Map<string, Lines>();
  const spanOf = (span: Span): JsonSpan => {
    let lines = cache.get(span.file);
    if (!lines) {
      lines = new Lines(sources(span.file));
      cache.set(span.file, lines);
    }
    const from = lines.position(span.start);
    const to = lines.position(span.end);
    return { ...span, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  };
  return (diagnostic) => ({
    ...diagnostic,
    primary: { text: diagnostic.primary.text, span: spanOf(diagnostic.primary.span) },
    related: diagnostic.related.map((label) => ({ text: label.text, span: spanOf(label.span) })),
    fixes: diagnostic.fixes.map((fix) => ({
      ...fix,
      edits: fix.edits.map((edit) => ({ text: edit.text, span: spanOf(edit.span) })),
    })),
  });
}
