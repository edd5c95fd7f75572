/** Settings: `key: value`, alone in a block or before the steps of one. */
import { ExpressionGrammar } from "./expression.ts";
import { nothing, type Rule } from "./base.ts";
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
    const value = this.SUBRULE(this.expression);
    return { id: this.finish(start), kind: "setting", key, value };
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
