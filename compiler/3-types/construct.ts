/** Types that need no thought: constants and small constructors. Shared values are compared by identity first, which is the common case. */
import { NONE } from "./type.ts";
import type {
  FloatType,
  FunctionType,
  IntType,
  Labels,
  ListType,
  LiteralType,
  MapType,
  MoneyType,
  NeverType,
  OptionalType,
  RangeType,
  SimpleName,
  SimpleType,
  StringType,
  Type,
  UnknownType,
} from "./type.ts";

export const MAX_INT = Number.MAX_SAFE_INTEGER;

export const UNKNOWN: UnknownType = { kind: "unknown", labels: NONE };
export const NEVER: NeverType = { kind: "never", labels: NONE };
export const STRING: StringType = { kind: "string", min: 0, max: null, pattern: null, labels: NONE };
export const FILLED_STRING: StringType = { kind: "string", min: 1, max: null, pattern: null, labels: NONE };
export const INT: IntType = { kind: "int", min: -MAX_INT, max: MAX_INT, labels: NONE };
export const FLOAT: FloatType = { kind: "float", min: null, max: null, labels: NONE };

const simpleTypes = new Map<string, SimpleType>();
export function simple(kind: SimpleName): SimpleType {
  let type = simpleTypes.get(kind);
  if (!type) {
    type = { kind, labels: NONE };
    simpleTypes.set(kind, type);
  }
  return type;
}
export const BOOL: SimpleType = simple("bool");
export const NULL: SimpleType = simple("null");
export const JSON_VALUE: SimpleType = simple("json");

export const int = (min: number, max: number, labels: Labels = NONE): IntType => ({ kind: "int", min, max, labels });
export const float = (min: number | null, max: number | null, labels: Labels = NONE): FloatType => ({
  kind: "float",
  min,
  max,
  labels,
});
export const money = (currency: string, labels: Labels = NONE): MoneyType => ({ kind: "money", currency, labels });
export const literal = (value: string | number | boolean): LiteralType => ({ kind: "literal", value, labels: NONE });
export const list = (item: Type, min = 0, max: number | null = null, labels: Labels = NONE): ListType => ({
  kind: "list",
  item,
  min,
  max,
  labels,
});
export const map = (value: Type, labels: Labels = NONE): MapType => ({ kind: "map", value, labels });
export const range = (of: Type): RangeType => ({ kind: "range", of, labels: of.labels });
export const functionOf = (parameters: readonly Type[], result: Type): FunctionType => ({
  kind: "function",
  parameters,
  result,
  labels: NONE,
});

/** Absence is never nested, and nothing is added to what fits everywhere. */
export function optional(of: Type): Type {
  if (of.kind === "optional" || of.kind === "unknown" || of.kind === "null" || of.kind === "never") return of;
  return { kind: "optional", of, labels: of.labels } satisfies OptionalType;
}

/** What is there when something is there. */
export function present(type: Type): Type {
  return type.kind === "optional" ? type.of : type;
}

export function isOptional(type: Type): boolean {
  return type.kind === "optional" || type.kind === "null";
}
