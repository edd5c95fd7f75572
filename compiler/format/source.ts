/**
 * What the formatter takes from the source beside the tree: tokens' text, where the author broke lines, and comments.
 * A comment belongs to the entry it stands before, or behind which it stands on a line; one in the middle of an entry
 * moves in front of it. Every comment is claimed exactly once (`all-sources.test.ts` counts them).
 */
import type { NodeId, Tree } from "../1-syntax/tree.ts";
import { type Doc, group, hardLine, indent, line, lineOr, suffix, takesLines, unbreakable } from "./doc.ts";

export interface Entry {
  /** Its first and last token. */
  readonly first: number;
  readonly last: number;
  readonly doc: () => Doc;
  /** What separates it from the next entry where both share a line. */
  readonly separator: string;
}

export class SourceView {
  readonly tree: Tree;
  private readonly claimed: Set<number> = new Set();
  /** Inside a string's hole everything stays on one line and claims nothing. */
  private holes = 0;

  constructor(tree: Tree) {
    this.tree = tree;
  }

  first(id: NodeId): number {
    return this.tree.firstToken[id]!;
  }

  last(id: NodeId): number {
    return this.tree.lastToken[id]!;
  }

  image(token: number): string {
    const { start, end } = this.tree.tokens[token]!;
    return this.tree.text.slice(start, end);
  }

  /** The source text of a node, as it stands. */
  verbatim(id: NodeId): string {
    return this.tree.text.slice(this.start(id), this.end(id));
  }

  start(id: NodeId): number {
    return this.tree.tokens[this.first(id)]!.start;
  }

  end(id: NodeId): number {
    return this.tree.tokens[this.last(id)]!.end;
  }

  /** The next token with this text, from `from` on. */
  find(image: string, from: number): number {
    let index = from;
    while (this.image(index) !== image || this.tree.tokens[index]!.kind !== "punctuation") index++;
    return index;
  }

  inHole(build: () => Doc): Doc {
    this.holes++;
    const doc = build();
    this.holes--;
    return doc;
  }

  entry(node: { readonly id: NodeId }, doc: () => Doc, separator = ","): Entry {
    return { first: this.first(node.id), last: this.last(node.id), doc, separator };
  }

  /** `{ entries }`, on one line if the author put the first one beside the brace and everything fits. */
  braces(from: number, entries: readonly Entry[]): Doc {
    const open = entries.length > 0 ? entries[0]!.first - 1 : this.find("{", from);
    const close = this.find("}", entries.length > 0 ? entries.at(-1)!.last + 1 : open + 1);
    return this.enclosed("{", open, close, "}", entries, line);
  }

  /** Entries between two bracket tokens; `padding` stands inside the brackets where they share a line. */
  enclosed(left: string, open: number, close: number, right: string, entries: readonly Entry[], padding: Doc): Doc {
    const { tokens, text } = this.tree;
    const from = tokens[open]!.end;
    const parts = this.entries(from, tokens[close]!.start, entries, left !== "{");
    if (parts.length === 0) return `${left}${right}`;
    const after = entries.length > 0 ? tokens[entries[0]!.first]!.start : from;
    const broken = this.holes === 0 && text.slice(from, after).includes("\n");
    return group([left, indent([broken ? hardLine : padding, parts]), broken ? hardLine : padding, right]);
  }

  /** Entries with their comments and the author's blank lines (at most one), within a stretch of the source. */
  entries(from: number, to: number, entries: readonly Entry[], commas = false, topLevel = false): Doc[] {
    const { tokens, text, comments } = this.tree;
    const parts: Doc[] = [];
    let previousEnd = from;
    /** What separates from the entry before on one line; null behind a comment, where only a new line can. */
    let separator: string | null = null;
    let tall = false;

    const place = (part: Doc, start: number, end: number, apart: boolean, own: string | null) => {
      if (parts.length > 0) {
        const blank = apart || newlines(text.slice(previousEnd, start)) > 1;
        parts.push(separator === null || own === null || topLevel ? hardLine : lineOr(separator));
        if (blank && this.holes === 0) parts.push(hardLine);
      }
      parts.push(part);
      previousEnd = end;
      separator = own;
    };

    entries.forEach((entry, position) => {
      const doc = entry.doc();
      const start = tokens[entry.first]!.start;
      const end = tokens[entry.last]!.end;
      const isTall = topLevel && takesLines(doc);
      let apart = (tall || isTall) && position > 0;
      for (const index of this.claim(from, end)) {
        const comment = comments[index]!;
        // A `///` that documented nothing must not begin to, now that it moves in front of the entry.
        const moved = comment.start > start || !comment.ownLine || this.isMarkBetween(comment.end, entry.first);
        const shown = moved ? this.comment(index).replace(/^\/\/\/+/, "//") : this.comment(index);
        place(unbreakable(shown), Math.min(comment.start, start), comment.end, apart, null);
        apart = false;
      }
      const comma = commas && position < entries.length - 1 ? "," : "";
      place([doc, comma], start, end, apart, commas ? " " : `${entry.separator} `);
      tall = isTall;
      const trailing = this.trailing(end, to);
      if (trailing !== null) {
        parts.push(suffix(this.comment(trailing)));
        previousEnd = comments[trailing]!.end;
        separator = null;
      }
    });
    for (const index of this.claim(from, to)) {
      const { start, end } = comments[index]!;
      place(unbreakable(this.comment(index)), start, end, false, null);
    }
    return parts;
  }

  /** Whether a comma or semicolon stands behind the offset and before the token. */
  private isMarkBetween(offset: number, token: number): boolean {
    const { tokens } = this.tree;
    let before = token - 1;
    while (before > 0 && tokens[before]!.kind === "newline") before--;
    return before >= 0 && tokens[before]!.start >= offset;
  }

  hasComment(from: number, to: number): boolean {
    const comment = this.tree.comments[this.firstAfter(from)];
    return comment !== undefined && comment.start < to;
  }

  private comment(index: number): string {
    const { start, end } = this.tree.comments[index]!;
    return this.tree.text.slice(start, end).trimEnd();
  }

  /** Comments between two offsets that nothing has claimed yet. */
  private claim(from: number, to: number): number[] {
    if (this.holes > 0) return [];
    const found: number[] = [];
    for (let index = this.firstAfter(from); index < this.tree.comments.length; index++) {
      if (this.tree.comments[index]!.start >= to) break;
      if (this.claimed.has(index)) continue;
      this.claimed.add(index);
      found.push(index);
    }
    return found;
  }

  /** The comment behind an entry on its line. */
  private trailing(end: number, to: number): number | null {
    if (this.holes > 0) return null;
    const index = this.firstAfter(end);
    const comment = this.tree.comments[index];
    if (comment === undefined || comment.start >= to || this.claimed.has(index)) return null;
    if (!/^[ \t)]*[,;]?[ \t]*$/.test(this.tree.text.slice(end, comment.start))) return null;
    this.claimed.add(index);
    return index;
  }

  /** The first comment at or behind an offset, by halving. */
  private firstAfter(offset: number): number {
    let low = 0;
    let high = this.tree.comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tree.comments[middle]!.start < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}
