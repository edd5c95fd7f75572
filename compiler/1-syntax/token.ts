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
