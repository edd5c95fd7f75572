/** A diagnostic as people read it: the sentence, the place, the marked source, why, and what to do next. */
import type { Diagnostic, Label, Span } from "./diagnostic.ts";
import { Lines } from "./lines.ts";

/** How to emphasise; `plainStyle` leaves text alone, the command line passes colours on a terminal. */
export interface Style {
  error(text: string): string;
  warning(text: string): string;
  related(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

const same = (text: string): string => text;
export const plainStyle: Style = { error: same, warning: same, related: same, faint: same, strong: same };

/** Text of a file by the name it has in spans. */
export type Sources = (file: string) => string;

/** Renders many diagnostics of the same files; line tables are made once per file. */
export function createRenderer(sources: Sources, style: Style = plainStyle): (diagnostic: Diagnostic) => string {
  const cache = new Map<string, Lines>();
  const linesOf = (file: string): Lines => {
    let lines = cache.get(file);
    if (!lines) {
      lines = new Lines(sources(file));
      cache.set(file, lines);
    }
    return lines;
  };
  return (diagnostic) => render(diagnostic, linesOf, style);
}

function render(diagnostic: Diagnostic, linesOf: (file: string) => Lines, style: Style): string {
  const paint = diagnostic.severity === "error" ? style.error : style.warning;
  const labels = [
    { label: diagnostic.primary, mark: "^", paint },
    ...diagnostic.related.map((label) => ({ label, mark: "-", paint: style.related })),
  ];
  const width = Math.max(
    ...labels.map(({ label }) => String(linesOf(label.span.file).position(label.span.start).line).length),
  );
  const out = [`${paint(`${diagnostic.severity} ${diagnostic.code}`)}${style.strong(`: ${diagnostic.message}`)}`];
  let shown: { file: string; line: number } = { file: "", line: 0 };
  for (const { label, mark, paint: markPaint } of labels) {
    const lines = linesOf(label.span.file);
    const { line } = lines.position(label.span.start);
    if (label.span.file !== shown.file) out.push(`  ${style.faint(place(label.span, lines))}`);
    if (label.span.file !== shown.file || line !== shown.line) {
      out.push(`${style.faint(`${String(line).padStart(width)} |`)} ${expand(lines.line(line))}`);
    }
    out.push(`${style.faint(`${" ".repeat(width)} |`)} ${underline(label, lines, mark, markPaint)}`);
    shown = { file: label.span.file, line };
  }
  for (const note of diagnostic.notes) out.push(`${style.related("note")}: ${note}`);
  if (diagnostic.help) out.push(`${style.related("help")}: ${diagnostic.help}`);
  return out.join("\n");
}

function place(span: Span, lines: Lines): string {
  const { line, column } = lines.position(span.start);
  return `${span.file}:${line}:${column}`;
}

/** A span over several lines is marked to the end of its first one. */
function underline(label: Label, lines: Lines, mark: string, paint: (text: string) => string): string {
  const start = lines.position(label.span.start);
  const text = lines.line(start.line);
  const before = expand(text.slice(0, start.column - 1));
  const marked = expand(text.slice(start.column - 1, start.column - 1 + label.span.end - label.span.start));
  const marks = mark.repeat(Math.max(1, [...marked].length));
  return `${" ".repeat([...before].length)}${paint(label.text ? `${marks} ${label.text}` : marks)}`;
}

/** Tabs have no agreed width, control characters would drive the terminal. */
function expand(text: string): string {
  return text.replaceAll("\t", "  ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\u00b7");
}
