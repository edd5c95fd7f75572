/**
 * What each place of the grammar must see ahead, worked out by chevrotain: its recording phase reads the rules, and its
 * LL(k) analysis finds with which tokens, up to two, every part begins. When the command is built, this module is
 * replaced by its result (`scripts/build-compiler.mjs`), so that no run of it pays for the analysis.
 */
import {
  createToken,
  EmbeddedActionsParser,
  EOF,
  getLookaheadPaths,
  type ILookaheadStrategy,
  type OptionalProductionType,
  type LookaheadSequence,
  type ParserMethod,
  type TokenType as RecordedType,
} from "chevrotain";
import { type Beginning, type Decisions, places } from "./decision.ts";
import type { Alternative, Alternatives, Engine, Gated, Rule, Separated } from "./engine.ts";
import type { TokenType } from "./token.ts";
import { End, tokenTypes } from "./vocabulary.ts";

const mostLookahead = 2;

export function analyse(grammar: Engine): Decisions {
  const decisions = new Map<string, Map<number, readonly Beginning[]>>();
  new Recorder(grammar, (rule, place, alternatives) => {
    const known = decisions.get(rule) ?? new Map<number, readonly Beginning[]>();
    decisions.set(rule, known.set(place, alternatives.map(beginning)));
  });
  return Object.fromEntries([...decisions].map(([rule, known]) => [rule, Object.fromEntries(known)]));
}

// ---------------------------------------------------------------- tokens

const recorded = new Map<TokenType, RecordedType>();
for (const type of tokenTypes) {
  const categories = type.category === null ? [] : [recorded.get(type.category)!];
  recorded.set(type, type === End ? EOF : createToken({ name: type.name, label: type.label, categories }));
}

/** Indices of the token types that stand where a rule names `type`: itself and what it is the category of. */
function indicesOf(type: RecordedType): number[] {
  return tokenTypes
    .filter((own) => recorded.get(own) === type || (own.category !== null && recorded.get(own.category) === type))
    .map(({ index }) => index);
}

function beginning(paths: LookaheadSequence): Beginning {
  const one: number[] = [];
  const two: [number, number[]][] = [];
  for (const [type, following] of paths) {
    // Nothing has to be there: whatever is next, the part is entered.
    const first = type === undefined ? tokenTypes.map(({ index }) => index) : indicesOf(type);
    if (following === undefined) one.push(...first);
    else two.push(...first.map((index): [number, number[]] => [index, indicesOf(following)]));
  }
  return { one, two };
}

// ---------------------------------------------------------------- recording

type Found = (rule: string, place: number, alternatives: readonly LookaheadSequence[]) => void;

const optional: Readonly<Record<OptionalProductionType, number>> = {
  Option: places.option,
  Repetition: places.many,
  RepetitionWithSeparator: places.manySeparated,
  RepetitionMandatory: places.atLeastOne,
  RepetitionMandatoryWithSeparator: places.atLeastOneSeparated,
};

/** Hands on what chevrotain asks for each place; the functions it wants are never called. */
function collecting(found: Found): ILookaheadStrategy {
  return {
    validate: () => [],
    buildLookaheadForAlternation({ prodOccurrence: occurrence, rule, maxLookahead }) {
      const paths = getLookaheadPaths({ occurrence, rule, prodType: "Alternation", maxLookahead });
      found(rule.name, places.or + occurrence, paths);
      return () => undefined;
    },
    buildLookaheadForOptional({ prodOccurrence: occurrence, prodType, rule, maxLookahead }) {
      // The second sequence is what follows the part; the first is shown long enough to be told from it.
      const [inside = []] = getLookaheadPaths({ occurrence, rule, prodType, maxLookahead });
      found(rule.name, optional[prodType] + occurrence, [inside]);
      return () => false;
    },
  };
}

/** chevrotain's parser as the one that writes the rules down. It never parses. */
export class Recorder extends EmbeddedActionsParser {
  readonly #rules = new Map<string, ParserMethod<[], unknown>>();

  constructor(grammar: Engine, found: Found) {
    super([...recorded.values()], {
      maxLookahead: mostLookahead,
      skipValidations: true,
      lookaheadStrategy: collecting(found),
    });
    grammar.recordWith(this, (rules) => {
      for (const { name, body } of rules)
        this.#rules.set(
          name,
          this.RULE(name, () => body()),
        );
      this.performSelfAnalysis();
    });
  }

  recordToken(type: TokenType): void {
    this.CONSUME(recorded.get(type)!);
  }

  /** What comes back is chevrotain's placeholder: an object without anything in it. */
  recordRule<T, A extends unknown[]>({ name }: Rule<T, A>): T {
    return this.SUBRULE(this.#rules.get(name)!) as T;
  }

  recordOption<T>(occurrence: number, part: (() => T) | Gated<T>): T | undefined {
    return this.option(occurrence, part);
  }

  recordOr<T>(occurrence: number, alternatives: Alternative<T>[] | Alternatives<T>): T {
    return this.or(occurrence, alternatives);
  }

  recordMany(occurrence: number, part: (() => void) | Gated<void>): void {
    this.many(occurrence, part);
  }

  recordAtLeastOne(occurrence: number, part: (() => void) | Gated<void>): void {
    this.atLeastOne(occurrence, part);
  }

  recordManySeparated(occurrence: number, { SEP, DEF }: Separated): void {
    const part = { SEP: recorded.get(SEP)!, DEF };
    if (occurrence === 0) this.MANY_SEP(part);
    else this.MANY_SEP9(part);
  }

  recordAtLeastOneSeparated(occurrence: number, { SEP, DEF }: Separated): void {
    const part = { SEP: recorded.get(SEP)!, DEF };
    if (occurrence === 0) this.AT_LEAST_ONE_SEP(part);
    else this.AT_LEAST_ONE_SEP1(part);
  }
}
