/** The shape of a built-in's vocabulary entry: written once, read by checker, plan, emitter, reference and (later) the editor. */
import type { FailureKind } from "../../runtime/failure.ts";

export interface Builtin {
  /** "list.map" for a method of lists, "sha256" for a function. The part before the dot is the receiver's type name. */
  readonly key: string;
  /**
   * The signature in a small notation, receiver first: "(list: [T], fn: (T) -> U) -> [U]". Capital letters T, U, K are
   * type variables; N is a type that can be added up (int, float, percent, money, duration, size), O one that has an
   * order (N, string, time, date), S one that has a text form (every type without parts). `?` marks optional types;
   * `name: type = default` and `name: type?` an optional parameter. `zone` is a string literal that names an IANA time
   * zone, `regex` a string literal in the syntax of patterns; both are checked when compiling. `{a: int}` is a record.
   * An entry whose only parameter is the receiver may be written without "()": `list.length`. `now` without "()" too.
   */
  readonly signature: string;
  /** null: total. Otherwise the failure that needs an `else`; the runtime function then returns `T | Failure`. */
  readonly fails: FailureKind | null;
  /** Export of `runtime/value/index.ts` that implements it, called with the arguments in the signature's order. */
  readonly runtime: string;
  /**
   * Other exports for a first argument of this type (of a list: its items'), by `Type.kind`, where the representation
   * does not tell: see `implementation`.
   */
  readonly byType?: Readonly<Record<string, string>>;
  /**
   * An extra first argument: the clock or the random source of the host, the exchange, or the function that turns a value
   * of the first argument's type into JSON text.
   */
  readonly needs: "nothing" | "host" | "exchange" | "serializer";
  /** Whether the result carries the arguments' labels; "lower" for hashes, and questions such as length or is_empty keep "carry". "hide": it carries `outside` alone, since what is left is a text from outside as before. */
  readonly labels: "carry" | "lower" | "hide";
  /** Sentences for the reference and hovers. */
  readonly documentation: string;
  /** A `.vgw` expression and its value as JSON; the test of the vocabulary evaluates it. */
  readonly example: { readonly source: string; readonly value: unknown };
  readonly since: string;
}

/** What `implementation` reads of a type of phase 3. */
interface Kinded {
  readonly kind: string;
  readonly item?: Kinded;
  readonly of?: Kinded;
  readonly value?: unknown;
  readonly members?: readonly Kinded[];
}

/** The export of `runtime/value/index.ts` that implements `builtin` for a first argument of this type. */
export function implementation(builtin: Builtin, first: Kinded | undefined): string {
  return (first && builtin.byType?.[kindOf(first)]) ?? builtin.runtime;
}

/** Of a list its items' kind, of an optional that of what it holds, of a union that of its first member. */
function kindOf(type: Kinded): string {
  const inner = type.item ?? type.of ?? type.members?.[0];
  return inner === undefined ? type.kind : kindOf(inner);
}
