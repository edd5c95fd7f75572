/** A value as text for the place where it stands. The conversion follows the type; the escaping follows the place. */
import type { Type } from "../3-types/type.ts";
import type { Expr } from "../5-plan/plan.ts";
import { expression, operand } from "./expression.ts";
import { kindOf } from "./operator.ts";
import type { Scope } from "./scope.ts";

type Place = Extract<Expr, { readonly expr: "encode" }>["as"];

const ENCODERS: { readonly [place in Place]: string | null } = {
  text: null,
  "path-segment": "percentEncode",
  "path-rest": "encodePathRest",
  query: "percentEncode",
  header: "headerText",
};

/** Types whose text never holds a character that a path segment, a query or a header would have to escape. */
const SAFE = new Set(["int", "uuid", "bool", "date"]);

export function encodeText(scope: Scope, of: Expr, as: Place): string {
  const text = textOf(scope, of);
  const encoder = ENCODERS[as];
  if (encoder === null || SAFE.has(kindOf(of.type))) return text;
  return `${scope.emission.use(encoder)}(${text})`;
}

/** The value's own text, as a string expression. */
export function textOf(scope: Scope, of: Expr): string {
  const convert = converter(of.type);
  if (convert === null) return expression(scope, of);
  if (convert === "String") return `String(${expression(scope, of)})`;
  if (convert === "") return `${operand(scope, of)}`;
  return `${scope.emission.use(convert)}(${expression(scope, of)})`;
}

/** The function of `runtime/value/` that gives the text of a type; null where the value is its text. */
export function converter(type: Type): string | null {
  switch (kindOf(type)) {
    case "string":
    case "uuid":
    case "ip":
    case "cidr":
    case "url":
      return null;
    case "time":
      return "timeToText";
    case "date":
      return "dateToText";
    case "duration":
      return "durationToText";
    case "money":
      return "moneyToText";
    case "rate":
      return "rateToText";
    case "bytes":
      return "encodeBase64";
    case "float":
    case "percent":
    case "int":
    case "size":
      return "numberToText";
    default:
      return "String";
  }
}
