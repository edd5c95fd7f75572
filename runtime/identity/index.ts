/** Identities: who calls. Shared by the host and the interpreter; no part of it is ever in a bundle. */
import { StartError } from "../start-error.ts";
import { AllOf } from "./all-of.ts";
import { AnyOf } from "./any-of.ts";
import { ApiKeyVerifier } from "./api-key.ts";
import type { IdentityConfiguration, JwtConfiguration } from "./configuration.ts";
import { JwtVerifier } from "./jwt.ts";
import { keyFromSecret, keysFromText, leastSecretBytes } from "./key.ts";
import { KeySetUrl } from "./key-set-url.ts";
import { fixedKeys, type KeySource } from "./key-source.ts";
import type { Recogniser, Verifier } from "./verifier.ts";

export { ALGORITHMS, type Algorithm } from "./algorithm.ts";
export type * from "./configuration.ts";
export { fetchText } from "./fetch-text.ts";
export type { Caller } from "./typed-claims.ts";
export type { Recogniser, Verifier } from "./verifier.ts";

export interface IdentityParts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Gives a key set's text; rejects where it cannot be had. */
  readonly fetch: (url: string) => Promise<string>;
  /** Told of each fetch of an identity's keys: null where it went well, else why not. */
  readonly note: (identity: string, problem: string | null) => void;
}

/** Throws a `StartError` where keys that are known now are not usable. Keys of a URL are fetched from here on, and waited for by requests only. */
export function createVerifier(configuration: IdentityConfiguration, parts: IdentityParts): Verifier {
  if (configuration.scheme === "api_key") return new ApiKeyVerifier(configuration);
  const keys = keySource(configuration, parts);
  keys.touch();
  return new JwtVerifier(configuration, keys, parts.now);
}

/** Several identities that are asked together, by the names that the program has for them, in its order. */
export function together(
  how: "any" | "all",
  members: readonly { readonly name: string; readonly verifier: Verifier }[],
): Recogniser<unknown> {
  return how === "any" ? new AnyOf(members) : new AllOf(members);
}

function keySource({ name, keys, algorithms }: JwtConfiguration, parts: IdentityParts): KeySource {
  switch (keys.kind) {
    case "url":
      return new KeySetUrl({
        refresh: keys.refresh,
        fetch: () => parts.fetch(keys.url),
        clock: parts.clock,
        note: (problem) => parts.note(name, problem),
      });
    case "set": {
      const known = keysFromText(keys.text);
      if (known === null) throw wrongKeys(name, "they are no JWK set (RFC 7517 §5)");
      if (known.length === 0) throw wrongKeys(name, "none of them can verify a signature");
      return fixedKeys(known);
    }
    case "secret": {
      const least = leastSecretBytes(algorithms);
      if (Buffer.byteLength(keys.secret) < least) throw wrongKeys(name, `the secret is shorter than ${least} bytes`);
      return fixedKeys([keyFromSecret(keys.secret)]);
    }
  }
}

function wrongKeys(name: string, problem: string): StartError {
  const next =
    "Give the identity keys that it can verify with: at least as many bytes as the hash has, RSA from 2048 bits.";
  return new StartError("start-configuration", `the keys of the identity ${name} are not usable`, [problem], next);
}
