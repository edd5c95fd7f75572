/** Steps: a verb and what it acts on, an `if`, or a call for its effect; and what may follow a postfix `else`. Longer than other files because each rule of the grammar calls the others. */
import type { TokenType } from "./token.ts";
import { type Alternatives, type Rule, withoutElse } from "./base.ts";
import { colonForEquals, notAStep, reservedStep, settingAfterStep, unknownSource } from "./mistake.ts";
import { SettingGrammar } from "./setting.ts";
import type * as tree from "./tree.ts";
import * as v from "./vocabulary.ts";

export interface Body {
  readonly settings: tree.Setting[];
  readonly steps: tree.Step[];
}

const guardable: ReadonlySet<string> = new Set(
  "require limit concurrency budget forward reply list-models deny set remove rewrite log expression-step".split(" "),
);
const bodySettings: ReadonlySet<string> = new Set(["deadline", "body", "timeout"]);
const testVerbs: ReadonlySet<TokenType> = new Set([v.GivenVerb, v.SendVerb, v.ExpectVerb, v.AdvanceVerb]);
const endings: ReadonlySet<TokenType> = new Set([v.Reply, v.Deny, v.Forward]);

/** What `reply` and `deny` send. */
interface Answer {
  readonly status: tree.Expression | null;
  readonly value: tree.Expression | null;
}

/** What may stand alone behind `else`. */
type EndingStep = tree.ReplyStep | tree.ListModelsStep | tree.DenyStep | tree.ForwardStep;

/** A step before its guard is known. */
type Unguarded<S> = S extends { readonly guard: tree.Expression | null } ? Omit<S, "guard" | "id"> : S;

export abstract class StepGrammar extends SettingGrammar {
  /** `{ settings, then steps }`. */
  protected readonly body: Rule<Body> = this.define("body", () => {
    const settings: tree.Setting[] = [];
    const steps: tree.Step[] = [];
    this.block(
      () => {
        if (this.RECORDING_PHASE) {
          this.OR([{ ALT: () => this.settingEntry(settings) }, { ALT: () => this.stepEntry(steps) }]);
        } else if (this.next(v.Key) || this.atSettingWithEquals()) {
          const key = this.peek(1);
          if (steps.length > 0) this.report(settingAfterStep(this.span(key), key.image));
          this.settingEntry(settings);
        } else this.stepEntry(steps);
      },
      () => steps.length > 0,
    );
    return { settings, steps };
  });

  /** `deadline = 5s`: no `let` is missing there, but a colon. */
  private atSettingWithEquals(): boolean {
    return this.next(v.Equals, 2) && this.next(v.Identifier) && bodySettings.has(this.peek(1).image);
  }

  /** `{ steps }`. */
  protected readonly steps: Rule<tree.Step[]> = this.define("steps", () => {
    const steps: tree.Step[] = [];
    this.block(
      () => this.stepEntry(steps),
      () => steps.length > 0,
    );
    return steps;
  });

  private stepEntry(steps: tree.Step[]): void {
    steps.push(this.entry(this.aStep, this.brokenStep, "the end of the step"));
  }

  private readonly aStep = (): tree.Step => this.SUBRULE(this.step);
  private readonly brokenStep = (start: number): tree.Step => ({ id: this.finish(start), kind: "broken" });

  protected readonly step: Rule<tree.Step> = this.define("step", () => {
    const start = this.mark();
    if (!this.RECORDING_PHASE) this.checkVerb();
    const step = this.OR(this.kinds);
    if (!this.may(v.When)) return this.guarded(start, step, null);
    const guard = this.OPTION({
      GATE: () => guardable.has(step.kind),
      DEF: () => {
        this.CONSUME(v.When);
        return this.SUBRULE(this.condition);
      },
    });
    if (this.RECORDING_PHASE) return { id: 0, kind: "broken" };
    return this.guarded(start, step, guard ?? null);
  });

  private readonly kinds: Alternatives<Unguarded<tree.Step>> = {
    MAX_LOOKAHEAD: 1,
    DEF: [
      { ALT: () => this.SUBRULE(this.letStep) },
      { ALT: () => this.SUBRULE(this.readStep) },
      { ALT: () => this.SUBRULE(this.requireStep) },
      { ALT: () => this.SUBRULE(this.limitStep) },
      { ALT: () => this.SUBRULE(this.budgetStep) },
      { ALT: () => this.SUBRULE(this.identifyStep) },
      { ALT: () => this.SUBRULE(this.forwardStep) },
      { ALT: () => this.SUBRULE(this.replyStep) },
      { ALT: () => this.SUBRULE(this.denyStep) },
      { ALT: () => this.SUBRULE(this.setStep) },
      { ALT: () => this.SUBRULE(this.removeStep) },
      { ALT: () => this.SUBRULE(this.rewriteStep) },
      { ALT: () => this.SUBRULE(this.logStep) },
      { ALT: () => this.SUBRULE(this.ifStep) },
      { ALT: () => this.SUBRULE(this.reservedStep) },
      { ALT: () => ({ kind: "expression-step", value: this.SUBRULE(this.expression) }) },
    ],
  };

  private guarded(start: number, step: Unguarded<tree.Step>, guard: tree.Expression | null): tree.Step {
    switch (step.kind) {
      case "let":
      case "read":
      case "identify":
      case "if":
      case "reserved-step":
      case "broken":
        return step;
      default:
        return { id: this.finish(start), ...step, guard };
    }
  }

  /** A word at the start of a step that is neither a verb nor the start of a call is a slip of the pen. */
  private checkVerb(): void {
    const word = this.peek(1);
    const after = this.peek(2).tokenType;
    if (word.tokenType === v.Identifier && after !== v.Dot && after !== v.LeftParenthesis && after !== v.PipeArrow)
      this.stopWith(notAStep(this.span(word), word.image, this.next(v.Equals, 2)));
    else if (word.kind === "word" && word.tokenType !== v.Identifier) {
      if (word.tokenType === v.When || word.tokenType === v.Else) this.stop("a step");
      if (testVerbs.has(word.tokenType)) this.stop("a step");
    } else if (word.kind !== "word") this.stop("a step");
  }

  private readonly letStep: Rule<tree.LetStep> = this.define("letStep", () => {
    const start = this.mark();
    this.CONSUME(v.Let);
    const { name, type, value } = this.SUBRULE(this.definition);
    return { id: this.finish(start), kind: "let", name, type, value };
  });

  /** `name: type = value` behind a `let`. */
  protected readonly definition: Rule<Pick<tree.LetStep, "name" | "type" | "value">> = this.define("definition", () => {
    const name = this.nameOf(this.CONSUME(v.Identifier));
    const type = this.OPTION(() => {
      this.CONSUME(v.Colon);
      return this.SUBRULE(this.typeExpression);
    });
    if (type !== undefined && !this.RECORDING_PHASE && !this.next(v.Equals))
      this.stopWith(colonForEquals(this.span(this.source.tokens[this.startOf(name.id) + 1]!), name.text));
    this.CONSUME(v.Equals);
    const value = this.SUBRULE(this.expression);
    return { name, type: type ?? null, value };
  });

  private readonly readStep: Rule<tree.ReadStep> = this.define("readStep", () => {
    const start = this.mark();
    this.CONSUME(v.Read);
    const source =
      this.OPTION({
        MAX_LOOKAHEAD: 1,
        GATE: () => !this.next(v.Colon, 2),
        DEF: () => this.sourceOf(this.CONSUME(v.Identifier).image),
      }) ?? "body";
    const name = this.nameOf(this.CONSUME(v.Identifier));
    this.CONSUME(v.Colon);
    const written = this.SUBRULE(this.typeExpression);
    const from =
      this.OPTION1({
        GATE: () => this.nextWord("from"),
        DEF: () => {
          this.CONSUME(v.Identifier);
          return this.SUBRULE(this.stringLiteral);
        },
      }) ?? null;
    const initial = this.OPTION2(() => {
      this.CONSUME(v.Equals);
      return this.SUBRULE(this.expression, withoutElse);
    });
    const otherwise = this.SUBRULE(this.optionalElse);
    const { codec, type } = this.codecOf(source, written);
    const id = this.finish(start);
    return { id, kind: "read", source, name, type, codec, from, default: initial ?? null, otherwise };
  });

  private sourceOf(word: string): tree.ReadStep["source"] {
    if (word === "query" || word === "header" || word === "cookie" || word === "body") return word;
    this.stopWith(unknownSource(this.span(this.peek(0)), word));
    return "body";
  }

  /** A body's type may be wrapped in its codec: `form(Login)`, `json(T)`, `text`, `text(1..80)`, `bytes`. */
  private codecOf(source: tree.ReadStep["source"], type: tree.TypeExpression): Pick<tree.ReadStep, "codec" | "type"> {
    if (source !== "body" || this.RECORDING_PHASE || type.kind !== "named-type") return { codec: "json", type };
    const wrapper = type.name.text;
    const inner = type.arguments.length === 1 ? type.arguments[0]! : null;
    if ((wrapper === "form" || wrapper === "json") && inner !== null && inner.name === null && isType(inner.value))
      return { codec: wrapper, type: inner.value };
    if (wrapper === "text") return { codec: "text", type: { ...type, name: { ...type.name, text: "string" } } };
    return { codec: wrapper === "bytes" ? "bytes" : "json", type };
  }

  private readonly optionalElse: Rule<tree.Otherwise | null> = this.define("optionalElse", () => {
    if (!this.may(v.Else)) return null;
    const otherwise = this.OPTION(() => {
      this.CONSUME(v.Else);
      return this.SUBRULE(this.otherwise);
    });
    return otherwise ?? null;
  });

  protected readonly otherwise: Rule<tree.Otherwise> = this.define("otherwise", () => {
    const start = this.mark();
    return this.nested(() =>
      this.OR<tree.Otherwise>({
        MAX_LOOKAHEAD: 1,
        DEF: [
          {
            GATE: () => endings.has(this.peek(1).tokenType),
            ALT: () => {
              const step = this.SUBRULE(this.ending);
              return { id: this.finish(start), kind: "otherwise-step", step };
            },
          },
          {
            GATE: () => this.nextWord("ignore") && !this.next(v.Dot, 2) && !this.next(v.LeftParenthesis, 2),
            ALT: () => {
              this.CONSUME(v.Identifier);
              return { id: this.finish(start), kind: "otherwise-ignore" };
            },
          },
          {
            ALT: () => {
              const value = this.SUBRULE(this.expression, withoutElse);
              return { id: this.finish(start), kind: "otherwise-value", value };
            },
          },
        ],
      }),
    );
  });

  private readonly ending: Rule<EndingStep> = this.define("ending", () => {
    const start = this.mark();
    const step = this.OR<Unguarded<EndingStep>>([
      { ALT: () => this.SUBRULE(this.replyStep) },
      { ALT: () => this.SUBRULE(this.denyStep) },
      { ALT: () => this.SUBRULE(this.forwardStep) },
    ]);
    return { id: this.finish(start), ...step, guard: null };
  });

  private readonly requireStep: Rule<Unguarded<tree.RequireStep>> = this.define("requireStep", () => {
    this.CONSUME(v.Require);
    const condition = this.SUBRULE(this.condition);
    const otherwise = this.SUBRULE(this.optionalElse);
    return { kind: "require", condition, otherwise };
  });

  private readonly limitStep: Rule<Unguarded<tree.LimitStep | tree.ConcurrencyStep>> = this.define("limitStep", () => {
    this.CONSUME(v.LimitVerb);
    const rate = this.SUBRULE(this.expression, withoutElse);
    const concurrent = this.OPTION2({
      GATE: () => this.nextWord("concurrent"),
      DEF: () => this.CONSUME(v.Identifier),
    });
    const by = this.OPTION({
      GATE: () => this.nextWord("by"),
      DEF: () => {
        this.CONSUME(v.Identifier);
        return this.SUBRULE(this.expression, withoutElse);
      },
    });
    const settings = this.OPTION1(() => this.SUBRULE(this.settings));
    const otherwise = this.SUBRULE(this.optionalElse);
    const rest = { by: by ?? null, settings: settings ?? [], otherwise };
    return concurrent === undefined ? { kind: "limit", rate, ...rest } : { kind: "concurrency", most: rate, ...rest };
  });

  private readonly budgetStep: Rule<Unguarded<tree.BudgetStep>> = this.define("budgetStep", () => {
    this.CONSUME(v.BudgetVerb);
    const budget = this.SUBRULE(this.budgetAmount);
    const settings = this.OPTION(() => this.SUBRULE(this.settings));
    return { kind: "budget", budget, settings: settings ?? [] };
  });

  private readonly identifyStep: Rule<tree.IdentifyStep> = this.define("identifyStep", () => {
    const start = this.mark();
    this.CONSUME(v.IdentifyVerb);
    const first = this.nameOf(this.CONSUME(v.Identifier));
    const all = this.OPTION({
      GATE: () => first.text === "all",
      DEF: () => {
        const names: tree.Name[] = [];
        this.CONSUME(v.LeftParenthesis);
        this.AT_LEAST_ONE_SEP({ SEP: v.Comma, DEF: () => names.push(this.nameOf(this.CONSUME(v.Identifier))) });
        this.CONSUME(v.RightParenthesis);
        return names;
      },
    });
    const names = [first];
    this.MANY({
      GATE: () => all === undefined,
      DEF: () => {
        this.CONSUME(v.Or);
        names.push(this.nameOf(this.CONSUME(v.Identifier)));
      },
    });
    const otherwise = this.SUBRULE(this.optionalElse);
    const how = all ? "all" : names.length > 1 ? "any" : "one";
    return { id: this.finish(start), kind: "identify", how, identities: all ?? names, otherwise };
  });

  private readonly forwardStep: Rule<Unguarded<tree.ForwardStep>> = this.define("forwardStep", () => {
    this.CONSUME(v.Forward);
    const service = this.nameOf(this.CONSUME(v.Identifier));
    const dialect = this.OPTION1(() => {
      this.CONSUME(v.As);
      return this.SUBRULE(this.dialectName);
    });
    const body = this.OPTION(() => this.SUBRULE(this.body));
    const otherwise = this.SUBRULE(this.optionalElse);
    return {
      kind: "forward",
      service,
      dialect: dialect ?? null,
      settings: body?.settings ?? [],
      steps: body?.steps ?? [],
      otherwise,
    };
  });

  private readonly dialectName: Rule<tree.DialectName> = this.define("dialectName", () => {
    const start = this.mark();
    let text = this.CONSUME(v.Identifier).image;
    this.MANY(() => {
      this.CONSUME(v.Dot);
      text += `.${this.CONSUME(v.Identifier).image}`;
    });
    return { id: this.finish(start), kind: "dialect-name", text };
  });

  private readonly replyStep: Rule<Unguarded<tree.ReplyStep | tree.ListModelsStep>> = this.define("replyStep", () => {
    this.CONSUME(v.Reply);
    const listed = this.OPTION({
      GATE: () => this.nextWord("models") && this.next(v.LeftParenthesis, 2),
      DEF: () => this.SUBRULE(this.listedModels),
    });
    if (listed !== undefined) return { kind: "list-models", ...listed };
    const { status, value } = this.SUBRULE(this.statusAndValue);
    return { kind: "reply", status, value };
  });

  /** `models(assistant, mini when caller.plan == "paid") as openai.models`. */
  private readonly listedModels: Rule<Pick<tree.ListModelsStep, "models" | "dialect">> = this.define(
    "listedModels",
    () => {
      const models: tree.ListedModel[] = [];
      this.CONSUME(v.Identifier);
      this.CONSUME(v.LeftParenthesis);
      this.AT_LEAST_ONE_SEP({ SEP: v.Comma, DEF: () => models.push(this.SUBRULE(this.listedModel)) });
      this.CONSUME(v.RightParenthesis);
      this.CONSUME(v.As);
      return { models, dialect: this.SUBRULE(this.dialectName) };
    },
  );

  private readonly listedModel: Rule<tree.ListedModel> = this.define("listedModel", () => {
    const start = this.mark();
    const model = this.nameOf(this.CONSUME(v.Identifier));
    const condition = this.OPTION(() => {
      this.CONSUME(v.When);
      return this.SUBRULE(this.condition);
    });
    return { id: this.finish(start), kind: "listed-model", model, condition: condition ?? null };
  });

  private readonly denyStep: Rule<Unguarded<tree.DenyStep>> = this.define("denyStep", () => {
    this.CONSUME(v.Deny);
    const { status, value } = this.SUBRULE(this.statusAndValue);
    return { kind: "deny", status, detail: value };
  });

  /** Nothing, a status, a value, or both; a bare number alone is a status. */
  private readonly statusAndValue: Rule<Answer> = this.define("statusAndValue", () => {
    const found = this.OPTION<Answer>({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        const first = this.SUBRULE(this.expression, withoutElse);
        const second = this.OPTION1({ MAX_LOOKAHEAD: 1, DEF: () => this.SUBRULE(this.expression, withoutElse) });
        if (second === undefined && !isStatus(first)) return { status: null, value: first };
        return { status: first, value: second ?? null };
      },
    });
    return found ?? { status: null, value: null };
  });

  private readonly setStep: Rule<Unguarded<tree.SetStep>> = this.define("setStep", () => {
    this.CONSUME(v.SetVerb);
    const place = this.SUBRULE(this.postfix);
    this.CONSUME(v.Equals);
    const value = this.SUBRULE(this.expression);
    const settings = this.OPTION(() => this.SUBRULE(this.settings));
    return { kind: "set", place, value, settings: settings ?? [] };
  });

  private readonly removeStep: Rule<Unguarded<tree.RemoveStep>> = this.define("removeStep", () => {
    this.CONSUME(v.RemoveVerb);
    return { kind: "remove", place: this.SUBRULE(this.postfix) };
  });

  private readonly rewriteStep: Rule<Unguarded<tree.RewriteStep>> = this.define("rewriteStep", () => {
    this.CONSUME(v.RewriteVerb);
    return { kind: "rewrite", path: this.SUBRULE(this.expression) };
  });

  private readonly logStep: Rule<Unguarded<tree.LogStep>> = this.define("logStep", () => {
    this.CONSUME(v.LogVerb);
    const level = this.OPTION({
      MAX_LOOKAHEAD: 1,
      GATE: () => levelOf(this.peek(1).image) !== null && !this.next(v.Dot, 2) && !this.endsStep(2),
      DEF: () => levelOf(this.CONSUME(v.Identifier).image),
    });
    return { kind: "log", level: level ?? "info", value: this.SUBRULE(this.expression) };
  });

  private endsStep(ahead: number): boolean {
    const type = this.peek(ahead).tokenType;
    return type === v.Newline || type === v.Semicolon || type === v.RightBrace || type === v.End || type === v.When;
  }

  private readonly ifStep: Rule<tree.IfStep> = this.define("ifStep", () => {
    const start = this.mark();
    this.CONSUME(v.If);
    const condition = this.SUBRULE(this.condition);
    const steps = this.SUBRULE(this.steps);
    const otherwise = this.OPTION(() => {
      this.CONSUME(v.Else);
      return this.OR<tree.Step[]>([
        { ALT: () => [this.nested(() => this.SUBRULE(this.ifStep))] },
        { ALT: () => this.SUBRULE(this.steps) },
      ]);
    });
    return { id: this.finish(start), kind: "if", condition, steps, otherwise: otherwise ?? null };
  });

  private readonly reservedStep: Rule<tree.ReservedStep> = this.define("reservedStep", () => {
    const start = this.mark();
    const word = this.nameOf(this.CONSUME(v.ReservedVerb));
    this.report(reservedStep(this.span(this.peek(0)), word.text));
    if (!this.RECORDING_PHASE) this.synchronise(start);
    return { id: this.finish(start), kind: "reserved-step", word };
  });
}

function isStatus(value: tree.Expression): boolean {
  return value.kind === "number" && value.unit === null && value.currency === null;
}

function levelOf(word: string): tree.LogStep["level"] | null {
  return word === "debug" || word === "info" || word === "warn" || word === "error" ? word : null;
}

const typeKinds: ReadonlySet<string> = new Set(
  "named-type record-type list-type optional-type union-type literal-type labelled-type".split(" "),
);

function isType(value: tree.Expression | tree.TypeExpression): value is tree.TypeExpression {
  return typeKinds.has(value.kind);
}
