/**
 * A diagnostic as a value. Every phase makes them through the one constructor of its code (`catalogue.ts`), which
 * fills in slug, severity and title from the code's page, so that message and documentation can't drift.
 */

/** A place in a source file: offsets in UTF-16 units, end exclusive. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface Label {
  readonly span: Span;
  readonly text: string;
}

export interface Edit {
  readonly span: Span;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  /** "safe": the meaning is certainly what the author wanted; `vgw check --fix` applies it. "maybe": a person chooses. */
  readonly kind: "safe" | "maybe";
  readonly edits: readonly Edit[];
}

export type Severity = "error" | "warning";

export interface Diagnostic {
  /** "VGW3012"; never used again for another meaning. */
  readonly code: string;
  /** "missing-unit". */
  readonly slug: string;
  readonly severity: Severity;
  /** One sentence that stands alone. */
  readonly message: string;
  readonly primary: Label;
  readonly related: readonly Label[];
  readonly notes: readonly string[];
  readonly help: string | null;
  readonly fixes: readonly Fix[];
  readonly tags: readonly ("unused" | "deprecated")[];
}
