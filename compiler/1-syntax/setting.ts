/** Settings: `key: value`, alone in a block or before the steps of one; and what a value may depend on: `a when … else b`. */
import { ExpressionGrammar } from "./expression.ts";
import { nothing, type Rule, withoutElse } from "./base.ts";
import { equalsForColon } from "./mistake.ts";
import type * as tree from "./tree.ts";
import * as v from "./vocabulary.ts";

export abstract class SettingGrammar extends ExpressionGrammar {
  protected readonly colon: Rule<void> = this.define("colon", () => {
    if (!this.RECORDING_PHASE && this.next(v.Colon)) {
      this.CONSUME(v.Colon);
      return;
    }
    this.OR([
      { ALT: () => this.CONSUME(v.Colon) },
      {
        ALT: () => {
          this.CONSUME(v.Equals);
          this.report(equalsForColon(this.span(this.peek(-1)), this.span(this.peek(0)), this.peek(-1).image));
        },
      },
    ]);
  });

  protected readonly setting: Rule<tree.Setting> = this.define("setting", () => {
    const start = this.mark();
    if (!this.next(v.Key) && !this.next(v.Identifier)) this.stop("a setting");
    const key = this.nameOf(this.CONSUME(v.Identifier));
    if (!this.next(v.Colon) && !this.next(v.Equals)) this.stop("`:`");
    this.SUBRULE(this.colon);
    const isBudget = this.RECORDING_PHASE || key.text === "budget";
    const value = this.SUBRULE(isBudget ? this.budgets : this.expression);
    let condition: tree.Expression | null = null;
    const otherwise: tree.GuardedValue[] = [];
    if (this.may(v.When))
      this.OPTION(() => {
        this.CONSUME(v.When);
        condition = this.SUBRULE(this.condition);
        this.MANY(() => {
          this.CONSUME(v.Else);
          otherwise.push(this.SUBRULE(this.guardedValue));
        });
      });
    return { id: this.finish(start), kind: "setting", key, value, condition, otherwise };
  });

  private readonly guardedValue: Rule<tree.GuardedValue> = this.define("guardedValue", () => {
    const start = this.mark();
    const value = this.SUBRULE(this.expression, withoutElse);
    let condition: tree.Expression | null = null;
    if (this.may(v.When))
      this.OPTION(() => {
        this.CONSUME(v.When);
        condition = this.SUBRULE(this.condition);
      });
    return { id: this.finish(start), kind: "guarded-value", value, condition };
  });

  /** The value of `budget`: one, or a list of several. */
  private readonly budgets: Rule<tree.Expression> = this.define("budgets", () => {
    const start = this.mark();
    return this.OR<tree.Expression>({
      MAX_LOOKAHEAD: 1,
      DEF: [
        {
          GATE: () => this.next(v.LeftBracket),
          ALT: () => {
            const items: tree.Expression[] = [];
            this.CONSUME(v.LeftBracket);
            this.separated(v.RightBracket, () => items.push(plain(this.SUBRULE(this.budgetAmount))));
            this.CONSUME(v.RightBracket);
            return { id: this.finish(start), kind: "list", items };
          },
        },
        { ALT: () => plain(this.SUBRULE(this.budgetAmount)) },
      ],
    });
  });

  /** `$25/day by caller.team then local`. */
  protected readonly budgetAmount: Rule<tree.Budget> = this.define("budgetAmount", () => {
    const start = this.mark();
    const amount = this.SUBRULE(this.expression, withoutElse);
    const by = this.OPTION({
      GATE: () => this.nextWord("by"),
      DEF: () => {
        this.CONSUME(v.Identifier);
        return this.SUBRULE(this.expression);
      },
    });
    const instead = this.OPTION1({
      GATE: () => this.nextWord("then"),
      DEF: () => {
        this.CONSUME(v.Identifier);
        return this.nameOf(this.CONSUME(v.Identifier));
      },
    });
    return { id: this.finish(start), kind: "budget-amount", amount, by: by ?? null, instead: instead ?? null };
  });

  /** `{ key: value … }` with nothing but settings in it. */
  protected readonly settings: Rule<tree.Setting[]> = this.define("settings", () => {
    const settings: tree.Setting[] = [];
    this.block(() => this.settingEntry(settings));
    return settings;
  });

  private readonly aSetting = (): tree.Setting | null => this.SUBRULE(this.setting);

  protected settingEntry(settings: tree.Setting[]): void {
    const setting = this.entry(this.aSetting, nothing, "the end of the setting");
    if (setting !== null) settings.push(setting);
  }
}

/** An amount alone is the value that it is in any other setting. */
function plain(budget: tree.Budget): tree.Expression {
  return budget.by === null && budget.instead === null ? budget.amount : budget;
}
