/** `key` of a model: one secret, or several with limits of their own. */
import { rateFromText } from "../../runtime/value/money.ts";
import type * as tree from "../1-syntax/tree.ts";
import { modelKeySettings } from "../vocabulary/settings/model-key.ts";
import type { StaticValue } from "./checked.ts";
import { report } from "./context.ts";
import { isEnvironment } from "./environment.ts";
import { checkSettings } from "./setting.ts";
import { type Context, refuse, staticValue } from "./static-value.ts";

const TIMES: ReadonlyMap<string, number> = new Map([
  ["tok", 1],
  ["ktok", 1000],
  ["Mtok", 1_000_000],
]);

export function modelKeysValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind !== "list") return secretValue(context, node);
  if (node.items.length === 0) return refuse(context, node, "at least one key");
  const seen = new Set<string>();
  const keys = node.items.flatMap((item) => {
    const key = keyValue(context, item);
    const variable = variableOf(key);
    if (key === undefined || variable === null) return [];
    if (seen.has(variable)) report(context.body, item, "VGW3006", { name: variable }, "again");
    seen.add(variable);
    return [key];
  });
  return keys.length < node.items.length ? undefined : keys;
}

function keyValue(context: Context, node: tree.Expression): { readonly [key: string]: StaticValue } | undefined {
  if (node.kind !== "record") {
    const secret = secretValue(context, node);
    return secret === undefined ? undefined : { secret, limit: null, tokens: null };
  }
  const entries = node.entries.flatMap((entry) => (entry.kind === "record-entry" ? [entry] : []));
  for (const entry of node.entries)
    if (entry.kind === "spread") refuse(context, entry, "settings that are written out");
  const settings = checkSettings(context.body, context.name, modelKeySettings, entries, node);
  const { secret = null, limit = null, tokens = null } = settings;
  return secret === null ? undefined : { secret, limit, tokens };
}

/** Of a key that has been read. */
function variableOf(key: { readonly [key: string]: StaticValue } | undefined): string | null {
  const secret = key?.secret;
  const named = typeof secret === "object" && secret !== null && "variable" in secret ? secret.variable : null;
  return typeof named === "string" ? named : null;
}

function secretValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "call" && isEnvironment(node)) return staticValue(context, { kind: "secret" }, node);
  return refuse(
    context,
    node,
    'a secret of the environment, or several: secret("NAME"), [secret("ONE"), secret("TWO")]',
  );
}

/** `60/min`. */
export function rateValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const plain = node.kind === "number" && node.per !== null && node.unit === null && node.currency === null;
  return (plain ? rateOf(node.digits, node.per) : undefined) ?? refuse(context, node, "a rate such as 60/min");
}

/** `200ktok/min`. */
export function tokenRateValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const wanted = "tokens for a time, such as 200ktok/min";
  if (node.kind !== "number" || node.per === null || node.currency !== null) return refuse(context, node, wanted);
  const times = TIMES.get(node.unit ?? "");
  const tokens = times === undefined ? Number.NaN : Number(node.digits) * times;
  const rate = Number.isSafeInteger(tokens) ? rateOf(`${tokens}`, node.per) : undefined;
  return rate ?? refuse(context, node, wanted);
}

function rateOf(digits: string, per: string | null): StaticValue | undefined {
  const rate = rateFromText(`${digits}/${per === "d" ? "day" : per}`);
  return rate && { count: rate.count, per: rate.per };
}
