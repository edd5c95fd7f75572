/** `prefer: cheapest when context < 8ktok and p95 < 800ms else fastest`: by what the models of a choice are ranked, and on which conditions. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { type MeasureEntry, measures, preferenceWords } from "../vocabulary/preferences.ts";
import type { StaticValue } from "./checked.ts";
import { simple } from "./construct.ts";
import { report } from "./context.ts";
import { tokensValue } from "./model-value.ts";
import { type Context, literalOf, refuse } from "./static-value.ts";

const WANTED = [...preferenceWords, "weights(model: number, …)"].join(", ");

/** A list of `{ by, weights?, when: [{ of, operator, value }] }`. */
export function preferenceValue(
  context: Context,
  written: Pick<tree.Setting, "value"> & Partial<Pick<tree.Setting, "condition" | "otherwise">>,
): StaticValue | undefined {
  const { value, condition = null, otherwise = [] } = written;
  const rules: StaticValue[] = [];
  let last: tree.Expression | null = null;
  for (const one of [{ value, condition }, ...otherwise]) {
    if (last !== null) {
      report(context.body, one.value, "VGW3041", {}, "never reached", {
        related: [{ node: last, text: "holds for every model" }],
        help: "put it last, or give it a condition",
      });
      return undefined;
    }
    const rule = ruleOf(context, one.value);
    const when = one.condition === null ? [] : conditionsOf(context, one.condition);
    if (rule === undefined || when === undefined) return undefined;
    rules.push({ ...rule, when });
    if (one.condition === null) last = one.value;
  }
  return rules;
}

function ruleOf(
  context: Context,
  node: tree.Expression,
): { readonly by: string; readonly weights?: StaticValue } | undefined {
  if (node.kind === "reference") {
    if (preferenceWords.includes(node.name.text)) return { by: node.name.text };
    return refuse(context, node, `one of ${WANTED}`, nearest(node.name.text, preferenceWords));
  }
  if (node.kind === "else")
    return refuse(context, node, "a condition before `else`: cheapest when p95 < 800ms else fastest");
  if (node.kind !== "call" || node.callee.kind !== "reference" || node.callee.name.text !== "weights")
    return refuse(context, node, `one of ${WANTED}`);
  const weights: { [name: string]: number } = {};
  for (const { name, value } of node.arguments) {
    if (name === null || value.kind !== "number" || value.unit !== null || value.currency !== null)
      return refuse(context, node, "weights(model: number, …)");
    const weight = Number(value.digits);
    if (!(weight > 0)) return refuse(context, value, "weights above 0; a model that is never asked is left out");
    if (Object.hasOwn(weights, name.text)) {
      report(context.body, name, "VGW3006", { name: name.text }, "again");
      return undefined;
    }
    weights[name.text] = weight;
  }
  return { by: "weights", weights };
}

const FLIPPED = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;
type Operator = keyof typeof FLIPPED;

function isOperator(operator: string): operator is Operator {
  return Object.hasOwn(FLIPPED, operator);
}

/** Comparisons that must all hold. */
function conditionsOf(context: Context, node: tree.Expression): readonly StaticValue[] | undefined {
  if (node.kind === "binary" && node.operator === "and") {
    const left = conditionsOf(context, node.left);
    const right = conditionsOf(context, node.right);
    return left && right && [...left, ...right];
  }
  const wanted = `comparisons of ${[...measures.keys()].join(", ")} with a value, joined by \`and\`, such as context < 8ktok and p95 < 800ms`;
  if (node.kind !== "binary" || !isOperator(node.operator)) return refuse(context, node, wanted);
  const turned = measureOf(node.left) === null && measureOf(node.right) !== null;
  const [subject, value] = turned ? [node.right, node.left] : [node.left, node.right];
  const measure = measureOf(subject);
  if (measure === null) {
    const likely = subject.kind === "reference" ? nearest(subject.name.text, [...measures.keys()]) : null;
    return refuse(context, subject, wanted, likely);
  }
  const found = comparedValue({ ...context, name: measure.word, example: measure.example }, measure, value);
  if (found === undefined) return undefined;
  return [{ of: measure.word, operator: turned ? FLIPPED[node.operator] : node.operator, value: found }];
}

function measureOf(node: tree.Expression): MeasureEntry | null {
  return node.kind === "reference" ? (measures.get(node.name.text) ?? null) : null;
}

function comparedValue(context: Context, measure: MeasureEntry, node: tree.Expression): StaticValue | undefined {
  switch (measure.type) {
    case "tokens":
      return tokensValue(context, { min: 1, max: 100_000_000 }, node);
    case "duration":
      return literalOf(context, node, simple("duration"));
    case "int": {
      if (node.kind === "number" && node.unit === null && node.currency === null && node.per === null) {
        const count = Number(node.digits);
        if (Number.isSafeInteger(count)) return count;
      }
      return refuse(context, node, "a whole number");
    }
  }
}

/** Of a setting that is no preference: it has one value, whatever happens. */
export function withoutCondition(
  { body, name }: Pick<Context, "body" | "name">,
  condition: tree.Expression | null | undefined,
): void {
  if (!condition) return;
  report(body, condition, "VGW3042", { name }, "depends on this", {
    help: "only `prefer` takes conditions; an `if` among the steps of a route decides anything else",
  });
}
