/** The value of a setting: literals, words, constants, and what the environment says. */
import { canonicalPath } from "../../runtime/http/path.ts";
import { urlFromText } from "../../runtime/value/url.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import type { SettingType } from "../vocabulary/setting.ts";
import type { EnvironmentValue, StaticValue } from "./checked.ts";
import { constantValue } from "./constant-value.ts";
import { type Body, report, sourceOf, span } from "./context.ts";
import { BOOL, INT, simple, STRING } from "./construct.ts";
import { environmentValue, isEnvironment } from "./environment.ts";
import { expect } from "./expression.ts";
import { budgetsValue, priceValue } from "./money-value.ts";
import { aliasesValue, dateValue, regionsValue } from "./fit-value.ts";
import { modelKeysValue, rateValue, tokenRateValue } from "./model-key.ts";
import { modelNames, providerValue, tokensValue } from "./model-value.ts";
import { certificateValue, fileSourceValue } from "./pem-value.ts";
import { preferenceValue } from "./preference.ts";
import { checkSettings } from "./setting.ts";
import { stateValue } from "./state-value.ts";
import { fieldsValue, tracesValue } from "./traces-value.ts";
import type { Type } from "./type.ts";
import { zoneValue } from "./zone-value.ts";

export interface Context {
  readonly body: Body;
  /** Of the setting, for messages. */
  readonly name: string;
  /** As it could be written. */
  readonly example: string;
  /** Whether `env` may stand here. */
  readonly environment: boolean;
}

/** undefined: reported. */
export function staticValue(context: Context, type: SettingType, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "broken") return undefined;
  const several = type.kind === "list" || type.kind === "either" || type.kind === "model-keys";
  if (node.kind === "call" && isEnvironment(node) && !several) return environmentSetting(context, type, node);
  switch (type.kind) {
    case "string":
      return literalOf(context, node, STRING);
    case "bool":
      return literalOf(context, node, BOOL);
    case "int":
      return inRange(context, node, literalOf(context, node, INT), type.min, type.max, String);
    case "duration":
      return inRange(context, node, literalOf(context, node, simple("duration")), type.min, type.max, showDuration);
    case "size":
      return inRange(
        context,
        node,
        literalOf(context, node, simple("size")),
        type.min,
        type.max,
        (bytes) => `${bytes}B`,
      );
    case "cidr":
      return literalOf(context, node, simple("cidr"));
    case "url":
      return urlValue(context, node);
    case "word":
      return wordValue(context, node, type);
    case "either":
      return staticValue(context, fitting(type.of, node), node);
    case "labels":
      return labelsValue(context, node, type.none === true);
    case "list":
      return listValue(context, type, node);
    case "record":
      return type.without && node.kind === "none" ? null : recordValue(context, type, node);
    case "span":
      return spanValue(context, type, node);
    case "percent":
      return inRange(context, node, literalOf(context, node, simple("percent")), 0, 1, (value) => `${value * 100}%`);
    case "path":
      return pathValue(context, node);
    case "listener":
      return listenerValue(context, type, node);
    case "certificate":
      return certificateValue(context, type, node);
    case "file":
      return fileSourceValue(context, node);
    case "zone":
      return zoneValue(context, node);
    case "hostname":
      return hostnameValue(context, node);
    case "tokens":
      return tokensValue(context, type, node);
    case "provider":
      return providerValue(context, node);
    case "models":
      return modelNames(context, node);
    case "preference":
      return preferenceValue(context, { value: node });
    case "price":
      return priceValue(context, node);
    case "model-keys":
      return modelKeysValue(context, node);
    case "token-rate":
      return tokenRateValue(context, node);
    case "rate":
      return rateValue(context, node);
    case "regions":
      return regionsValue(context, type.several, node);
    case "date":
      return dateValue(context, node);
    case "aliases":
      return aliasesValue(context, node);
    case "budget":
      return budgetsValue(context, node);
    case "keys":
      return keysValue(context, node, type.forms);
    case "state":
      return stateValue(context, type.settings, node);
    case "traces":
      return tracesValue(context, type.settings, node);
    case "fields":
      return fieldsValue(context, node);
    case "secret":
      return refuse(context, node, 'a secret of the environment: secret("NAME")');
    case "expression":
    case "entries":
      return undefined;
  }
}

export function refuse(
  context: Context,
  node: { readonly id: tree.NodeId },
  wanted: string,
  likely: string | null = null,
): undefined {
  report(context.body, node, "VGW3021", { name: context.name, wanted }, "not this", {
    help: likely ? `did you mean ${likely}?` : `such as ${context.example}`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(context.body.module, node), text: likely }] }]
      : [],
  });
  return undefined;
}

/** A literal, or a constant that is one. */
export function literalOf(context: Context, node: tree.Expression, type: Type): StaticValue | undefined {
  const before = context.body.program.diagnostics.length;
  expect(context.body, node, type);
  context.body.failures.length = 0;
  if (context.body.program.diagnostics.length > before) return undefined;
  const meaning = context.body.module.meanings.get(node.id);
  const value = constantValue(meaning?.kind === "constant" ? meaning.constant.node.value : node);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (context.body.module.types.get(node.id)?.kind !== "unknown")
    report(context.body, node, "VGW3022", {}, "a setting is a literal, or a constant that is one");
  return undefined;
}

function inRange(
  context: Context,
  node: tree.Expression,
  value: StaticValue | undefined,
  min: number,
  max: number,
  shown: (value: number) => string,
): StaticValue | undefined {
  if (typeof value !== "number" || (value >= min && value <= max)) return value;
  report(
    context.body,
    node,
    "VGW3009",
    { value: sourceOf(context.body.module, node), range: `${shown(min)}..${shown(max)}` },
    `${context.name} takes ${shown(min)} to ${shown(max)}`,
  );
  return undefined;
}

function showDuration(milliseconds: number): string {
  for (const [unit, size] of [
    ["day", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1000],
  ] as const)
    if (milliseconds >= size && milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  return `${milliseconds}ms`;
}

const environmentTypes: { readonly [kind: string]: EnvironmentValue["type"] } = {
  string: "string",
  bool: "bool",
  int: "int",
  duration: "duration",
  size: "size",
  url: "url",
  cidr: "string",
  keys: "string",
};

function environmentSetting(context: Context, type: SettingType, node: tree.Call): StaticValue | undefined {
  const usual = environmentTypes[type.kind];
  const value = environmentValue(context.body, node, usual ?? "string");
  if (!value) return undefined;
  // Hashes and public keys are no secrets, but may be kept as one.
  if (type.kind === "keys") return value.type === "string" ? value : refuse(context, node, `env("${value.variable}")`);
  if (type.kind === "secret" ? value.secret : context.environment && usual === value.type && !value.secret)
    return value;
  return type.kind === "secret"
    ? refuse(context, node, 'a secret of the environment: secret("NAME")')
    : refuse(
        context,
        node,
        context.environment && usual ? `env("${value.variable}", ${usual})` : "a value that is known when building",
      );
}

/** An origin, with a path before each request's path where one is written; nothing behind it. */
function urlValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const value = literalOf(context, node, STRING);
  if (typeof value !== "string") return undefined;
  const canonical = urlFromText(value);
  if (canonical !== undefined && !/[?#@]/.test(value)) return value;
  return refuse(context, node, 'an origin such as "http://10.0.0.11:8080"');
}

/** Which of the types the author means. */
function fitting(types: readonly SettingType[], node: tree.Expression): SettingType {
  const kinds: readonly SettingType["kind"][] =
    node.kind === "record" ? ["record"] : node.kind === "number" ? ["int"] : ["word", "url"];
  return types.find((type) => kinds.includes(type.kind)) ?? types[0]!;
}

/** The expression in `hash(…)`, where the setting takes one. */
export function computedArgument(word: string, node: tree.Expression): tree.Expression | null {
  if (node.kind !== "call" || node.callee.kind !== "reference" || node.callee.name.text !== word) return null;
  const [argument, more] = node.arguments;
  return argument === undefined || more !== undefined || argument.name !== null ? null : argument.value;
}

/** `jwks("https://…")` or `file("keys.json")`. */
function keysValue(context: Context, node: tree.Expression, forms: readonly string[]): StaticValue | undefined {
  const word = node.kind === "call" && node.callee.kind === "reference" ? node.callee.name.text : "";
  const shown = forms.map((form) => (form === "jwks" ? 'jwks("https://…")' : 'file("keys.json")'));
  const wanted = [...shown, 'env("NAME")'].join(" or ");
  if (node.kind !== "call" || !forms.includes(word)) return refuse(context, node, wanted);
  const [argument, more] = node.arguments;
  if (argument === undefined || argument.name !== null || more !== undefined) return refuse(context, node, wanted);
  const value = literalOf(context, argument.value, STRING);
  if (typeof value !== "string") return undefined;
  if (word === "file") return { kind: "file", path: value };
  if (isKeysUrl(value)) return { kind: "jwks", url: value };
  return refuse(context, argument, 'an https:// URL, or an http:// one on this machine: jwks("https://…")');
}

/** Whoever can change the keys on their way is whoever they like. */
function isKeysUrl(text: string): boolean {
  const canonical = urlFromText(text);
  if (canonical === undefined || /[#@]/.test(text)) return false;
  return canonical.startsWith("https://") || /^http:\/\/(localhost|127\.[0-9.]+|\[::1\])(:|\/|$)/.test(canonical);
}

function wordValue(
  context: Context,
  node: tree.Expression,
  { words: plain, computed }: Extract<SettingType, { kind: "word" }>,
): StaticValue | undefined {
  if (computed !== undefined && computedArgument(computed, node)) return computed;
  const words = computed === undefined ? plain : [...plain, `${computed}(…)`];
  const written =
    node.kind === "reference"
      ? node.name.text
      : node.kind === "string"
        ? node.value
        : node.kind === "none"
          ? "none"
          : "";
  if (node.kind !== "string" && plain.includes(written)) return written;
  const likely = plain.includes(written) ? written : nearest(written, plain);
  return refuse(context, node, words.length === 1 ? `${words[0]}` : `one of ${words.join(", ")}`, likely);
}

function labelsValue(context: Context, node: tree.Expression, none: boolean): StaticValue | undefined {
  if (none && node.kind === "none") return [];
  const items = node.kind === "list" ? node.items : [node];
  const names = items.map((item) => (item.kind === "reference" ? item.name.text : null));
  if (names.includes(null)) return refuse(context, node, "labels such as pii, or a list of them");
  return names.flatMap((name) => (name === null ? [] : [name])).sort();
}

function listValue(
  context: Context,
  type: Extract<SettingType, { kind: "list" }>,
  node: tree.Expression,
): StaticValue | undefined {
  if (node.kind !== "list") {
    if (!type.single) return refuse(context, node, "a list");
    const value = staticValue(context, type.of, node);
    return value === undefined ? undefined : [value];
  }
  if (node.items.length < type.min) return refuse(context, node, "at least one value");
  const items = node.items.map((item) => staticValue(context, type.of, item));
  return items.flatMap((item) => (item === undefined ? [] : [item]));
}

function recordValue(
  context: Context,
  type: Extract<SettingType, { kind: "record" }>,
  node: tree.Expression,
): StaticValue | undefined {
  if (node.kind !== "record")
    return refuse(context, node, `settings in braces: { ${type.settings[0]?.example ?? ""} }`);
  const entries = node.entries.flatMap((entry) => (entry.kind === "record-entry" ? [entry] : []));
  for (const entry of node.entries)
    if (entry.kind === "spread") refuse(context, entry, "settings that are written out");
  return checkSettings(context.body, context.name, type.settings, entries, node);
}

/** `25ms..250ms`. */
function spanValue(
  context: Context,
  { min, max }: Extract<SettingType, { kind: "span" }>,
  node: tree.Expression,
): StaticValue | undefined {
  if (node.kind !== "range" || !node.from || !node.to) return refuse(context, node, "two durations");
  const end = { kind: "duration", min, max } as const;
  const from = staticValue(context, end, node.from);
  const to = staticValue(context, end, node.to);
  if (typeof from !== "number" || typeof to !== "number") return undefined;
  return from > to ? refuse(context, node, "two durations, the shorter one first") : { from, to };
}

function pathValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const value = literalOf(context, node, STRING);
  if (typeof value !== "string") return undefined;
  const sound = value.startsWith("/") && !value.includes("?") && canonicalPath(value) === value;
  return sound ? value : refuse(context, node, "a path that begins with a slash");
}

function hostnameValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const value = literalOf(context, node, STRING);
  if (typeof value !== "string") return undefined;
  const sound =
    value.length < 254 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(value);
  return sound && !/^[\d.]+$/.test(value) ? value : refuse(context, node, 'a DNS name such as "orders.internal"');
}

/** `http(":8080", transport: strict)`. */
function listenerValue(
  context: Context,
  type: Extract<SettingType, { kind: "listener" }>,
  node: tree.Expression,
): StaticValue | undefined {
  const word = node.kind === "call" && node.callee.kind === "reference" ? node.callee.name.text : "";
  const form = type.forms.find((one) => one.word === word);
  if (node.kind !== "call" || form === undefined)
    return refuse(context, node, type.forms.map((one) => `${one.word}("address:port")`).join(" or "));
  const [first] = node.arguments.filter((argument) => argument.name === null);
  for (const argument of node.arguments)
    if (argument.name === null && argument !== first)
      report(context.body, argument, "VGW3014", { callee: word, wanted: "one address" }, "one too many");
  const named = node.arguments.flatMap((argument) =>
    argument.name ? [{ id: argument.id, key: argument.name, value: argument.value }] : [],
  );
  const settings = checkSettings(context.body, word, form.settings, named, node);
  const address = first && literalOf(context, first.value, STRING);
  const parsed = typeof address === "string" ? parseAddress(address) : null;
  if (!first) report(context.body, node, "VGW3011", { callee: word, wanted: "an address" }, 'such as ":8080"');
  else if (typeof address === "string" && !parsed)
    report(
      context.body,
      first,
      "VGW3034",
      { text: `"${address}"`, type: "an address with a port" },
      'such as ":8080" or "127.0.0.1:8080"',
    );
  return parsed ? { word, ...parsed, ...settings } : undefined;
}

const ALL_ADDRESSES = "0.0.0.0";

function parseAddress(text: string): { address: string; port: number } | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]*):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) return null;
  return { address: match[1]?.replace(/[[\]]/g, "") || ALL_ADDRESSES, port };
}
