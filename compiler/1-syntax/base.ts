/**
 * What every part of the grammar shares: node ids with their spans, our own diagnostics, and recovery.
 *
 * The parser is one class, built as a chain of files (engine → base → type → expression → step → declaration → program),
 * since chevrotain's rules are members of one parser. Rules that a later file defines are declared abstract before it. An
 * error inside a rule is thrown and caught where an entry of a block or a declaration begins (`entry`), so that one
 * mistake costs one entry.
 */
import type { Diagnostic, Span } from "../diagnostics/index.ts";
import { Engine } from "./engine.ts";
import type { Lexeme } from "./lexeme.ts";
import { commaBetweenSteps, explain, unclosedBrace } from "./mistake.ts";
import type { TokenType } from "./token.ts";
import type { Name, NodeId } from "./tree.ts";
import * as v from "./vocabulary.ts";

export type { Alternative, Alternatives, Rule } from "./engine.ts";

/** Thrown where parsing can't go on; it carries the one message that is due. */
class Mistake extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

/** Nesting and chains are bounded, so that no later phase can run out of stack. */
const deepest = 100;
const longestChain = 200;

const closers: Readonly<Record<string, string>> = { "}": "{", ")": "(", "]": "[" };

/** Arguments for `expression` where an `else` belongs to what stands around it. */
export const withoutElse: { ARGS: [withElse: boolean] } = { ARGS: [false] };

/** What an entry is replaced by where a list simply leaves it out. */
export const nothing = (): null => null;

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly tokens: Lexeme[];
  readonly documentation: ReadonlyMap<number, string>;
  /** Start offsets of lines on which the scanner has reported something already. */
  readonly brokenLines: ReadonlySet<number>;
}

export abstract class BaseGrammar extends Engine {
  protected source: Source = { file: "", text: "", tokens: [], documentation: new Map(), brokenLines: new Set() };
  protected firstToken: number[] = [];
  protected lastToken: number[] = [];
  protected diagnostics: Diagnostic[] = [];
  private depth = 0;
  /** Where a missing `}` was reported last. */
  private missingAt = -1;

  protected begin(source: Source): void {
    this.source = source;
    this.firstToken = [];
    this.lastToken = [];
    this.diagnostics = [];
    this.depth = 0;
    this.missingAt = -1;
  }

  // ---------------------------------------------------------------- tokens

  protected next(type: TokenType, ahead = 1): boolean {
    return this.peek(ahead).tokenType === type;
  }

  /** Whether an optional part that begins with this type can follow; while the grammar is recorded, always. */
  protected may(type: TokenType): boolean {
    return this.RECORDING_PHASE || this.peek(1).tokenType === type;
  }

  /** Whether the next token is a free word with this text. */
  protected nextWord(text: string, ahead = 1): boolean {
    const token = this.peek(ahead);
    return token.image === text && token.tokenType === v.Identifier;
  }

  /** Whether the next token touches the one before it. */
  protected adjacent(): boolean {
    return this.peek(1).start === this.peek(0).end;
  }

  // ---------------------------------------------------------------- nodes

  /** Index of the next token: where a node that begins here starts. */
  protected mark(): number {
    return this.peek(1).index;
  }

  /** The id of a node that reaches from the token `start` to the last token read. */
  protected finish(start: number): NodeId {
    this.firstToken.push(start);
    this.lastToken.push(Math.max(this.peek(0).index, start));
    return this.firstToken.length - 1;
  }

  /** The id of a node that is just the last token read. */
  protected finishToken(): NodeId {
    return this.finish(this.peek(0).index);
  }

  protected startOf(id: NodeId): number {
    return this.firstToken[id] ?? 0;
  }

  /** The name that was just read. */
  protected nameOf(token: Lexeme): Name {
    return { id: this.finishToken(), kind: "name", text: token.image };
  }

  // ---------------------------------------------------------------- mistakes

  protected span(from: Lexeme, to: Lexeme = from): Span {
    return { file: this.source.file, start: from.start, end: Math.max(from.end, to.end) };
  }

  protected report(diagnostic: Diagnostic): void {
    if (this.RECORDING_PHASE) return;
    const line = this.source.text.lastIndexOf("\n", diagnostic.primary.span.start - 1) + 1;
    if (!this.source.brokenLines.has(line)) this.diagnostics.push(diagnostic);
  }

  /** Stops this entry with the message for `expected` not being here. Does nothing while the grammar is recorded. */
  protected stop(expected: string): void {
    if (!this.RECORDING_PHASE) throw new Mistake(explain(this.source, this.peek(1), this.peek(0), expected));
  }

  protected stopWith(diagnostic: Diagnostic): void {
    if (!this.RECORDING_PHASE) throw new Mistake(diagnostic);
  }

  /** Runs `parse` one level deeper. */
  protected nested<T>(parse: () => T): T {
    if (++this.depth > deepest && !this.RECORDING_PHASE) {
      this.depth--;
      this.stop("less nesting");
    }
    try {
      return parse();
    } finally {
      this.depth--;
    }
  }

  protected chained(length: number): void {
    if (length > longestChain) this.stop("less nesting");
  }

  /**
   * Runs `parse` for one entry. After a mistake it reports, skips to where the next entry can begin and returns what
   * `broken` makes. With `whole`, whatever is left before the next separator is a mistake as well.
   */
  protected entry<T>(parse: () => T, broken: (start: number) => T, whole: string | null = null): T {
    if (this.RECORDING_PHASE) return parse();
    const start = this.mark();
    const depth = this.depth;
    return this.guarding(
      () => {
        const result = parse();
        if (whole !== null && !this.atSeparator()) this.stop(whole);
        return result;
      },
      (error) => {
        if (!(error instanceof Mistake)) throw error;
        this.depth = depth;
        this.report(error.diagnostic);
        this.synchronise(start);
        return broken(start);
      },
    );
  }

  // ---------------------------------------------------------------- lists

  /** Items between commas up to a closing bracket; a comma may follow the last. */
  protected separated(close: TokenType, parse: () => void): void {
    if (this.RECORDING_PHASE) {
      this.MANY_SEP9({ SEP: v.Comma, DEF: parse });
      return;
    }
    while (!this.next(close)) {
      parse();
      if (this.next(v.Comma)) this.SKIP_TOKEN();
      else if (!this.next(close)) this.stop(close.label);
    }
  }

  // ---------------------------------------------------------------- blocks

  /** `{`, entries between separators, `}`. Whatever stands in it, the loop goes on to the matching `}`. */
  protected block(parseEntry: () => void, betweenSteps: () => boolean = () => false): void {
    const open = this.peek(1);
    this.CONSUME(v.LeftBrace);
    if (this.RECORDING_PHASE) this.MANY9(parseEntry);
    else this.nested(() => this.entries(parseEntry, betweenSteps));
    if (this.RECORDING_PHASE || this.next(v.RightBrace)) this.CONSUME(v.RightBrace);
    else this.missingBrace(open);
  }

  private entries(parseEntry: () => void, betweenSteps: () => boolean): void {
    for (;;) {
      while (this.next(v.Newline) || this.next(v.Semicolon) || this.next(v.Comma)) {
        if (this.next(v.Comma) && betweenSteps()) this.report(commaBetweenSteps(this.span(this.peek(1))));
        this.SKIP_TOKEN();
      }
      if (this.atBlockEnd()) return;
      parseEntry();
    }
  }

  /** One forgotten brace leaves every block around it open as well; only the innermost is worth a message. */
  private missingBrace(open: Lexeme): void {
    const here = this.mark();
    if (here === this.missingAt) return;
    this.missingAt = here;
    this.report(unclosedBrace(this.span(open), this.span(this.peek(0))));
  }

  protected atSeparator(): boolean {
    const type = this.peek(1).tokenType;
    return type === v.Newline || type === v.Comma || type === v.Semicolon || this.atBlockEnd();
  }

  protected atBlockEnd(): boolean {
    const type = this.peek(1).tokenType;
    return type === v.RightBrace || type === v.End || this.atDeclaration();
  }

  protected atDeclaration(): boolean {
    return this.peek(1).tokenType.category === v.DeclarationStart;
  }

  /** Skips the rest of the entry that began at token `start`, brackets that it opened included. */
  protected synchronise(start: number): void {
    const open: string[] = [];
    for (let index = start; index < this.mark(); index++) this.follow(this.source.tokens[index]!, open);
    while (!this.next(v.End) && !this.atDeclaration()) {
      const token = this.peek(1);
      if (!open.includes("{")) {
        if (token.tokenType === v.Newline || token.tokenType === v.RightBrace) return;
        if (open.length === 0 && (token.tokenType === v.Comma || token.tokenType === v.Semicolon)) return;
      }
      this.follow(token, open);
      this.SKIP_TOKEN();
    }
  }

  private follow(token: Lexeme, open: string[]): void {
    if (token.kind !== "punctuation") return;
    if (token.image === "{" || token.image === "(" || token.image === "[") open.push(token.image);
    const opener = closers[token.image];
    if (opener === undefined) return;
    const at = open.lastIndexOf(opener);
    if (at !== -1) open.length = at;
  }
}
