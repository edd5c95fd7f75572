/**
 * The types of the language as values. What each value is when running (and its one JSON form) stands in
 * `vocabulary/types.ts` and in `runtime/value/`; this file is only the compiler's description of a type.
 */

/** Labels travel beside the type: see `Labelled`. */
export type Label = string;

export type Type =
  | StringType
  | IntType
  | FloatType
  | SimpleType
  | MoneyType
  | LiteralType
  | UnionType
  | RecordType
  | ListType
  | MapType
  | OptionalType
  | FunctionType
  | RangeType
  | NeverType
  | UnknownType;

/** Length in Unicode code points; `pattern` is a linear-time regular expression matched against the whole text. */
export interface StringType {
  readonly kind: "string";
  readonly min: number;
  readonly max: number | null;
  readonly pattern: string | null;
  readonly labels: Labels;
}
/** A whole number between `min` and `max`, at most ±(2^53 − 1). */
export interface IntType {
  readonly kind: "int";
  readonly min: number;
  readonly max: number;
  readonly labels: Labels;
}
export interface FloatType {
  readonly kind: "float";
  readonly min: number | null;
  readonly max: number | null;
  readonly labels: Labels;
}
/** Types without parameters. `answer` is what a service call gives without `as`; `null` the type of `none`. */
export type SimpleName =
  | "bool"
  | "uuid"
  | "time"
  | "date"
  | "duration"
  | "size"
  | "rate"
  | "percent"
  | "ip"
  | "cidr"
  | "url"
  | "regex"
  | "bytes"
  | "json"
  | "answer"
  | "content"
  | "null";
export interface SimpleType {
  readonly kind: SimpleName;
  readonly labels: Labels;
}
export interface MoneyType {
  readonly kind: "money";
  /** ISO 4217. */
  readonly currency: string;
  readonly labels: Labels;
}
/** A string, int or bool that is one value. */
export interface LiteralType {
  readonly kind: "literal";
  readonly value: string | number | boolean;
  readonly labels: Labels;
}
/** Members are flat, distinct and never optional or union themselves. */
export interface UnionType {
  readonly kind: "union";
  readonly members: readonly Type[];
  readonly labels: Labels;
}
export interface RecordType {
  readonly kind: "record";
  /** The declared name, for messages and emitted types; null for one written in place. */
  readonly name: string | null;
  readonly fields: readonly FieldType[];
  readonly labels: Labels;
}
export interface FieldType {
  readonly name: string;
  readonly type: Type;
  /** A constant JSON-like value in the runtime's representation; undefined where the field has none. */
  readonly default: unknown;
}
export interface ListType {
  readonly kind: "list";
  readonly item: Type;
  readonly min: number;
  readonly max: number | null;
  readonly labels: Labels;
}
export interface MapType {
  readonly kind: "map";
  readonly value: Type;
  readonly labels: Labels;
}
/** Missing and null are the same value: undefined when running. Never nested. */
export interface OptionalType {
  readonly kind: "optional";
  readonly of: Type;
  readonly labels: Labels;
}
/** Of a lambda; never a value of its own. */
export interface FunctionType {
  readonly kind: "function";
  readonly parameters: readonly Type[];
  readonly result: Type;
  readonly labels: Labels;
}
/** `1..10`: only the right side of `in`, or a setting. */
export interface RangeType {
  readonly kind: "range";
  readonly of: Type;
  readonly labels: Labels;
}
/** Of an ending step in `else`: fits everywhere. */
export interface NeverType {
  readonly kind: "never";
  readonly labels: Labels;
}
/** Of something already reported as wrong: fits everywhere, silently. */
export interface UnknownType {
  readonly kind: "unknown";
  readonly labels: Labels;
}

/** Sorted, distinct. The labels of a record or list are those of the whole; its fields and items have their own. */
export type Labels = readonly Label[];

export const NONE: Labels = [];
