/** A token as the tree keeps it. Offsets are UTF-16 units into the file's text, end exclusive. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

export type TokenKind =
  | "word"
  | "number"
  | "string"
  | "template-start"
  | "template-middle"
  | "template-end"
  | "time"
  | "address"
  | "newline"
  | "punctuation"
  | "unknown"
  | "end";

/** What a token is to the grammar. */
export interface TokenType {
  readonly name: string;
  /** How a message names the token to an author. */
  readonly label: string;
  /** Its place among all types. */
  readonly index: number;
  /** The type that stands for this one as well, in a rule that names it. */
  readonly category: TokenType | null;
}
