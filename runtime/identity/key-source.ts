/** Where the keys of an identity come from: known at the start, or fetched and fetched again (`key-set-url.ts`). */
import type { VerificationKey } from "./key.ts";

/** "away": no key has ever been had, so that nobody can be told from a stranger. */
export type Keys = readonly VerificationKey[] | "away";

export interface KeySource {
  /** Raised when the keys change: what was verified before is verified anew. */
  readonly version: number;
  /** Called on every use: lets the source see to its age, without waiting. */
  touch(): void;
  /** The keys to choose from. A `kid` that no key has may make the source ask for newer ones. */
  keysFor(kid: string | null): Keys | Promise<Keys>;
}

export function fixedKeys(keys: readonly VerificationKey[]): KeySource {
  return { version: 0, touch: () => undefined, keysFor: () => keys };
}
