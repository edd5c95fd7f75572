/**
 * Expressions as TypeScript expressions. What the types already decide (no overflow, plain comparison) costs nothing when
 * running; the rest is a call of the function of `runtime/value/` that the interpreter calls too.
 */
import type { Type } from "../3-types/type.ts";
import type { Expr, RecordEntry } from "../5-plan/plan.ts";
import { builtinCall } from "./builtin.ts";
import { constantText } from "./constant.ts";
import { decodeValueText } from "./decode.ts";
import { encodeText } from "./encode.ts";
import { INHERITED, propertyAccess, propertyKey } from "./names.ts";
import { binaryText, kindOf } from "./operator.ts";
import type { Scope } from "./scope.ts";
import { sameText, typeText } from "./type.ts";

type ExprOf<K extends Expr["expr"]> = Extract<Expr, { readonly expr: K }>;

/** Where an operand is expected: put in parentheses unless it holds together by itself. */
export function operand(scope: Scope, expr: Expr): string {
  const text = expression(scope, expr);
  return holdsTogether(text) ? text : `(${text})`;
}

/** Every operator stands between spaces, so a text without one outside of brackets and quotes needs no parentheses. */
function holdsTogether(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    else if (character === " " && depth === 0) return false;
    else if ("\"'`".includes(character)) index = endOfQuote(text, index);
  }
  return !text.startsWith("-");
}

/** The index of the quote that ends what begins at `start`; holes of a template are skipped whole. */
function endOfQuote(text: string, start: number): number {
  const quote = text.charAt(start);
  let holes = 0;
  for (let index = start + 1; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "\\") index++;
    else if (quote === "`" && character === "$" && text.charAt(index + 1) === "{") holes++;
    else if (holes > 0 && character === "{" && text.charAt(index - 1) !== "$") holes++;
    else if (holes > 0 && character === "}") holes--;
    else if (holes > 0 && "\"'`".includes(character)) index = endOfQuote(text, index);
    else if (holes === 0 && character === quote) return index;
  }
  return text.length;
}

export function expression(scope: Scope, expr: Expr): string {
  const { emission } = scope;
  switch (expr.expr) {
    case "constant":
      return constantText(emission, expr.type, expr.value);
    case "slot":
      return slotText(scope, expr);
    case "global":
      return emission.constants.get(expr.name) ?? missing(`constant ${expr.name}`);
    case "environment":
      return `${emission.environment()}${propertyAccess(expr.variable)}`;
    case "none":
      return "undefined";
    case "list":
      return `[${expr.items.map((item) => expression(scope, item)).join(", ")}]`;
    case "record":
      return recordText(scope, expr);
    case "field":
      return fieldText(scope, expr);
    case "json-member":
      return jsonMemberText(scope, expr);
    case "index":
      return indexText(scope, expr);
    case "template":
      return templateText(scope, expr);
    case "encode":
      return encodeText(scope, expr.of, expr.as);
    case "unary":
      return expr.operator === "not"
        ? `!${operand(scope, expr.of)}`
        : `${emission.use("negate")}(${expression(scope, expr.of)})`;
    case "binary":
      return binaryText(scope, expr);
    case "within":
      return withinText(scope, expr);
    case "conditional":
      return `${operand(scope, expr.condition)} ? ${operand(scope, expr.then)} : ${operand(scope, expr.otherwise)}`;
    case "or-else":
      return `${operand(scope, expr.of)} ?? ${operand(scope, expr.otherwise)}`;
    case "is-absent":
      return `${operand(scope, expr.of)} === undefined`;
    case "match":
      return matchText(scope, expr);
    case "builtin":
      return builtinCall(scope, expr.name, expr.arguments, expr.type);
    case "attempt":
      return attemptText(scope, expr);
    case "let":
      return letText(scope, expr);
    case "lambda":
      return lambdaText(scope, expr);
    case "call":
      return `${emission.functions.get(expr.function) ?? missing(`function ${expr.function}`)}(${expr.arguments
        .map((argument) => expression(scope, argument))
        .join(", ")})`;
    case "request":
      return requestText(expr);
    case "request-value":
      return requestValueText(scope, expr);
    case "response-status":
      return `${emission.use("answerStatus")}(exchange, ${scope.head})`;
    case "response-header":
      return `${emission.use("answerHeader")}(exchange, ${scope.head}, ${expression(scope, expr.name)})`;
    case "failure":
      return `${scope.failure()}.${expr.field}`;
  }
}

function missing(what: string): never {
  throw new Error(`the plan names the ${what}, which it does not declare`);
}

/** A slot that the checker knows more about here than where it was declared (present, or one member of a union) is asserted to be that. */
function slotText(scope: Scope, expr: ExprOf<"slot">): string {
  const { text, type } = scope.binding(expr.name);
  return sameText(scope.emission, type, expr.type) ? text : `(${text} as ${typeText(scope.emission, expr.type)})`;
}

function recordText(scope: Scope, expr: ExprOf<"record">): string {
  if (expr.entries.length === 0) return "{}";
  // What a later entry certainly overwrites is left out: strict TypeScript takes it for a mistake.
  const kept = expr.entries.filter((entry, index) => {
    return entry.kind === "spread" || !expr.entries.slice(index + 1).some((later) => surelySets(later, entry.name));
  });
  const entries = kept.map((entry) => {
    if (entry.kind === "spread") return `...${spreadText(scope, entry.value)}`;
    const key = propertyKey(entry.name);
    const value = expression(scope, entry.value);
    return key === value ? key : `${key}: ${value}`;
  });
  return `{ ${entries.join(", ")} }`;
}

function surelySets(entry: RecordEntry, name: string): boolean {
  if (entry.kind === "entry") return entry.name === name;
  const { type } = entry.value;
  return type.kind === "record" && type.fields.some((field) => field.name === name && field.type.kind !== "optional");
}

/** An absent field of what is spread must not hide one that stands before it. */
function spreadText(scope: Scope, value: Expr): string {
  const { type } = value;
  if (type.kind === "record" && type.fields.every((field) => field.type.kind !== "optional"))
    return operand(scope, value);
  return `${scope.emission.use("present")}(${expression(scope, value)})`;
}

function fieldText(scope: Scope, expr: ExprOf<"field">): string {
  const of = expr.of.type;
  if (of.kind === "union" && !of.members.every((member) => hasField(member, expr.name))) {
    const having = of.members.filter((member) => hasField(member, expr.name));
    const members = having.map((member) => typeText(scope.emission, member)).join(" | ");
    return `(${operand(scope, expr.of)} as ${members})${propertyAccess(expr.name)}`;
  }
  const record = operand(scope, expr.of);
  const value = `${record}${propertyAccess(expr.name)}`;
  if (expr.type.kind !== "optional" || !INHERITED.has(expr.name)) return value;
  return `(Object.hasOwn(${record}, ${JSON.stringify(expr.name)}) ? ${value} : undefined)`;
}

function hasField(type: Type, name: string): boolean {
  return type.kind === "record" && type.fields.some((field) => field.name === name);
}

function jsonMemberText(scope: Scope, expr: ExprOf<"json-member">): string {
  const of = expr.of.type.kind === "optional" ? expr.of.type.of : expr.of.type;
  if (of.kind === "record") return `${operand(scope, expr.of)}?.${expr.name}`;
  return `${scope.emission.use("jsonMember")}(${expression(scope, expr.of)}, ${JSON.stringify(expr.name)})`;
}

function indexText(scope: Scope, expr: ExprOf<"index">): string {
  const of = expr.of.type;
  if (of.kind === "list") {
    return `${scope.emission.use("listAt")}(${expression(scope, expr.of)}, ${expression(scope, expr.index)})`;
  }
  if (of.kind === "map") {
    return `${scope.emission.use("mapGet")}(${expression(scope, expr.of)}, ${expression(scope, expr.index)})`;
  }
  const whole = kindOf(expr.index.type) === "int";
  return `${scope.emission.use(whole ? "jsonItem" : "jsonMember")}(${expression(scope, expr.of)}, ${expression(scope, expr.index)})`;
}

/** Escapes text for a template literal. */
export function templatePart(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("`", "\\`").replaceAll("${", "\\${");
}

function templateText(scope: Scope, expr: ExprOf<"template">): string {
  if (expr.holes.length === 0) return JSON.stringify(expr.texts.join(""));
  const parts = expr.texts.map((text, index) => {
    const hole = expr.holes[index];
    return templatePart(text) + (hole === undefined ? "" : `\${${holeText(scope, hole)}}`);
  });
  return `\`${parts.join("")}\``;
}

/** A template makes text of whole numbers and bools by itself. */
function holeText(scope: Scope, hole: Expr): string {
  if (hole.expr !== "encode") return expression(scope, hole);
  const { type } = hole.of;
  return type.kind === "int" || type.kind === "bool" ? expression(scope, hole.of) : expression(scope, hole);
}

function withinText(scope: Scope, expr: ExprOf<"within">): string {
  const { emission } = scope;
  const text = expr.of.type.kind === "string" || expr.of.type.kind === "literal";
  // The subject is written twice: the lowering makes it a slot or a constant, so nothing runs twice.
  const subject = operand(scope, expr.of);
  const ends: string[] = [];
  if (expr.from !== null) {
    const from = operand(scope, expr.from);
    ends.push(text ? `${emission.use("textLessOrEqual")}(${from}, ${subject})` : `${from} <= ${subject}`);
  }
  if (expr.to !== null) {
    const to = operand(scope, expr.to);
    ends.push(text ? `${emission.use("textLessOrEqual")}(${subject}, ${to})` : `${subject} <= ${to}`);
  }
  return ends.length === 0 ? "true" : ends.join(" && ");
}

function matchText(scope: Scope, expr: ExprOf<"match">): string {
  return expr.arms
    .map((arm) =>
      arm.test === null ? operand(scope, arm.value) : `${operand(scope, arm.test)} ? ${operand(scope, arm.value)} : `,
    )
    .join("");
}

function attemptText(scope: Scope, expr: ExprOf<"attempt">): string {
  const { emission } = scope;
  const [from] = expr.arguments;
  const tried =
    expr.name === "decode" && from !== undefined
      ? decodeValueText(emission, expr.type, from.type.kind === "json" ? "json" : "string", expression(scope, from))
      : builtinCall(scope, expr.name, expr.arguments, expr.type);
  return `${emission.use("otherwise")}<${typeText(emission, expr.type)}>(${tried}, ${expression(scope, expr.otherwise)})`;
}

function letText(scope: Scope, expr: ExprOf<"let">): string {
  const inner = scope.inner();
  const value = expression(scope, expr.value);
  const name = inner.bind(expr.slot);
  return `((${name}: ${typeText(scope.emission, expr.slot.type)}) => ${arrowBody(inner, expr.body)})(${value})`;
}

function lambdaText(scope: Scope, expr: ExprOf<"lambda">): string {
  const inner = scope.inner();
  const parameters = expr.parameters.map((slot) => `${inner.bind(slot)}: ${typeText(scope.emission, slot.type)}`);
  return `(${parameters.join(", ")}) => ${arrowBody(inner, expr.body)}`;
}

/** A record after an arrow needs parentheses. */
export function arrowBody(scope: Scope, body: Expr): string {
  const text = expression(scope, body);
  return text.startsWith("{") ? `(${text})` : text;
}

function requestText(expr: ExprOf<"request">): string {
  switch (expr.what) {
    case "method":
    case "path":
    case "host":
    case "address":
      return `exchange.${expr.what}`;
    case "hostname":
      return 'exchange.host.replace(/:\\d*$/, "")';
    case "target":
      return '(exchange.query === "" ? exchange.path : exchange.path + "?" + exchange.query)';
    case "scheme":
      return `(exchange.secure ? "https" : "http")`;
    case "id":
      return "exchange.traceId";
  }
}

function requestValueText(scope: Scope, expr: ExprOf<"request-value">): string {
  const name = expression(scope, expr.name);
  const { emission } = scope;
  switch (expr.what) {
    case "header":
      return `${emission.use("requestHeader")}(exchange, ${name})`;
    case "query":
      return `${emission.use("queryValue")}(exchange, ${name})`;
    case "cookie":
      return `${emission.use("cookieValue")}(exchange, ${name})`;
  }
}
