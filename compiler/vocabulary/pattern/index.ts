/**
 * Patterns (`string(pattern: '…')`, `text.matches('…')`): from their source to the tables of `runtime/value/pattern.ts`.
 * The checker asks for errors, the interpreter for the pattern itself, the emitter for its TypeScript.
 */
import { type Pattern, pattern } from "../../../runtime/value/pattern.ts";
import { type Automaton, automatonOf } from "./automaton.ts";
import { minimise } from "./minimise.ts";
import { parsePattern } from "./parse.ts";
import type { PatternError } from "./tree.ts";

export type { PatternError } from "./tree.ts";

/** No pattern that people write is longer; it bounds the work. */
const LONGEST = 2000;

function compile(source: string): Automaton | PatternError {
  if (source.length > LONGEST) return { error: `a pattern has ${LONGEST} characters at most`, at: 0, help: "split it" };
  const tree = parsePattern(source);
  if ("error" in tree) return tree;
  const automaton = automatonOf(tree);
  return "error" in automaton ? automaton : minimise(automaton);
}

/** What is wrong with a pattern; null: nothing. */
export function patternError(source: string): PatternError | null {
  const compiled = compilePattern(source);
  return "error" in compiled ? compiled : null;
}

const compiledPatterns = new Map<string, Pattern | PatternError>();

/** Remembered per source. */
export function compilePattern(source: string): Pattern | PatternError {
  let compiled = compiledPatterns.get(source);
  if (compiled === undefined) {
    const automaton = compile(source);
    compiled =
      "error" in automaton
        ? automaton
        : pattern(source, automaton.boundaries, automaton.kinds, automaton.next, automaton.accepting);
    compiledPatterns.set(source, compiled);
  }
  return compiled;
}

/** Of a source that the checker has accepted. */
export function patternOf(source: string): Pattern {
  const compiled = compilePattern(source);
  if ("error" in compiled) throw new Error(`the pattern ${source} was not checked: ${compiled.error}`);
  return compiled;
}

/** A call of the runtime's `pattern` that gives the same tables, as TypeScript. */
export function patternCode(source: string): string {
  const { boundaries, kinds, next, accepting } = patternOf(source);
  return `pattern(${[source, boundaries, kinds, next, [...accepting]].map((part) => JSON.stringify(part)).join(", ")})`;
}
