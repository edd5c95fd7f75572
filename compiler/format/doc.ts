/** A small layout language: text, places where a line may break, and groups that break together when they must. */

export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: "group"; readonly content: Doc; readonly broken: boolean }
  | { readonly kind: "indent"; readonly content: Doc }
  /** `flat` is what it is where the group fits on one line; "hard" breaks every group around it. */
  | { readonly kind: "line"; readonly flat: string; readonly hard: boolean }
  /** A comment at the end of the line: it is not counted towards the width. */
  | { readonly kind: "suffix"; readonly text: string };

const width = 120;

export const line: Doc = { kind: "line", flat: " ", hard: false };
export const softLine: Doc = { kind: "line", flat: "", hard: false };
export const hardLine: Doc = { kind: "line", flat: "", hard: true };

/** Breaks where the group breaks, and is `text` where it does not. */
export function lineOr(text: string): Doc {
  return { kind: "line", flat: text, hard: false };
}

export function group(content: Doc): Doc {
  return { kind: "group", content, broken: breaks(content) };
}

export function indent(content: Doc): Doc {
  return { kind: "indent", content };
}

export function suffix(text: string): Doc {
  return [{ kind: "suffix", text }];
}

/** Text that breaks every group around it: an own-line comment. */
export function unbreakable(text: string): Doc {
  return { kind: "group", content: text, broken: true };
}

export function join(separator: Doc, docs: readonly Doc[]): Doc[] {
  return docs.flatMap((doc, index) => (index === 0 ? [doc] : [separator, doc]));
}

/** Whether the document holds a break that can't be avoided. */
export function breaks(doc: Doc): boolean {
  if (typeof doc === "string") return false;
  if ("kind" in doc) {
    if (doc.kind === "line") return doc.hard;
    if (doc.kind === "suffix") return true;
    return doc.kind === "group" ? doc.broken : breaks(doc.content);
  }
  return doc.some(breaks);
}

/** On one line, whatever it is. */
export function flat(doc: Doc): string {
  if (typeof doc === "string") return doc;
  if (!("kind" in doc)) return doc.map(flat).join("");
  if (doc.kind === "line") return doc.flat;
  return doc.kind === "suffix" ? "" : flat(doc.content);
}

/** Whether a document that begins a line needs more than that line. */
export function takesLines(doc: Doc): boolean {
  if (breaks(doc)) return true;
  const text = flat(doc);
  return text.length > width || text.includes("\n");
}

interface Piece {
  readonly doc: Doc;
  readonly level: number;
  readonly breaking: boolean;
}

export function print(doc: Doc): string {
  const out: string[] = [];
  const stack: Piece[] = [{ doc, level: 0, breaking: true }];
  let column = 0;
  let pending = "";
  // Indentation waits for text, so that an empty line stays empty.
  let margin = "";
  while (stack.length > 0) {
    const piece = stack.pop()!;
    const { doc: current, level, breaking } = piece;
    if (typeof current === "string") {
      if (current === "") continue;
      out.push(margin, current);
      margin = "";
      const newline = current.lastIndexOf("\n");
      column = newline === -1 ? column + current.length : current.length - newline - 1;
    } else if (!("kind" in current)) {
      for (let index = current.length - 1; index >= 0; index--) stack.push({ ...piece, doc: current[index]! });
    } else if (current.kind === "indent") stack.push({ doc: current.content, level: level + 1, breaking });
    else if (current.kind === "group") {
      const broken = current.broken || !fits(current.content, width - column, stack);
      stack.push({ doc: current.content, level, breaking: broken });
    } else if (current.kind === "suffix") pending += ` ${current.text}`;
    else if (breaking || current.hard) {
      out.push(pending, "\n");
      pending = "";
      margin = "  ".repeat(level);
      column = level * 2;
    } else {
      out.push(current.flat);
      column += current.flat.length;
    }
  }
  out.push(pending);
  return `${out.join("").trimEnd()}\n`;
}

/** Whether `content` on one line, with what follows it up to the next break, stays within `room`. */
function fits(content: Doc, room: number, rest: readonly Piece[]): boolean {
  const stack: Piece[] = [{ doc: content, level: 0, breaking: false }];
  let left = room;
  let next = rest.length;
  while (left >= 0) {
    const piece = stack.pop() ?? rest[--next];
    if (piece === undefined) return true;
    const { doc, breaking } = piece;
    if (typeof doc === "string") {
      const newline = doc.indexOf("\n");
      if (newline !== -1) return left >= newline;
      left -= doc.length;
    } else if (!("kind" in doc)) {
      for (let index = doc.length - 1; index >= 0; index--) stack.push({ ...piece, doc: doc[index]! });
    } else if (doc.kind === "group") stack.push({ ...piece, doc: doc.content, breaking: breaking && doc.broken });
    else if (doc.kind === "indent") stack.push({ ...piece, doc: doc.content });
    else if (doc.kind === "line") {
      if (breaking || doc.hard) return true;
      left -= doc.flat.length;
    }
  }
  return false;
}
