/** `redis(secret("REDIS_URL"), when_away: allow)`: where what machines count together stands. */
import type * as tree from "../1-syntax/tree.ts";
import type { Setting } from "../vocabulary/setting.ts";
import type { StaticValue } from "./checked.ts";
import { report } from "./context.ts";
import { STRING } from "./construct.ts";
import { environmentValue, isEnvironment } from "./environment.ts";
import { checkSettings } from "./setting.ts";
import { type Context, literalOf, refuse } from "./static-value.ts";

const WANTED = 'redis(secret("REDIS_URL"))';

/** `{ url, … }`. undefined: reported. */
export function stateValue(
  context: Context,
  settings: readonly Setting[],
  node: tree.Expression,
): StaticValue | undefined {
  if (node.kind !== "call" || node.callee.kind !== "reference" || node.callee.name.text !== "redis")
    return refuse(context, node, WANTED);
  const [first, second] = node.arguments.filter((argument) => argument.name === null);
  if (second) report(context.body, second, "VGW3014", { callee: "redis", wanted: "one URL" }, "one too many");
  const named = node.arguments.flatMap((argument) =>
    argument.name ? [{ id: argument.id, key: argument.name, value: argument.value }] : [],
  );
  const values = checkSettings(context.body, "redis", settings, named, node);
  if (!first) {
    report(context.body, node, "VGW3011", { callee: "redis", wanted: "a URL" }, 'such as secret("REDIS_URL")');
    return undefined;
  }
  const url = urlValue(context, first.value);
  return url === undefined ? undefined : { ...values, url };
}

/** A password stands in the environment, never in a program. */
function urlValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "call" && isEnvironment(node)) {
    const value = environmentValue(context.body, node, "string");
    if (value === null) return undefined;
    return value.type === "string" ? value : refuse(context, node, `env("${value.variable}")`);
  }
  const text = literalOf(context, node, STRING);
  if (typeof text !== "string") return undefined;
  if (/^rediss?:\/\/[^/?#@\s]+(\/\d{1,5})?$/.test(text)) return text;
  return refuse(
    context,
    node,
    text.includes("@")
      ? 'a URL without a password: one with a password is a secret("REDIS_URL")'
      : '"redis://HOST:PORT/DATABASE"',
  );
}
