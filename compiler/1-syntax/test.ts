/** Tests and their steps, which exist nowhere else: `given`, `send`, `expect`, `advance`. */
import type { TokenType } from "./token.ts";
import { type Rule, withoutElse } from "./base.ts";
import { notAStep } from "./mistake.ts";
import { StepGrammar } from "./step.ts";
import type * as tree from "./tree.ts";
import * as v from "./vocabulary.ts";

const testVerbs: ReadonlySet<TokenType> = new Set([v.GivenVerb, v.SendVerb, v.ExpectVerb, v.AdvanceVerb]);

export abstract class TestGrammar extends StepGrammar {
  protected readonly testTitle: Rule<tree.StringLiteral | tree.Template> = this.define("testTitle", () =>
    this.OR<tree.StringLiteral | tree.Template>([
      { ALT: () => this.SUBRULE(this.stringLiteral) },
      { ALT: () => this.SUBRULE(this.template) },
    ]),
  );

  protected readonly testSteps: Rule<tree.TestStep[]> = this.define("testSteps", () => {
    const steps: tree.TestStep[] = [];
    this.block(
      () => {
        const step = this.entry<tree.TestStep>(
          () => this.SUBRULE(this.testStep),
          (start) => ({ id: this.finish(start), kind: "broken" }),
          "the end of the step",
        );
        steps.push(step);
      },
      () => steps.length > 0,
    );
    return steps;
  });

  private readonly testStep: Rule<tree.TestStep> = this.define("testStep", () => {
    const word = this.peek(1);
    if (word.tokenType === v.Identifier && !this.RECORDING_PHASE)
      this.stopWith(notAStep(this.span(word), word.image, false));
    if (!testVerbs.has(word.tokenType)) this.stop("a step of a test");
    return this.OR<tree.TestStep>([
      { ALT: () => this.SUBRULE(this.given) },
      { ALT: () => this.SUBRULE(this.send) },
      { ALT: () => this.SUBRULE(this.expected) },
      { ALT: () => this.SUBRULE(this.advance) },
    ]);
  });

  private readonly given: Rule<tree.GivenStep> = this.define("given", () => {
    const start = this.mark();
    this.CONSUME(v.GivenVerb);
    const facts: tree.GivenFact[] = [];
    if (!this.atExpression()) this.stop("a value");
    this.AT_LEAST_ONE_SEP({ SEP: v.Comma, DEF: () => facts.push(this.SUBRULE(this.givenFact)) });
    return { id: this.finish(start), kind: "given", facts };
  });

  private readonly givenFact: Rule<tree.GivenFact> = this.define("givenFact", () => {
    const start = this.mark();
    const target = this.SUBRULE(this.postfix);
    this.CONSUME(v.Equals);
    const value = this.SUBRULE(this.expression);
    return { id: this.finish(start), kind: "given-fact", target, value };
  });

  private readonly send: Rule<tree.SendStep> = this.define("send", () => {
    const start = this.mark();
    this.CONSUME(v.SendVerb);
    const method = this.nameOf(this.CONSUME(v.Identifier));
    // Not a whole expression: `as` behind it names the caller, not a type.
    const path = this.SUBRULE(this.postfix);
    const callers: tree.SentCaller[] = [];
    this.OPTION(() => {
      this.CONSUME(v.As);
      this.AT_LEAST_ONE_SEP({ SEP: v.And, DEF: () => callers.push(this.SUBRULE(this.sentCaller)) });
    });
    const settings = this.OPTION1(() => this.SUBRULE(this.settings));
    return { id: this.finish(start), kind: "send", method, path, callers, settings: settings ?? [] };
  });

  private readonly sentCaller: Rule<tree.SentCaller> = this.define("sentCaller", () => {
    const start = this.mark();
    const identity = this.nameOf(this.CONSUME(v.Identifier));
    const list = this.OPTION(() => this.SUBRULE(this.callArguments));
    return { id: this.finish(start), kind: "sent-caller", identity, arguments: list ?? [] };
  });

  private readonly expected: Rule<tree.ExpectStep> = this.define("expect", () => {
    const start = this.mark();
    this.CONSUME(v.ExpectVerb);
    const conditions: tree.Expression[] = [];
    if (!this.atExpression()) this.stop("a value");
    this.AT_LEAST_ONE_SEP({ SEP: v.Comma, DEF: () => conditions.push(this.SUBRULE(this.condition)) });
    return { id: this.finish(start), kind: "expect", conditions };
  });

  private readonly advance: Rule<tree.AdvanceStep> = this.define("advance", () => {
    const start = this.mark();
    this.CONSUME(v.AdvanceVerb);
    const by = this.SUBRULE(this.expression, withoutElse);
    return { id: this.finish(start), kind: "advance", by };
  });
}
