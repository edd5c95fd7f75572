/** Settings against the vocabulary's tables: known, once, of the right kind and range, with defaults filled in. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import type { Setting } from "../vocabulary/setting.ts";
import type { StaticValue } from "./checked.ts";
import { type Body, report, span } from "./context.ts";
import { check } from "./expression.ts";
import { preferenceValue, withoutCondition } from "./preference.ts";
import { staticValue } from "./static-value.ts";

type Written = Pick<tree.Setting, "id" | "key" | "value"> & Partial<Pick<tree.Setting, "condition" | "otherwise">>;
export type Settings = { readonly [key: string]: StaticValue };

/** Checks a block of settings. Those computed per request are given to `expression`, and are not in the answer. */
export function checkSettings(
  body: Body,
  owner: string,
  table: readonly Setting[],
  written: readonly Written[],
  at: { readonly id: tree.NodeId },
  expression: ((setting: Setting, node: tree.Expression) => void) | null = null,
): Settings {
  const values: { [key: string]: StaticValue } = {};
  const seen = new Map<string, tree.Name>();
  for (const entry of written) {
    const { key, value } = entry;
    const setting = table.find((one) => one.key === key.text);
    const before = seen.get(key.text);
    if (!setting) {
      unknownSetting(body, owner, table, key, value);
      continue;
    }
    if (before)
      report(body, key, "VGW3006", { name: key.text }, "again", { related: [{ node: before, text: "given here" }] });
    seen.set(key.text, key);
    if (setting.type.kind === "preference") {
      const context = { body, name: setting.key, example: setting.example, environment: false };
      values[key.text] = preferenceValue(context, entry) ?? defaultOf(setting);
      continue;
    }
    withoutCondition({ body, name: key.text }, entry.condition);
    if (isComputed(setting)) expression?.(setting, value);
    else {
      const given = staticSetting(body, setting, value);
      // null is a value: what `none` says.
      values[key.text] = given === undefined ? defaultOf(setting) : given;
    }
  }
  for (const setting of table) {
    if (seen.has(setting.key) || isComputed(setting)) continue;
    if (setting.required)
      report(body, at, "VGW3019", { owner, name: setting.key }, `${setting.key} is missing`, {
        help: `add ${setting.example}`,
      });
    values[setting.key] = defaultOf(setting);
  }
  return values;
}

/** All settings of a table as they are when nothing is written. */
export function defaultSettings(table: readonly Setting[]): Settings {
  return Object.fromEntries(table.map((setting) => [setting.key, defaultOf(setting)]));
}

/** One setting's value; undefined: it has none, which has been reported. */
export function staticSetting(body: Body, setting: Setting, node: tree.Expression): StaticValue | undefined {
  return staticValue(
    { body, name: setting.key, example: setting.example, environment: setting.environment },
    setting.type,
    node,
  );
}

function isComputed(setting: Setting): boolean {
  return setting.type.kind === "expression" || setting.type.kind === "entries";
}

function defaultOf(setting: Setting): StaticValue {
  if (setting.type.kind !== "record") return setting.default as StaticValue;
  return setting.type.without === "usual" ? null : defaultSettings(setting.type.settings);
}

function unknownSetting(
  body: Body,
  owner: string,
  table: readonly Setting[],
  key: tree.Name,
  value: tree.Expression,
): void {
  // The value is looked at for its names, unless it is of a form that only its setting would explain.
  const constant = value.kind === "reference" && body.module.names.get(value.name.text)?.kind === "constant";
  if (constant || value.kind === "string" || value.kind === "template" || value.kind === "number") check(body, value);
  if (key.text === "") return;
  const known = table.map((entry) => entry.key);
  const likely = nearest(key.text, known);
  report(body, key, "VGW3018", { owner, name: key.text }, "no such setting", {
    help: likely ? `did you mean ${likely}?` : `it has ${known.length === 0 ? "none" : known.join(", ")}`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, key), text: likely }] }]
      : [],
  });
}
