/** What came of a test, and how a failure is told: the expression, what its parts were, and where it stands. */
import type { Span } from "../diagnostics/index.ts";

export interface TestReport {
  readonly title: string;
  readonly span: Span;
  readonly passed: boolean;
  readonly failures: readonly TestFailure[];
  /** How many requests it sent. */
  readonly sends: number;
}

export interface TestFailure {
  /** What was expected, or the step that could not be done. */
  readonly span: Span;
  /** The line and column of `span`, both from 1. */
  readonly line: number;
  readonly column: number;
  /** The source of the expression. */
  readonly expression: string;
  /** One sentence. */
  readonly message: string;
  /** Parts of the expression and what they were, as `.vgw` source and JSON. */
  readonly actual: readonly { readonly source: string; readonly value: string }[];
  /** How the latest request was decided, one line per step; "" where none was sent. */
  readonly trace: string;
}

/** Several lines, the first with the place; without colour. */
export function renderFailure(failure: TestFailure): string {
  const { span, line, column, expression, message, actual } = failure;
  const parts = actual.map(({ source, value }) => `    ${source} is ${value}`);
  return [`${span.file}:${line}:${column}: ${message}`, `    ${expression}`, ...parts].join("\n");
}
