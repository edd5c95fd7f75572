/**
 * Values: precedence climbing over one rule of binary operators, postfix chains, and the forms that begin with a word
 * or a bracket. Loosest first: `else`, `|>`, `or`, `and`, `not`, comparison and `in` (no chains), `..`, `+ -`, `* /`,
 * `as`, call.
 */
import type { TokenType } from "./token.ts";
import { type Alternative, type Rule, withoutElse } from "./base.ts";
import { PrimaryGrammar } from "./primary.ts";
import { chainedComparison, equalsInCondition } from "./mistake.ts";
import type * as tree from "./tree.ts";
import * as v from "./vocabulary.ts";

const levels: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  "==": 4,
  "!=": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  in: 4,
  not: 4,
  "..": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  as: 8,
};
const comparison = 4;
const operators: ReadonlyMap<string, tree.BinaryOperator> = new Map(
  (["or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/"] as const).map((sign) => [sign, sign]),
);

const prefixes: ReadonlySet<TokenType> = new Set([v.Not, v.Minus, v.DotDot]);

/** What stands behind a value, without the value. */
type Suffix =
  | Pick<tree.Member, "kind" | "name">
  | Pick<tree.Index, "kind" | "index">
  | Pick<tree.Call, "kind" | "arguments">;
/** An operator and its right side, without the left. */
type Operation =
  | Pick<tree.As, "kind" | "type">
  | Pick<tree.Range, "kind" | "to">
  | Pick<tree.Binary, "kind" | "operator" | "right">;

export abstract class ExpressionGrammar extends PrimaryGrammar {
  protected abstract readonly otherwise: Rule<tree.Otherwise>;
  /**
   * A whole value, postfix `else` included unless told otherwise: steps with an `else` of their own, and what follows
   * an `else`, hold one without. (One rule for both, and few rules below it: each costs time on every value.)
   */
  protected readonly expression: Rule<tree.Expression, [withElse?: boolean]> = this.define(
    "expression",
    (withElse = true) => {
      const start = this.mark();
      let value = this.SUBRULE(this.binary);
      let length = 0;
      if (this.may(v.PipeArrow))
        this.MANY(() => {
          this.chained(++length);
          this.CONSUME(v.PipeArrow);
          const target = this.SUBRULE(this.postfix);
          value = { id: this.finish(start), kind: "pipe", value, target };
        });
      if (withElse && this.may(v.Else))
        this.MANY1(() => {
          this.chained(++length);
          this.CONSUME(v.Else);
          const otherwise = this.SUBRULE(this.otherwise);
          value = { id: this.finish(start), kind: "else", value, otherwise };
        });
      return value;
    },
  );

  /** A value where a single `=` is a slip for `==`. */
  protected readonly condition: Rule<tree.Expression> = this.define("condition", () => {
    const outer = this.inCondition;
    this.inCondition = true;
    try {
      return this.SUBRULE(this.expression, withoutElse);
    } finally {
      this.inCondition = outer;
    }
  });

  protected readonly rangeExpression: Rule<tree.Expression> = this.define("rangeExpression", () =>
    this.SUBRULE(this.binary, { ARGS: [5] }),
  );

  private readonly binary: Rule<tree.Expression, [minimum?: number]> = this.define("binary", (minimum = 1) => {
    const start = this.mark();
    let left = this.operand();
    if (this.RECORDING_PHASE) this.MANY(() => this.OR(this.operations));
    let compared = false;
    for (let length = 1; !this.RECORDING_PHASE; length++) {
      const level = this.levelOfNext();
      if (level < Math.max(minimum, 1)) break;
      this.chained(length);
      if (level === comparison && compared) this.report(chainedComparison(this.span(this.peek(1))));
      compared = level === comparison;
      left = this.operation(start, left);
    }
    return left;
  });

  private operand(): tree.Expression {
    if (this.RECORDING_PHASE || prefixes.has(this.peek(1).tokenType)) return this.SUBRULE(this.prefixed);
    return this.SUBRULE(this.postfix);
  }

  private operation(start: number, left: tree.Expression): tree.Expression {
    const operation = this.OR(this.operations);
    const id = this.finish(start);
    switch (operation.kind) {
      case "as":
        return { id, kind: "as", value: left, type: operation.type };
      case "range":
        return { id, kind: "range", from: left, to: operation.to };
      case "binary":
        return { id, kind: "binary", operator: operation.operator, left, right: operation.right };
    }
  }

  /** One operator and its right side. Built once, for speed: arrays of closures made anew for every operator are felt. */
  private readonly operations: Alternative<Operation>[] = [
    {
      ALT: () => {
        this.CONSUME(v.As);
        return { kind: "as", type: this.SUBRULE(this.typeExpression) };
      },
    },
    {
      ALT: () => {
        this.CONSUME(v.DotDot);
        const to = this.OPTION({
          MAX_LOOKAHEAD: 1,
          GATE: () => !this.next(v.LeftBrace),
          DEF: () => this.SUBRULE(this.binary, { ARGS: [6] }),
        });
        return { kind: "range", to: to ?? null };
      },
    },
    {
      ALT: () => {
        this.CONSUME(v.Not);
        this.CONSUME(v.In);
        return { kind: "binary", operator: "not in", right: this.SUBRULE(this.binary, { ARGS: [comparison + 1] }) };
      },
    },
    {
      ALT: () => {
        this.CONSUME(v.Equals);
        this.report(equalsInCondition(this.span(this.peek(0))));
        return { kind: "binary", operator: "==", right: this.SUBRULE(this.binary, { ARGS: [comparison + 1] }) };
      },
    },
    {
      ALT: () => {
        const operator = operators.get(this.CONSUME(v.BinaryOperator).image) ?? "or";
        const minimum = (levels[operator] ?? 0) + 1;
        return { kind: "binary", operator, right: this.SUBRULE(this.binary, { ARGS: [minimum] }) };
      },
    },
  ];

  private levelOfNext(): number {
    const next = this.peek(1);
    if (next.kind !== "punctuation" && next.kind !== "word") return 0;
    if (next.tokenType === v.Identifier || next.tokenType === v.Key) return 0;
    if (next.tokenType === v.Equals) return this.inCondition ? comparison : 0;
    if (next.tokenType === v.Not && !this.next(v.In, 2)) return 0;
    return levels[next.image] ?? 0;
  }

  private readonly prefixed: Rule<tree.Expression> = this.define("prefixed", () => {
    const start = this.mark();
    return this.nested(() =>
      this.OR<tree.Expression>([
        {
          ALT: () => {
            this.CONSUME(v.Not);
            const operand = this.SUBRULE(this.binary, { ARGS: [comparison] });
            return { id: this.finish(start), kind: "unary", operator: "not", operand };
          },
        },
        {
          ALT: () => {
            this.CONSUME(v.Minus);
            const operand = this.operand();
            return { id: this.finish(start), kind: "unary", operator: "-", operand };
          },
        },
        {
          ALT: () => {
            this.CONSUME(v.DotDot);
            const to = this.SUBRULE(this.binary, { ARGS: [6] });
            return { id: this.finish(start), kind: "range", from: null, to };
          },
        },
        { ALT: () => this.SUBRULE(this.postfix) },
      ]),
    );
  });

  /** Members, indices and calls. A bracket that begins one touches what it belongs to. */
  protected readonly postfix: Rule<tree.Expression> = this.define("postfix", () => {
    if (!this.atExpression()) this.stop("a value");
    const start = this.mark();
    let value = this.OR(this.primaries);
    if (this.RECORDING_PHASE) this.MANY(() => this.OR1(this.suffixes));
    for (let length = 1; !this.RECORDING_PHASE && this.atSuffix(value); length++) {
      this.chained(length);
      value = this.suffix(start, value);
    }
    return value;
  });

  private atSuffix(value: tree.Expression): boolean {
    if (this.next(v.Dot)) return true;
    return (this.next(v.LeftParenthesis) || this.next(v.LeftBracket)) && this.adjacent() && value.kind !== "number";
  }

  private suffix(start: number, object: tree.Expression): tree.Expression {
    const suffix = this.OR1(this.suffixes);
    const id = this.finish(start);
    switch (suffix.kind) {
      case "member":
        return { id, kind: "member", object, name: suffix.name };
      case "index":
        return { id, kind: "index", object, index: suffix.index };
      case "call":
        return { id, kind: "call", callee: object, arguments: suffix.arguments };
    }
  }

  private readonly suffixes: Alternative<Suffix>[] = [
    {
      ALT: () => {
        this.CONSUME(v.Dot);
        return { kind: "member", name: this.nameOf(this.CONSUME(v.Identifier)) };
      },
    },
    {
      ALT: () => {
        this.CONSUME(v.LeftBracket);
        const index = this.nested(() => this.SUBRULE(this.expression));
        this.CONSUME(v.RightBracket);
        return { kind: "index", index };
      },
    },
    { ALT: () => ({ kind: "call", arguments: this.SUBRULE(this.callArguments) }) },
  ];

  protected readonly callArguments: Rule<tree.Argument[]> = this.define("callArguments", () => {
    const list: tree.Argument[] = [];
    this.CONSUME(v.LeftParenthesis);
    this.nested(() => this.separated(v.RightParenthesis, () => list.push(this.SUBRULE(this.argument))));
    this.CONSUME(v.RightParenthesis);
    return list;
  });

  private readonly argument: Rule<tree.Argument> = this.define("argument", () => {
    const start = this.mark();
    const name = this.argumentName();
    const value = this.SUBRULE(this.expression);
    return { id: this.finish(start), kind: "argument", name, value };
  });
}
