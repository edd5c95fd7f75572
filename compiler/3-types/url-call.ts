/** A setting that is written as a call with one URL and settings of its own, such as `redis(secret("REDIS_URL"), when_away: allow)`. */
import type * as tree from "../1-syntax/tree.ts";
import type { Setting } from "../vocabulary/setting.ts";
import type { StaticValue } from "./checked.ts";
import { report } from "./context.ts";
import { checkSettings } from "./setting.ts";
import { type Context, refuse } from "./static-value.ts";

export interface UrlCall {
  readonly callee: string;
  /** The URL as one writes it. */
  readonly example: string;
  /** undefined: reported. */
  readonly url: (context: Context, node: tree.Expression) => StaticValue | undefined;
}

/** `{ url, … }`. undefined: reported. */
export function urlCall(
  context: Context,
  settings: readonly Setting[],
  node: tree.Expression,
  { callee, example, url }: UrlCall,
): StaticValue | undefined {
  if (node.kind !== "call" || node.callee.kind !== "reference" || node.callee.name.text !== callee)
    return refuse(context, node, `${callee}(${example})`);
  const [first, second] = node.arguments.filter((argument) => argument.name === null);
  if (second) report(context.body, second, "VGW3014", { callee, wanted: "one URL" }, "one too many");
  const named = node.arguments.flatMap((argument) =>
    argument.name ? [{ id: argument.id, key: argument.name, value: argument.value }] : [],
  );
  const values = checkSettings(context.body, callee, settings, named, node);
  if (!first) {
    report(context.body, node, "VGW3011", { callee, wanted: "a URL" }, `such as ${example}`);
    return undefined;
  }
  const where = url(context, first.value);
  return where === undefined ? undefined : { ...values, url: where };
}
