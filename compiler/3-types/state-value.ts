/** `redis(secret("REDIS_URL"), when_away: allow)`: where what machines count together stands. */
import type * as tree from "../1-syntax/tree.ts";
import type { Setting } from "../vocabulary/setting.ts";
import type { StaticValue } from "./checked.ts";
import { STRING } from "./construct.ts";
import { environmentValue, isEnvironment } from "./environment.ts";
import { type Context, literalOf, refuse } from "./static-value.ts";
import { urlCall } from "./url-call.ts";

/** `{ url, … }`. undefined: reported. */
export function stateValue(
  context: Context,
  settings: readonly Setting[],
  node: tree.Expression,
): StaticValue | undefined {
  return urlCall(context, settings, node, { callee: "redis", example: 'secret("REDIS_URL")', url: urlValue });
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
