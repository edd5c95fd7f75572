/** Types as written: names with arguments, records, lists, optionals, unions, literals and labels. */
import type { TokenType } from "./token.ts";
import { BaseGrammar, nothing, type Alternative, type Rule } from "./base.ts";
import type * as tree from "./tree.ts";
import * as v from "./vocabulary.ts";

const startsType: ReadonlySet<TokenType> = new Set([
  v.Identifier,
  v.LeftBrace,
  v.LeftBracket,
  v.LeftParenthesis,
  v.StringToken,
  v.NumberToken,
  v.Minus,
  v.True,
  v.False,
]);
/** What begins a bound or an example value in a type's arguments; everything else there is a type. */
const startsBound: ReadonlySet<TokenType> = new Set([
  v.NumberToken,
  v.Minus,
  v.DotDot,
  v.TimeToken,
  v.AddressToken,
  v.TemplateStart,
]);

export abstract class TypeGrammar extends BaseGrammar {
  protected abstract readonly expression: Rule<tree.Expression, [withElse?: boolean]>;
  protected abstract readonly rangeExpression: Rule<tree.Expression>;
  protected abstract stringLiteral: Rule<tree.StringLiteral>;
  protected abstract numberLiteral: Rule<tree.NumberLiteral>;

  protected typeExpression: Rule<tree.TypeExpression> = this.define("typeExpression", () => {
    const start = this.mark();
    const members = [this.SUBRULE(this.suffixedType)];
    if (!this.may(v.Bar)) return members[0]!;
    this.MANY(() => {
      this.CONSUME(v.Bar);
      members.push(this.SUBRULE(this.suffixedType));
    });
    return { id: this.finish(start), kind: "union-type", members } satisfies tree.UnionType;
  });

  private suffixedType: Rule<tree.TypeExpression> = this.define("suffixedType", () => {
    const start = this.mark();
    let type = this.SUBRULE(this.primaryType);
    if (!this.RECORDING_PHASE && !this.next(v.Question) && !this.next(v.At)) return type;
    let length = 0;
    this.MANY(() => {
      this.chained(++length);
      type = this.OR([
        {
          ALT: (): tree.TypeExpression => {
            this.CONSUME(v.Question);
            return { id: this.finish(start), kind: "optional-type", of: type };
          },
        },
        {
          ALT: (): tree.TypeExpression => {
            const labels: tree.Name[] = [];
            this.AT_LEAST_ONE(() => {
              this.CONSUME(v.At);
              labels.push(this.nameOf(this.CONSUME(v.Identifier)));
            });
            return { id: this.finish(start), kind: "labelled-type", of: type, labels };
          },
        },
      ]);
    });
    return type;
  });

  private primaryType: Rule<tree.TypeExpression> = this.define("primaryType", () => {
    if (!startsType.has(this.peek(1).tokenType) && this.peek(1).tokenType !== v.Key) this.stop("a type");
    if (!this.RECORDING_PHASE && this.next(v.Identifier)) return this.SUBRULE(this.namedType);
    const start = this.mark();
    return this.nested(() =>
      this.OR<tree.TypeExpression>([
        { ALT: () => this.SUBRULE(this.namedType) },
        { ALT: () => this.SUBRULE(this.recordType) },
        { ALT: () => this.SUBRULE(this.listType) },
        {
          ALT: () => {
            this.CONSUME(v.LeftParenthesis);
            const type = this.SUBRULE(this.typeExpression);
            this.CONSUME(v.RightParenthesis);
            return type;
          },
        },
        {
          ALT: () => {
            const value = this.SUBRULE(this.literal);
            return { id: this.finish(start), kind: "literal-type", value };
          },
        },
      ]),
    );
  });

  private literal: Rule<tree.LiteralType["value"]> = this.define("literalOfType", () => {
    const start = this.mark();
    return this.OR<tree.LiteralType["value"]>([
      { ALT: () => this.SUBRULE(this.stringLiteral) },
      { ALT: () => this.SUBRULE(this.numberLiteral) },
      {
        ALT: () => {
          this.CONSUME(v.Minus);
          const number = this.SUBRULE(this.numberLiteral);
          return { ...number, id: this.finish(start), digits: `-${number.digits}` };
        },
      },
      {
        ALT: () => {
          this.CONSUME(v.True);
          return { id: this.finish(start), kind: "boolean", value: true };
        },
      },
      {
        ALT: () => {
          this.CONSUME(v.False);
          return { id: this.finish(start), kind: "boolean", value: false };
        },
      },
    ]);
  });

  private namedType: Rule<tree.NamedType> = this.define("namedType", () => {
    const start = this.mark();
    const name = this.nameOf(this.CONSUME(v.Identifier));
    const list: tree.TypeArgument[] = [];
    if (!this.may(v.LeftParenthesis)) return { id: this.finish(start), kind: "named-type", name, arguments: list };
    this.OPTION({
      GATE: () => this.adjacent(),
      DEF: () => {
        this.CONSUME(v.LeftParenthesis);
        this.nested(() => this.separated(v.RightParenthesis, () => list.push(this.SUBRULE(this.typeArgument))));
        this.CONSUME(v.RightParenthesis);
      },
    });
    return { id: this.finish(start), kind: "named-type", name, arguments: list };
  });

  private typeArgument: Rule<tree.TypeArgument> = this.define("typeArgument", () => {
    const start = this.mark();
    const name = this.argumentName();
    const value = this.OR<tree.Expression | tree.TypeExpression>({
      MAX_LOOKAHEAD: 1,
      DEF: [
        { GATE: () => name !== null || this.atBound(), ALT: () => this.SUBRULE(this.rangeExpression) },
        { ALT: () => this.SUBRULE(this.typeExpression) },
      ],
    });
    return { id: this.finish(start), kind: "type-argument", name, value };
  });

  /** `name:` before an argument, or null. */
  protected argumentName(): tree.Name | null {
    if (!this.RECORDING_PHASE && !this.next(v.Colon, 2)) return null;
    const name = this.OPTION9({
      MAX_LOOKAHEAD: 1,
      GATE: () => this.next(v.Colon, 2),
      DEF: () => {
        const name = this.nameOf(this.CONSUME(v.Identifier));
        this.CONSUME(v.Colon);
        return name;
      },
    });
    return name ?? null;
  }

  private atBound(): boolean {
    return startsBound.has(this.peek(1).tokenType) || this.next(v.DotDot, 2);
  }

  private listType: Rule<tree.ListType> = this.define("listType", () => {
    const start = this.mark();
    this.CONSUME(v.LeftBracket);
    const item = this.SUBRULE(this.typeExpression);
    this.CONSUME(v.RightBracket);
    const length = this.OPTION({
      GATE: () => this.adjacent(),
      DEF: () => {
        this.CONSUME(v.LeftParenthesis);
        const bound = this.SUBRULE(this.rangeExpression);
        this.CONSUME(v.RightParenthesis);
        return this.asRange(bound);
      },
    });
    return { id: this.finish(start), kind: "list-type", item, length: length ?? null };
  });

  /** `[T](5)` means exactly five. */
  private asRange(bound: tree.Expression): tree.Range {
    if (bound.kind === "range") return bound;
    return { id: this.finish(this.startOf(bound.id)), kind: "range", from: bound, to: bound };
  }

  protected recordType: Rule<tree.RecordType> = this.define("recordType", () => {
    const start = this.mark();
    const fields: tree.Field[] = [];
    this.block(() => {
      const field = this.entry(this.aField, nothing, "the end of the field");
      if (field !== null) fields.push(field);
    });
    return { id: this.finish(start), kind: "record-type", fields };
  });

  private readonly aField = (): tree.Field | null => this.SUBRULE(this.field);

  private field: Rule<tree.Field> = this.define("field", () => {
    const start = this.mark();
    const documentation = this.source.documentation.get(start) ?? null;
    const name = this.SUBRULE(this.key);
    this.CONSUME(v.Colon);
    const type = this.SUBRULE(this.typeExpression);
    if (!this.may(v.Equals)) return { id: this.finish(start), kind: "field", name, type, default: null, documentation };
    const initial = this.OPTION(() => {
      this.CONSUME(v.Equals);
      return this.SUBRULE(this.expression);
    });
    return { id: this.finish(start), kind: "field", name, type, default: initial ?? null, documentation };
  });

  /** The key of a field or a record's entry: a word, or a string where the wire's name is no word. */
  protected key: Rule<tree.Name> = this.define("key", () => this.OR(this.keys));

  private readonly keys: Alternative<tree.Name>[] = [
    { ALT: () => this.nameOf(this.CONSUME(v.Identifier)) },
    {
      ALT: () => {
        const literal = this.SUBRULE(this.stringLiteral);
        return { id: literal.id, kind: "name", text: literal.value };
      },
    },
  ];
}
