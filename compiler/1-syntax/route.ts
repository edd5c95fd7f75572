/** Routes: methods, pattern, `host`, `open` or `with …`, `when …`, then settings and steps. */
import { type Rule, withoutElse } from "./base.ts";
import { TestGrammar } from "./test.ts";
import type * as tree from "./tree.ts";
import { templateTexts } from "./literal.ts";
import * as v from "./vocabulary.ts";

export abstract class RouteGrammar extends TestGrammar {
  protected readonly route: Rule<Omit<tree.Route, "documentation" | "isPrivate">> = this.define("route", () => {
    const start = this.mark();
    this.CONSUME(v.Route);
    const methods: tree.Name[] = [];
    if (!this.next(v.Identifier)) this.stop("a method such as GET");
    this.AT_LEAST_ONE_SEP({ SEP: v.Comma, DEF: () => methods.push(this.nameOf(this.CONSUME(v.Identifier))) });
    const pattern = this.SUBRULE(this.pathPattern);
    const host =
      this.OPTION({
        MAX_LOOKAHEAD: 1,
        GATE: () => this.nextWord("host"),
        DEF: () => {
          this.CONSUME(v.Identifier);
          return this.SUBRULE(this.expression, withoutElse);
        },
      }) ?? null;
    const open =
      this.OPTION1({
        MAX_LOOKAHEAD: 1,
        GATE: () => this.nextWord("open"),
        DEF: () => this.CONSUME(v.Identifier),
      }) !== undefined;
    const policies: tree.PolicyUse[] = [];
    this.OPTION2(() => {
      this.CONSUME(v.With);
      if (!this.next(v.Identifier)) this.stop("a name");
      this.AT_LEAST_ONE_SEP1({ SEP: v.Comma, DEF: () => policies.push(this.SUBRULE(this.policyUse)) });
    });
    const guard =
      this.OPTION3(() => {
        this.CONSUME(v.When);
        return this.SUBRULE(this.condition);
      }) ?? null;
    if (!this.next(v.LeftBrace)) this.stop("`{`");
    const { settings, steps } = this.SUBRULE(this.body);
    const id = this.finish(start);
    return { id, kind: "route", methods, pattern, host, open, policies, guard, settings, steps };
  });

  private readonly policyUse: Rule<tree.PolicyUse> = this.define("policyUse", () => {
    const start = this.mark();
    const name = this.nameOf(this.CONSUME(v.Identifier));
    const list = this.OPTION({ GATE: () => this.adjacent(), DEF: () => this.SUBRULE(this.callArguments) });
    return { id: this.finish(start), kind: "policy-use", name, arguments: list ?? [] };
  });

  private readonly pathPattern: Rule<tree.PathPattern> = this.define("pathPattern", () => {
    const start = this.mark();
    const parts: tree.PathPart[] = [];
    if (!this.next(v.StringToken) && !this.next(v.TemplateStart)) this.stop("a path in quotes");
    this.OR([
      {
        ALT: () => {
          const image = this.CONSUME(v.StringToken).image;
          this.literalPart(parts, image.startsWith("'") ? image.slice(1, -1) : templateTexts([image])[0]!);
        },
      },
      {
        ALT: () => {
          this.literalPart(parts, this.textAfter(this.CONSUME(v.TemplateStart).image));
          parts.push(this.SUBRULE(this.pathParameter));
          this.MANY(() => {
            this.literalPart(parts, this.textAfter(this.CONSUME(v.TemplateMiddle).image));
            parts.push(this.SUBRULE(this.pathParameter));
          });
          this.literalPart(parts, templateTexts(['"{', this.CONSUME(v.TemplateEnd).image])[1]!);
        },
      },
    ]);
    return { id: this.finish(start), kind: "path-pattern", parts };
  });

  /** The text of a template's token that ends in `{`. */
  private textAfter(image: string): string {
    const first = image.startsWith('"') ? [image, '}"'] : ['"{', image, '}"'];
    return templateTexts(first)[first.length - 2]!;
  }

  private literalPart(parts: tree.PathPart[], text: string): void {
    if (text !== "") parts.push({ id: this.finish(this.peek(0).index), kind: "path-literal", text });
  }

  private readonly pathParameter: Rule<tree.PathParameter> = this.define("pathParameter", () => {
    const start = this.mark();
    const name = this.nameOf(this.CONSUME(v.Identifier));
    const rest = this.OPTION(() => this.CONSUME(v.Ellipsis)) !== undefined;
    const type = this.OPTION1(() => {
      this.CONSUME(v.Colon);
      return this.SUBRULE(this.typeExpression);
    });
    return { id: this.finish(start), kind: "path-parameter", name, type: type ?? null, rest };
  });
}
