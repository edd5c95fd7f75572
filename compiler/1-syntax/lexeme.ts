/** What the scanner hands to the layout pass and what the layout pass hands to the parser. */
import type { Token, TokenKind, TokenType } from "./token.ts";
import { Identifier } from "./vocabulary.ts";

/** A scanned token: one object is at once the tree's token and the grammar's. */
export class Lexeme implements Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly image: string;
  /** Whether it is the first token on its line. */
  readonly atLineStart: boolean;
  /** Its position in the tree's tokens; set by the layout pass. */
  index = 0;
  tokenType: TokenType = Identifier;

  constructor(kind: TokenKind, start: number, end: number, image: string, atLineStart: boolean) {
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.image = image;
    this.atLineStart = atLineStart;
  }

  as(type: TokenType): this {
    this.tokenType = type;
    return this;
  }
}
