/** Patterns of strings, judged while compiling with the automaton that the runtime uses. */
import { matchesPattern as matches } from "../../runtime/value/pattern.ts";
import { patternError, patternOf } from "../vocabulary/pattern/index.ts";

/** What is wrong with a pattern, in words; null: nothing. */
export function patternProblem(source: string): string | null {
  const problem = patternError(source);
  return problem && `${problem.error}; ${problem.help}`;
}

/** The pattern must be a good one. */
export function matchesPattern(source: string, text: string): boolean {
  return matches(text, patternOf(source));
}
