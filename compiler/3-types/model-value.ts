/** Values of settings that only models have: tokens, providers, names of models. */
import type * as tree from "../1-syntax/tree.ts";
import { providerOf, providers } from "../vocabulary/providers.ts";
import type { StaticValue } from "./checked.ts";
import { report, sourceOf, span } from "./context.ts";
import { STRING } from "./construct.ts";
import { checkSettings } from "./setting.ts";
import { type Context, literalOf, refuse } from "./static-value.ts";

const TOKENS: ReadonlyMap<string, number> = new Map([
  ["tok", 1],
  ["ktok", 1000],
  ["Mtok", 1_000_000],
]);

/** A whole number of tokens. */
export function tokensValue(
  context: Context,
  { min, max }: { readonly min: number; readonly max: number },
  node: tree.Expression,
): StaticValue | undefined {
  if (node.kind !== "number" || node.currency !== null || node.per !== null)
    return refuse(context, node, "a number of tokens");
  const { body } = context;
  if (node.unit === null) {
    const text = `${node.digits}tok`;
    report(body, node, "VGW3012", { value: node.digits }, "a number of tokens is expected here", {
      help: `${text}?`,
      fixes: [{ title: `Write ${text}`, kind: "maybe", edits: [{ span: span(body.module, node), text }] }],
    });
    return undefined;
  }
  const times = TOKENS.get(node.unit);
  if (times === undefined) return refuse(context, node, "a number of tokens (tok, ktok, Mtok)");
  const tokens = Number(node.digits) * times;
  if (!Number.isSafeInteger(tokens)) return refuse(context, node, "a whole number of tokens");
  if (tokens >= min && tokens <= max) return tokens;
  report(
    body,
    node,
    "VGW3009",
    { value: sourceOf(body.module, node), range: `${min}tok..${max}tok` },
    `${context.name} takes ${min}tok to ${max}tok`,
  );
  return undefined;
}

/** `openai("gpt-4.1-mini")`. */
export function providerValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const word = node.kind === "call" && node.callee.kind === "reference" ? node.callee.name.text : "";
  const entry = providerOf.get(word);
  const known = providers.map((one) => one.word);
  if (node.kind !== "call" || entry === undefined) {
    return refuse(context, node, `a provider with the model's name: ${known.map((one) => `${one}("…")`).join(", ")}`);
  }
  const { body } = context;
  const [first, ...more] = node.arguments.filter((argument) => argument.name === null);
  for (const other of more) report(body, other, "VGW3014", { callee: word, wanted: "one model" }, "one too many");
  const named = node.arguments.flatMap((argument) =>
    argument.name ? [{ id: argument.id, key: argument.name, value: argument.value }] : [],
  );
  const given = checkSettings(body, word, entry.settings, named, node);
  const settings: { [name: string]: string } = {};
  for (const [key, value] of Object.entries(given)) {
    if (value !== null) settings[entry.named[key] ?? key] = String(value);
  }
  if (!first) {
    report(body, node, "VGW3011", { callee: word, wanted: "the model's name" }, `such as ${entry.example}`);
    return undefined;
  }
  const model = literalOf(context, first.value, STRING);
  if (typeof model !== "string") return undefined;
  if (!/^[\x21-\x7e]+$/.test(model)) return refuse(context, first, "a model's name, without spaces");
  return { word, model, settings };
}

/** `mini`, `[mini, large]`: names, resolved in `model.ts`. */
export function modelNames(context: Context, node: tree.Expression): StaticValue | undefined {
  const items = node.kind === "list" ? node.items : [node];
  const names = items.map((item) => (item.kind === "reference" ? item.name.text : null));
  return names.some((name) => name === null)
    ? refuse(context, node, "names of models")
    : names.flatMap((name) => (name === null ? [] : [name]));
}
