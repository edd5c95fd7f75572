/**
 * Values that begin with a word, a literal or a bracket: names, literals, lists, records, `match`, lambdas, and whatever
 * stands in parentheses.
 */
import type { TokenType } from "./token.ts";
import { nothing, type Alternatives, type Rule, withoutElse } from "./base.ts";
import { literalText, numberParts, templateTexts } from "./literal.ts";
import { spaceBeforeUnit } from "./mistake.ts";
import type * as tree from "./tree.ts";
import { TypeGrammar } from "./type.ts";
import * as v from "./vocabulary.ts";

const startsExpression: ReadonlySet<TokenType> = new Set([
  v.Identifier,
  v.Key,
  v.NumberToken,
  v.StringToken,
  v.TemplateStart,
  v.TimeToken,
  v.AddressToken,
  v.LeftBrace,
  v.LeftParenthesis,
  v.LeftBracket,
  v.DotDot,
  v.Minus,
  v.Not,
  v.Match,
  v.True,
  v.False,
  v.None,
]);

export abstract class PrimaryGrammar extends TypeGrammar {
  /** Whether a single `=` is certainly meant as `==`. */
  protected inCondition = false;

  /** The token at which a pattern of a `match` begins. */
  private patternAt = -1;

  protected atExpression(): boolean {
    return startsExpression.has(this.peek(1).tokenType);
  }

  protected readonly primaries: Alternatives<tree.Expression> = {
    MAX_LOOKAHEAD: 1,
    DEF: [
      { GATE: () => this.atLambda(), ALT: () => this.SUBRULE(this.lambda) },
      { ALT: () => this.reference() },
      { ALT: () => this.SUBRULE(this.numberLiteral) },
      { ALT: () => this.SUBRULE(this.stringLiteral) },
      { ALT: () => this.nested(() => this.SUBRULE(this.template)) },
      { ALT: () => this.list() },
      { ALT: () => this.record() },
      { ALT: () => this.SUBRULE(this.match) },
      { ALT: () => this.parenthesised() },
      { ALT: () => ({ kind: "time", text: this.CONSUME(v.TimeToken).image, id: this.finishToken() }) },
      { ALT: () => ({ kind: "address", text: this.CONSUME(v.AddressToken).image, id: this.finishToken() }) },
      { ALT: () => ({ kind: "boolean", value: this.CONSUME(v.True).image === "true", id: this.finishToken() }) },
      { ALT: () => ({ kind: "boolean", value: this.CONSUME(v.False).image === "true", id: this.finishToken() }) },
      { ALT: () => this.none() },
    ],
  };

  private reference(): tree.Reference {
    const name = this.nameOf(this.CONSUME(v.Identifier));
    return { id: this.finishToken(), kind: "reference", name };
  }

  private none(): tree.NoneLiteral {
    this.CONSUME(v.None);
    return { id: this.finishToken(), kind: "none" };
  }

  private parenthesised(): tree.Expression {
    this.CONSUME(v.LeftParenthesis);
    const value = this.outsideCondition(() => this.SUBRULE(this.expression));
    this.CONSUME(v.RightParenthesis);
    return value;
  }

  /** `x => …` or `(a, b) => …`. */
  private atLambda(): boolean {
    if (this.mark() === this.patternAt) return false;
    if (this.next(v.Identifier)) return this.next(v.FatArrow, 2);
    if (!this.next(v.LeftParenthesis)) return false;
    let ahead = 2;
    while (this.next(v.Identifier, ahead) || this.next(v.Comma, ahead)) ahead++;
    return this.next(v.RightParenthesis, ahead) && this.next(v.FatArrow, ahead + 1);
  }

  private readonly lambda: Rule<tree.Lambda> = this.define("lambda", () => {
    const start = this.mark();
    const parameters: tree.Parameter[] = [];
    this.OR([
      { ALT: () => parameters.push(this.SUBRULE(this.lambdaParameter)) },
      {
        ALT: () => {
          this.CONSUME(v.LeftParenthesis);
          this.MANY_SEP({ SEP: v.Comma, DEF: () => parameters.push(this.SUBRULE(this.lambdaParameter)) });
          this.CONSUME(v.RightParenthesis);
        },
      },
    ]);
    this.CONSUME(v.FatArrow);
    const body = this.nested(() => this.SUBRULE(this.expression));
    return { id: this.finish(start), kind: "lambda", parameters, body };
  });

  private readonly lambdaParameter: Rule<tree.Parameter> = this.define("lambdaParameter", () => {
    const start = this.mark();
    const name = this.nameOf(this.CONSUME(v.Identifier));
    return { id: this.finish(start), kind: "parameter", name, type: null };
  });

  private list(): tree.ListLiteral {
    const start = this.mark();
    const items: tree.Expression[] = [];
    this.CONSUME(v.LeftBracket);
    this.outsideCondition(() => this.separated(v.RightBracket, () => items.push(this.SUBRULE(this.expression))));
    this.CONSUME(v.RightBracket);
    return { id: this.finish(start), kind: "list", items };
  }

  private record(): tree.RecordLiteral {
    const start = this.mark();
    const entries: (tree.RecordEntry | tree.Spread)[] = [];
    this.outsideCondition(() =>
      this.block(() => {
        const entry = this.entry(this.anEntry, nothing, "the end of the entry");
        if (entry !== null) entries.push(entry);
      }),
    );
    return { id: this.finish(start), kind: "record", entries };
  }

  private readonly anEntry = (): tree.RecordEntry | tree.Spread | null => this.SUBRULE(this.recordEntry);

  private readonly recordEntry: Rule<tree.RecordEntry | tree.Spread> = this.define("recordEntry", () => {
    const start = this.mark();
    const token = this.peek(1).tokenType;
    if (token !== v.Identifier && token !== v.Key && token !== v.StringToken && token !== v.Ellipsis)
      this.stop("a field's name");
    return this.OR<tree.RecordEntry | tree.Spread>([
      {
        ALT: () => {
          this.CONSUME(v.Ellipsis);
          const value = this.SUBRULE(this.expression);
          return { id: this.finish(start), kind: "spread", value };
        },
      },
      {
        ALT: () => {
          const key = this.SUBRULE(this.key);
          const written = this.OPTION(() => {
            this.SUBRULE(this.colon);
            return this.SUBRULE(this.expression);
          });
          if (written === undefined && this.source.tokens[start]?.tokenType === v.StringToken) this.stop("`:`");
          const value = written ?? { id: this.finish(start), kind: "reference", name: key };
          return { id: this.finish(start), kind: "record-entry", key, value };
        },
      },
    ]);
  });

  /** `:`, or `=` that is taken for it with a message. */
  protected abstract readonly colon: Rule<void>;

  private readonly match: Rule<tree.Match> = this.define("match", () => {
    const start = this.mark();
    this.CONSUME(v.Match);
    const subject = this.SUBRULE(this.expression, withoutElse);
    const arms: tree.MatchArm[] = [];
    this.outsideCondition(() =>
      this.block(() => {
        const arm = this.entry<tree.MatchArm | null>(() => this.SUBRULE(this.arm), nothing, "the end of the arm");
        if (arm !== null) arms.push(arm);
      }),
    );
    return { id: this.finish(start), kind: "match", subject, arms };
  });

  private readonly arm: Rule<tree.MatchArm> = this.define("arm", () => {
    const start = this.mark();
    const patterns: tree.Expression[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: v.Bar, DEF: () => patterns.push(this.SUBRULE(this.pattern)) });
    this.CONSUME(v.FatArrow);
    const value = this.SUBRULE(this.expression);
    const first = patterns[0];
    const anything = patterns.length === 1 && first?.kind === "reference" && first.name.text === "_";
    return { id: this.finish(start), kind: "match-arm", patterns: anything ? null : patterns, value };
  });

  /** A name before `=>` is a pattern here, not a lambda's parameter. */
  private readonly pattern: Rule<tree.Expression> = this.define("pattern", () => {
    const outer = this.patternAt;
    this.patternAt = this.mark();
    try {
      return this.SUBRULE(this.rangeExpression);
    } finally {
      this.patternAt = outer;
    }
  });

  /** Inside brackets: one level deeper, and `=` has its own meaning again. */
  private outsideCondition<T>(parse: () => T): T {
    const outer = this.inCondition;
    this.inCondition = false;
    try {
      return this.nested(parse);
    } finally {
      this.inCondition = outer;
    }
  }

  // ---------------------------------------------------------------- literals

  protected readonly stringLiteral: Rule<tree.StringLiteral> = this.define("stringLiteral", () => {
    const start = this.mark();
    const image = this.CONSUME(v.StringToken).image;
    return { id: this.finish(start), kind: "string", value: literalText(image) };
  });

  protected readonly template: Rule<tree.Template> = this.define("template", () => {
    const start = this.mark();
    const pieces: string[] = [];
    const holes: tree.Expression[] = [];
    pieces.push(this.CONSUME(v.TemplateStart).image);
    holes.push(this.SUBRULE(this.expression));
    this.MANY(() => {
      pieces.push(this.CONSUME(v.TemplateMiddle).image);
      holes.push(this.SUBRULE(this.expression));
    });
    pieces.push(this.CONSUME(v.TemplateEnd).image);
    return { id: this.finish(start), kind: "template", texts: templateTexts(pieces), holes };
  });

  protected readonly numberLiteral: Rule<tree.NumberLiteral> = this.define("numberLiteral", () => {
    const start = this.mark();
    const token = this.CONSUME(v.NumberToken);
    const parts = numberParts(token.image);
    if (!this.may(v.Identifier) || this.peek(1).atLineStart)
      return { id: this.finish(start), kind: "number", ...parts };
    const loose = this.OPTION({
      GATE: () => parts.unit === null && this.atLooseUnit(),
      DEF: () => {
        const unit = this.CONSUME(v.Identifier).image;
        this.report(spaceBeforeUnit(this.span(this.peek(-1), this.peek(0)), token.image, unit));
        return unit;
      },
    });
    return { id: this.finish(start), kind: "number", ...parts, unit: loose ?? parts.unit };
  });

  /** `800 ms`: a unit with a space before it, where a name could not stand. */
  private atLooseUnit(): boolean {
    const unit = this.peek(1);
    if (!v.units.has(unit.image) || unit.atLineStart) return false;
    const before = this.peek(-1).tokenType;
    return before !== v.Reply && before !== v.Deny;
  }
}
