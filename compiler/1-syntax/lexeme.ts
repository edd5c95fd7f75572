/** What the scanner hands to the layout pass and what the layout pass hands to the parser. */
import type { IToken, TokenType } from "chevrotain";
import type { Token, TokenKind } from "./token.ts";
import { Identifier } from "./vocabulary.ts";

/** A scanned token: one object is at once the tree's token and chevrotain's. */
export class Lexeme implements Token, IToken {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly image: string;
  /** Whether it is the first token on its line. */
  readonly atLineStart: boolean;
  /** Its position in the tree's tokens; set by the layout pass. */
  index = 0;
  tokenType: TokenType = Identifier;
  tokenTypeIdx = 0;

  constructor(kind: TokenKind, start: number, end: number, image: string, atLineStart: boolean) {
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.image = image;
    this.atLineStart = atLineStart;
  }

  get startOffset(): number {
    return this.start;
  }

  as(type: TokenType): this {
    this.tokenType = type;
    this.tokenTypeIdx = type.tokenTypeIdx ?? 0;
    return this;
  }
}
