/**
 * Runs the grammar. The rules are written in chevrotain's notation (`CONSUME`, `SUBRULE`, `OPTION`, `MANY`, `OR` …; a digit
 * behind the word tells apart places of one rule), and chevrotain works out what each place must see ahead to be entered
 * (`analysis.ts`). Here its decisions are only followed: a rule is one call, an optional part one look into a table.
 * chevrotain's own engine, made for syntax trees, backtracking and recovery, none of which is used, takes ten calls.
 */
import type { Recorder } from "./analysis.ts";
import { Decision, type Decisions, places } from "./decision.ts";
import { Lexeme } from "./lexeme.ts";
import type { TokenType } from "./token.ts";
import { End, tokenTypes } from "./vocabulary.ts";

export interface Rule<T, A extends unknown[] = []> {
  readonly name: string;
  readonly body: (...args: A | []) => T;
  /** What its places decide by, by their keys; each is made when it is first come to. */
  readonly places: (Decision | undefined)[];
}

export interface Alternative<T> {
  /** The alternative is passed over where this says no. It has no effect. */
  readonly GATE?: () => boolean;
  readonly ALT: () => T;
}

export interface Alternatives<T> {
  readonly MAX_LOOKAHEAD?: number;
  readonly DEF: Alternative<T>[];
}

export interface Gated<T> {
  readonly MAX_LOOKAHEAD?: number;
  readonly GATE?: () => boolean;
  readonly DEF: () => T;
}

export interface Separated {
  readonly SEP: TokenType;
  readonly DEF: () => void;
}

/** What a rule sees where there is no token, and while it is recorded. */
export const placeholder = new Lexeme("end", 0, 0, "", false).as(End);

export abstract class Engine {
  /** Whether chevrotain is reading the rules: each part is run once, and nothing is there to be looked at. */
  protected RECORDING_PHASE = false;
  private recorder: Recorder | null = null;
  private decisions: Decisions = {};
  private readonly rules: Rule<unknown>[] = [];
  /** The rule being read. */
  private rule: Pick<Rule<unknown>, "name" | "places"> = { name: "", places: [] };
  private tokens: readonly Lexeme[] = [];
  /** Index of the last token read. */
  private at = -1;

  /** Ends the rule with the message that `expected` is not here. */
  protected abstract stop(expected: string): void;

  // ---------------------------------------------------------------- set up

  /** A rule of the grammar whose result type is stated by the member that holds it. */
  protected define<T, A extends unknown[] = []>(name: string, body: (...args: A | []) => T): Rule<T, A> {
    const rule: Rule<T, A> = { name, body, places: new Array<Decision | undefined>(places.count).fill(undefined) };
    this.rules.push(rule);
    return rule;
  }

  /** Runs `analysis` with everything recorded instead of read. */
  recordWith(recorder: Recorder, analysis: (rules: readonly Rule<unknown>[]) => void): void {
    this.recorder = recorder;
    this.RECORDING_PHASE = true;
    try {
      analysis(this.rules);
    } finally {
      this.recorder = null;
      this.RECORDING_PHASE = false;
    }
  }

  /** Must come before the first `run`. */
  decideBy(decisions: Decisions): void {
    this.decisions = decisions;
  }

  protected run<T>(rule: Rule<T>, tokens: readonly Lexeme[]): T {
    this.tokens = tokens;
    this.at = -1;
    return this.SUBRULE(rule);
  }

  /** Runs `read`; should it throw, the rule that was being read is taken up again and `failed` answers. */
  protected guarding<T>(read: () => T, failed: (error: unknown) => T): T {
    const { rule } = this;
    try {
      return read();
    } catch (error) {
      this.rule = rule;
      return failed(error);
    }
  }

  // ---------------------------------------------------------------- tokens

  /** The token `ahead` places on; 0 is the last one read. */
  protected peek(ahead: number): Lexeme {
    const index = this.at + ahead;
    return index >= 0 && index < this.tokens.length ? this.tokens[index]! : placeholder;
  }

  protected SKIP_TOKEN(): void {
    if (this.at < this.tokens.length - 1) this.at++;
  }

  protected CONSUME(type: TokenType): Lexeme {
    if (this.recorder !== null) {
      this.recorder.recordToken(type);
      return placeholder;
    }
    const token = this.peek(1);
    if (token.tokenType === type || token.tokenType.category === type) this.at++;
    else this.stop(type.label);
    return token;
  }

  // ---------------------------------------------------------------- rules

  protected SUBRULE<T, A extends unknown[]>(rule: Rule<T, A>, options?: { readonly ARGS: A }): T {
    if (this.recorder !== null) return this.recorder.recordRule(rule);
    const outer = this.rule;
    this.rule = rule;
    const result = options === undefined ? rule.body() : rule.body(...options.ARGS);
    this.rule = outer;
    return result;
  }

  private decision(place: number): Decision {
    const { rule } = this;
    const known = rule.places[place];
    if (known !== undefined) return known;
    const beginnings = this.decisions[rule.name]?.[place];
    if (beginnings === undefined)
      throw new Error(`the analysis of the grammar knows no place ${place} of ${rule.name}`);
    const made = new Decision(beginnings, tokenTypes.length);
    rule.places[place] = made;
    return made;
  }

  // ---------------------------------------------------------------- parts

  protected OPTION<T>(part: (() => T) | Gated<T>): T | undefined {
    return this.option(0, part);
  }
  protected OPTION1<T>(part: (() => T) | Gated<T>): T | undefined {
    return this.option(1, part);
  }
  protected OPTION2<T>(part: (() => T) | Gated<T>): T | undefined {
    return this.option(2, part);
  }
  protected OPTION3<T>(part: (() => T) | Gated<T>): T | undefined {
    return this.option(3, part);
  }
  protected OPTION9<T>(part: (() => T) | Gated<T>): T | undefined {
    return this.option(9, part);
  }

  private option<T>(occurrence: number, part: (() => T) | Gated<T>): T | undefined {
    if (this.recorder !== null) return this.recorder.recordOption(occurrence, part);
    if (!this.entersAt(places.option + occurrence)) return undefined;
    if (typeof part === "function") return part();
    return part.GATE === undefined || part.GATE() ? part.DEF() : undefined;
  }

  protected OR<T>(alternatives: Alternative<T>[] | Alternatives<T>): T {
    return this.or(0, alternatives);
  }
  protected OR1<T>(alternatives: Alternative<T>[] | Alternatives<T>): T {
    return this.or(1, alternatives);
  }

  private or<T>(occurrence: number, written: Alternative<T>[] | Alternatives<T>): T {
    if (this.recorder !== null) return this.recorder.recordOr(occurrence, written);
    const alternatives = Array.isArray(written) ? written : written.DEF;
    const decision = this.decision(places.or + occurrence);
    const type = this.peek(1).tokenType.index;
    const following = this.peek(2).tokenType.index;
    for (let index = decision.choose(type, following); ; index = decision.choose(type, following, index + 1)) {
      const alternative = alternatives[index];
      if (alternative === undefined) break;
      if (alternative.GATE === undefined || alternative.GATE()) return alternative.ALT();
    }
    this.stop("something else");
    throw new Error("a rule went on although none of its alternatives is here");
  }

  protected MANY(part: (() => void) | Gated<void>): void {
    this.many(0, part);
  }
  protected MANY1(part: (() => void) | Gated<void>): void {
    this.many(1, part);
  }
  protected MANY9(part: (() => void) | Gated<void>): void {
    this.many(9, part);
  }

  private many(occurrence: number, part: (() => void) | Gated<void>): void {
    if (this.recorder !== null) this.recorder.recordMany(occurrence, part);
    else this.repeat(places.many + occurrence, part);
  }

  protected AT_LEAST_ONE(part: (() => void) | Gated<void>): void {
    if (this.recorder !== null) this.recorder.recordAtLeastOne(0, part);
    else {
      const before = this.at;
      this.repeat(places.atLeastOne, part);
      if (this.at === before) this.stop("something else");
    }
  }

  protected MANY_SEP(part: Separated): void {
    this.manySeparated(0, part);
  }
  protected MANY_SEP9(part: Separated): void {
    this.manySeparated(9, part);
  }

  private manySeparated(occurrence: 0 | 9, part: Separated): void {
    if (this.recorder !== null) this.recorder.recordManySeparated(occurrence, part);
    else if (this.entersAt(places.manySeparated + occurrence)) this.separate(part);
  }

  protected AT_LEAST_ONE_SEP(part: Separated): void {
    this.atLeastOneSeparated(0, part);
  }
  protected AT_LEAST_ONE_SEP1(part: Separated): void {
    this.atLeastOneSeparated(1, part);
  }

  private atLeastOneSeparated(occurrence: 0 | 1, part: Separated): void {
    if (this.recorder !== null) this.recorder.recordAtLeastOneSeparated(occurrence, part);
    else if (this.entersAt(places.atLeastOneSeparated + occurrence)) this.separate(part);
    else this.stop("something else");
  }

  private entersAt(place: number): boolean {
    return this.decision(place).enters(this.peek(1).tokenType.index, this.peek(2).tokenType.index);
  }

  /** As long as there is one, and reading it makes progress. */
  private repeat(place: number, part: (() => void) | Gated<void>): void {
    const [gate, read] = typeof part === "function" ? [undefined, part] : [part.GATE, part.DEF];
    for (let before = -2; this.at > before && this.entersAt(place) && (gate === undefined || gate()); ) {
      before = this.at;
      read();
    }
  }

  private separate({ SEP, DEF }: Separated): void {
    DEF();
    while (this.peek(1).tokenType === SEP) {
      this.at++;
      DEF();
    }
  }
}
