/** How a text that should be of a type, and is not, becomes a failure. Shared by every conversion that can fail. */
import { Failure } from "../failure.ts";

/** The text itself is not shown: it may be a secret. */
export function invalidText(what: string): Failure {
  return new Failure("invalid", 400, "invalid-value", `the text is not ${what}`);
}
