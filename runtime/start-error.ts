/**
 * Why a gateway or a generation did not start: one error with a code, every problem found, and what to do next.
 * Bundles throw it from `configure` with their own copy of this class, so `instanceof` looks for a brand, as with `Failure`.
 */
const BRAND = Symbol.for("vivremotion.start-error");

export class StartError extends Error {
  readonly [BRAND] = true;
  override readonly name = "StartError";
  /** A code of `start-codes.ts`, such as "start-environment". Codes are never used again. */
  readonly code: string;
  /** One line per problem; may be empty when `message` says all. Never holds a secret's value. */
  readonly problems: readonly string[];
  /** What to do next, as a sentence. */
  readonly next: string;

  constructor(code: string, message: string, problems: readonly string[], next: string) {
    super(message);
    this.code = code;
    this.problems = problems;
    this.next = next;
  }

  static override [Symbol.hasInstance](value: unknown): value is StartError {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}
