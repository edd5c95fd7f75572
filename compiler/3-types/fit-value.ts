/** Values of settings that say which requests a model takes: regions, dates, names that clients use. */
import type * as tree from "../1-syntax/tree.ts";
import type { StaticValue } from "./checked.ts";
import { report } from "./context.ts";
import { type Context, refuse } from "./static-value.ts";

/** `eu`, `[eu, us]`. */
export function regionsValue(context: Context, several: boolean, node: tree.Expression): StaticValue | undefined {
  const items = several && node.kind === "list" ? node.items : [node];
  const names = items.map((item) => (item.kind === "reference" ? item.name.text : null));
  if (names.length === 0 || names.includes(null))
    return refuse(context, node, several ? "regions such as eu, or a list of them" : "a region such as eu");
  return names.flatMap((name) => (name === null ? [] : [name]));
}

/** `2026-12-01`. */
export function dateValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "reference" && node.name.text === "never") return "never";
  const text = node.kind === "time" ? node.text : "";
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
  return isDate ? text : refuse(context, node, "a date such as 2026-12-01, or never");
}

/** `{ "gpt-4o": mini, "claude-*": large }`: the models are resolved in `model.ts`. */
export function aliasesValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const wanted = 'names that clients use, with models: { "gpt-4o": mini, "claude-*": large }';
  if (node.kind !== "record") return refuse(context, node, wanted);
  const aliases: { [name: string]: string } = {};
  for (const entry of node.entries) {
    if (entry.kind !== "record-entry" || entry.value.kind !== "reference") return refuse(context, entry, wanted);
    const { key, value } = entry;
    const star = key.text.indexOf("*");
    if (key.text === "" || (star >= 0 && star < key.text.length - 1))
      return refuse(context, key, "a name, or the beginning of one with * behind it");
    if (Object.hasOwn(aliases, key.text)) {
      report(context.body, key, "VGW3006", { name: key.text }, "again");
      return undefined;
    }
    aliases[key.text] = value.name.text;
  }
  return aliases;
}
