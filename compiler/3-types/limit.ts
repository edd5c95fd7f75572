/** `limit`: a rate, what it is counted by, and how. Where both are written out, a demand that can never be met is told. */
import type * as tree from "../1-syntax/tree.ts";
import { rateLimitSettings } from "../vocabulary/settings/limit.ts";
import { constantValue } from "./constant-value.ts";
import { type Body, report } from "./context.ts";
import { int, MAX_INT, simple } from "./construct.ts";
import { expect } from "./expression.ts";
import { checkEndingOtherwise } from "./otherwise.ts";
import { checkSettings } from "./setting.ts";
import { textValue } from "./template.ts";
import { hasText } from "./text.ts";

/** Milliseconds that a counter can look ahead: 2^53 nanoseconds, rounded down to whole days. */
const HORIZON = 104 * 86_400_000;
/** What stands between quotes in a structured field without being escaped (RFC 8941 §3.3.3). */
const NAME = /^[ !#-[\]-~]{1,64}$/;

export function checkLimit(body: Body, step: tree.LimitStep): void {
  const mark = body.failures.length;
  expect(body, step.rate, simple("rate"));
  if (step.by) checkLimitKey(body, step.by);
  const settings = checkSettings(body, "limit", rateLimitSettings, step.settings, step, (setting, node) => {
    expect(body, node, setting.key === "burst" ? int(1, MAX_INT) : int(0, MAX_INT));
  });
  if (typeof settings.name === "string" && !NAME.test(settings.name)) {
    const written = step.settings.find((setting) => setting.key.text === "name") ?? step;
    report(body, written, "VGW3034", { text: "this", type: "a name of a limit" }, "it stands in header fields", {
      help: "take 1 to 64 characters of ASCII without quotes and backslashes",
    });
  }
  checkAmounts(body, step);
  checkSharing(body, step);
  if (step.otherwise) body.failures.length = mark;
  checkEndingOtherwise(body, step.otherwise);
}

/** What requests are told apart by: anything that has a text, and differs. */
export function checkLimitKey(body: Body, by: tree.Expression): void {
  const type = textValue(body, by);
  if (hasText(type) && constantValue(by) !== undefined)
    report(body, by, "VGW7004", {}, "always the same", { help: "leave `by` out, or count by what differs" });
}

/** What is said about other gateways is said of a limit that counts with them. */
export function checkSharing(body: Body, { settings }: Pick<tree.LimitStep, "settings">): void {
  const away = settings.find(({ key }) => key.text === "when_away");
  if (away === undefined || settings.some(({ key }) => key.text === "shared")) return;
  report(body, away.key, "VGW7006", { one: "when_away", other: "shared" }, "nobody is asked", {
    help: "say that it counts with other gateways: shared: exact",
  });
}

function checkAmounts(body: Body, step: tree.LimitStep): void {
  const setting = (key: string): tree.Expression | undefined =>
    step.settings.find((one) => one.key.text === key)?.value;
  const rate = constantValue(step.rate);
  if (!isRate(rate)) return;
  const written = setting("burst");
  const burst = written ? constantValue(written) : rate.count;
  const at = setting("cost");
  const cost = at ? constantValue(at) : 1;
  if (typeof burst !== "number") return;
  if (at && typeof cost === "number" && cost > burst)
    report(body, at, "VGW7003", { cost: String(cost), burst: String(burst) }, "more than are ever admitted at once", {
      related: written ? [{ node: written, text: "this many" }] : [],
      help: "raise the burst, or lower the cost",
    });
  if ((burst * rate.per) / rate.count > HORIZON)
    report(body, written ?? step.rate, "VGW7005", {}, "this takes longer to recover", {
      help: "lower the burst, or raise the rate",
    });
}

function isRate(value: unknown): value is { readonly count: number; readonly per: number } {
  return typeof value === "object" && value !== null && "count" in value && "per" in value;
}
