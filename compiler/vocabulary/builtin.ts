/** The shape of a built-in's vocabulary entry: written once, read by checker, plan, emitter, reference and (later) the editor. */
import type { FailureKind } from "../../runtime/failure.ts";

export interface Builtin {
  /** "list.map" for a method of lists, "sha256" for a function. The part before the dot is the receiver's type name. */
  readonly key: string;
  /**
   * The signature in a small notation, receiver first: "(list: [T], fn: (T) -> U) -> [U]". Capital letters T, U, K are
   * type variables; `?` marks optional types; `name: type = default` an optional parameter.
   */
  readonly signature: string;
  /** null: total. Otherwise the failure that needs an `else`; the runtime function then returns `T | Failure`. */
  readonly fails: FailureKind | null;
  /** Export of `runtime/value/index.ts` that implements it, called with the arguments in the signature's order. */
  readonly runtime: string;
  /** An extra first argument: the clock or the random source of the host, or the exchange. */
  readonly needs: "nothing" | "host" | "exchange";
  /** Whether the result carries the arguments' labels; "lower" for hash, mask, redact, and questions such as length or is_empty keep "carry". */
  readonly labels: "carry" | "lower";
  /** Sentences for the reference and hovers. */
  readonly documentation: string;
  /** A `.vgw` expression and its value as JSON; the test of the vocabulary evaluates it. */
  readonly example: { readonly source: string; readonly value: unknown };
  readonly since: string;
}
