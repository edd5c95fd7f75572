/** A value where a type is expected: fits, or one message that says what does not. */
import type * as tree from "../1-syntax/tree.ts";
import type { Fix } from "../diagnostics/index.ts";
import { likelyUnits } from "../vocabulary/units.ts";
import { currencies } from "../vocabulary/units.ts";
import { type Body, type Extra, report, sourceOf, span } from "./context.ts";
import { FLOAT, INT, present, STRING } from "./construct.ts";
import { needed } from "./failure.ts";
import { fits } from "./fits.ts";
import { base } from "./join.ts";
import { describe, show } from "./show.ts";
import type { Type } from "./type.ts";

/** Gives what is there: the found type, without absence where the expected type has none. */
export function assign(body: Body, node: tree.Expression, found: Type, expected: Type): Type {
  if (fits(found, expected)) return found;
  if (found.kind === "optional" && fits(found.of, expected)) return needed(body, node, found);
  mismatch(body, node, found, expected);
  return expected;
}

export function mismatch(body: Body, node: tree.Expression, found: Type, expected: Type): void {
  const wanted = present(expected);
  if (found.kind === "int" || found.kind === "float") {
    const proposals = unitProposals(node, wanted);
    if (proposals.length > 0) {
      missingUnit(body, node, wanted, proposals);
      return;
    }
  }
  const open = base(found);
  const target = base(wanted);
  if (isRefined(wanted) && open.kind === target.kind && ["int", "float", "string", "list"].includes(open.kind)) {
    const values = { value: shown(body, node), range: show(wanted) };
    if (canFit(open, wanted))
      report(body, node, "VGW3037", values, `this is ${describe(found)}`, { help: rangeHelp(node, open, wanted) });
    else report(body, node, "VGW3009", values, `${describe(wanted)} is expected here`);
    return;
  }
  if (found.kind === "literal" && (wanted.kind === "union" || wanted.kind === "literal")) {
    report(body, node, "VGW3009", { value: show(found), range: show(wanted) }, `${show(wanted)} is expected`);
    return;
  }
  report(
    body,
    node,
    "VGW3001",
    { expected: describe(plain(wanted)), found: describe(isOneValue(found) ? found : plain(found)) },
    `${describe(plain(wanted))} is expected here`,
    quotedAmount(body, node, wanted) ?? { help: conversionHelp(found, wanted) },
  );
}

const amounts = new Set(["duration", "size", "percent", "money", "rate", "int", "float"]);

/** An amount in quotes: the quotes are the mistake. */
function quotedAmount(body: Body, node: tree.Expression, wanted: Type): Extra | null {
  if (
    node.kind !== "string" ||
    !amounts.has(wanted.kind) ||
    !/^[$€£¥]?\d+(\.\d+)?[A-Za-z%]*(\/[a-z]+)?$/.test(node.value)
  )
    return null;
  const at = span(body.module, node);
  return {
    help: `write it without quotes: ${node.value}`,
    fixes: [{ title: `Write ${node.value}`, kind: "maybe", edits: [{ span: at, text: node.value }] }],
  };
}

/** What kind of value it is, with its article and without its range. */
export function describeKind(type: Type): string {
  return describe(plain(base(type)));
}

/** Without its range: where the kinds differ, ranges only distract. */
function plain(type: Type): Type {
  switch (type.kind) {
    case "string":
      return STRING;
    case "int":
      return INT;
    case "float":
      return FLOAT;
    default:
      return type;
  }
}

/** Whether some values of the found type fit the wanted one: then the value can be outside, not is. */
function canFit(found: Type, wanted: Type): boolean {
  if ((found.kind === "int" || found.kind === "float") && (wanted.kind === "int" || wanted.kind === "float"))
    return (
      (found.min ?? -Infinity) <= (wanted.max ?? Infinity) &&
      (wanted.min ?? -Infinity) <= (found.max ?? Infinity) &&
      !(found.min !== null && found.min === found.max)
    );
  if ((found.kind === "string" && wanted.kind === "string") || (found.kind === "list" && wanted.kind === "list"))
    return found.min <= (wanted.max ?? Infinity) && wanted.min <= (found.max ?? Infinity);
  return false;
}

function isRefined(type: Type): boolean {
  switch (type.kind) {
    case "int":
      return show(type) !== "int";
    case "float":
      return type.min !== null || type.max !== null;
    case "string":
      return type.min > 0 || type.max !== null || type.pattern !== null;
    case "list":
      return type.min > 0 || type.max !== null;
    default:
      return false;
  }
}

function shown(body: Body, node: tree.Expression): string {
  const source = sourceOf(body.module, node);
  return source.includes("\n") || source.length > 40 ? "this value" : source;
}

function rangeHelp(node: tree.Expression, found: Type, wanted: Type): string | null {
  if (node.kind === "number" || node.kind === "string" || found.kind === "list") return null;
  return found.kind === "int" || found.kind === "float"
    ? `narrow it first: … as ${show(wanted)} else …`
    : `its type says ${show(found)}; declare it as ${show(wanted)} where it comes in`;
}

function isOneValue(type: Type): boolean {
  return type.kind === "literal" || ((type.kind === "int" || type.kind === "float") && type.min === type.max);
}

function conversionHelp(found: Type, wanted: Type): string | null {
  if (base(found).kind === "string" && (wanted.kind === "int" || wanted.kind === "float"))
    return `${wanted.kind}(…) reads a number from a text`;
  if (wanted.kind === "string" && found.kind !== "string") return 'string(…) gives its text, and so does a hole: "{…}"';
  if (wanted.kind === "bool" && found.kind === "optional") return "ask whether it is there: … != none";
  if (wanted.kind === "int" && found.kind === "float") return "round(…), floor(…) or ceil(…) gives a whole number";
  return null;
}

/** What the number could have been, written out; empty where no unit is due. */
export function unitProposals(node: tree.Expression, wanted: Type): readonly string[] {
  if (node.kind !== "number" || node.unit !== null || node.per !== null || node.currency !== null) return [];
  if (wanted.kind === "money") {
    const sign = [...currencies].find(([, currency]) => currency === wanted.currency)?.[0];
    return sign ? [`${sign}${node.digits}`] : [];
  }
  return (likelyUnits[wanted.kind] ?? []).map((unit) => `${node.digits}${unit}`);
}

export function missingUnit(body: Body, node: tree.Expression, wanted: Type, proposals: readonly string[]): void {
  const at = span(body.module, node);
  const fixes: Fix[] = proposals.map((text) => ({
    title: `Write ${text}`,
    kind: "maybe",
    edits: [{ span: at, text }],
  }));
  report(body, node, "VGW3012", { value: sourceOf(body.module, node) }, `${describe(wanted)} is expected here`, {
    help: `${proposals.join(" or ")}?`,
    fixes,
  });
}
