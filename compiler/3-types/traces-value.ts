/** `otlp(env("OTEL_EXPORTER_OTLP_ENDPOINT", url), sample: 10%, headers: { authorization: secret("TOKEN") })`: where spans of requests go. */
import { urlFromText } from "../../runtime/value/url.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { Setting } from "../vocabulary/setting.ts";
import type { StaticValue } from "./checked.ts";
import { STRING } from "./construct.ts";
import { report } from "./context.ts";
import { environmentValue, isEnvironment } from "./environment.ts";
import { type Context, literalOf, refuse } from "./static-value.ts";
import { urlCall } from "./url-call.ts";

/** `{ url, sample, headers }`. undefined: reported. */
export function tracesValue(
  context: Context,
  settings: readonly Setting[],
  node: tree.Expression,
): StaticValue | undefined {
  return urlCall(context, settings, node, { callee: "otlp", example: '"http://127.0.0.1:4318"', url: urlValue });
}

function urlValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "call" && isEnvironment(node)) {
    const value = environmentValue(context.body, node, "url");
    if (value === null) return undefined;
    if (value.secret || value.type === "url") return value;
    return refuse(context, node, `env("${value.variable}", url)`);
  }
  const text = literalOf(context, node, STRING);
  if (typeof text !== "string") return undefined;
  const sound = urlFromText(text) !== undefined && /^https?:/.test(text) && !/[?#@]/.test(text);
  return sound ? text : refuse(context, node, 'a URL such as "http://127.0.0.1:4318", without a password');
}

/** Fields that say how the body is to be read, or whose connection it is. */
const OWN: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]);

/** `{ authorization: secret("TOKEN"), "x-tenant": "shop" }`: becomes a list of `{ name, value }`, names in lower case. */
export function fieldsValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind !== "record")
    return refuse(context, node, 'header fields in braces: { authorization: secret("OTLP_AUTHORIZATION") }');
  const fields = new Map<string, StaticValue>();
  for (const entry of node.entries) {
    if (entry.kind !== "record-entry") return refuse(context, entry, "fields that are written out");
    const { key, value } = entry;
    const name = key.text.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return refuse(context, key, "the name of a header field");
    if (OWN.has(name)) return refuse(context, key, "fields beside those that the gateway writes itself");
    if (fields.has(name)) {
      report(context.body, key, "VGW3006", { name }, "again");
      return undefined;
    }
    const given = fieldValue(context, value);
    if (given === undefined) return undefined;
    fields.set(name, given);
  }
  return [...fields].map(([name, value]) => ({ name, value }));
}

function fieldValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "call" && isEnvironment(node)) {
    const value = environmentValue(context.body, node, "string");
    if (value === null) return undefined;
    return value.type === "string" ? value : refuse(context, node, `env("${value.variable}")`);
  }
  const text = literalOf(context, node, STRING);
  if (typeof text !== "string") return undefined;
  return /^[!-~]([ -~]*[!-~])?$/.test(text) ? text : refuse(context, node, "texts of printable ASCII characters");
}
