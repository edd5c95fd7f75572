/** A compact signed token (RFC 7515 §7.1) taken apart, as strictly as the RFC allows, before any key is asked. */
import { ALGORITHM_RULES, type Algorithm, isAlgorithm } from "./algorithm.ts";
import { strictBase64url } from "./base64url.ts";
import { strictObject } from "./strict-json.ts";

export interface Token {
  readonly algorithm: Algorithm;
  /** A key for looking up among keys already known, nothing else: it is the sender's text. */
  readonly kid: string | null;
  readonly type: string | null;
  /** Of the claims, not parsed: that comes after the signature. */
  readonly payload: Uint8Array;
}

/** Characters of a whole token. */
export const LONGEST_TOKEN = 8192;
const LONGEST_KID = 512;

/** null: it is no token that can be trusted, whatever its signature is. `jku`, `x5u`, `jwk` and `x5c` are not even looked at. */
export function readToken(text: string): Token | null {
  if (text.length > LONGEST_TOKEN) return null;
  const parts = text.split(".");
  const [first, second, third] = parts;
  if (parts.length !== 3 || first === undefined || second === undefined || third === undefined) return null;
  const [head, payload, signature] = [strictBase64url(first), strictBase64url(second), strictBase64url(third)];
  if (head === null || payload === null || signature === null) return null;
  const header = strictObject(head);
  if (header === null) return null;
  const { alg, kid, typ } = header;
  if (!isAlgorithm(alg)) return null;
  // No extension is understood, so none may be critical (RFC 7515 §4.1.11); an unencoded payload (RFC 7797) is one.
  if (Object.hasOwn(header, "crit") || Object.hasOwn(header, "b64")) return null;
  if (kid !== undefined && (typeof kid !== "string" || kid.length > LONGEST_KID)) return null;
  if (typ !== undefined && typeof typ !== "string") return null;
  const length = ALGORITHM_RULES[alg].signature;
  if (signature.length === 0 || (length !== null && signature.length !== length)) return null;
  return { algorithm: alg, kid: kid ?? null, type: typ ?? null, payload };
}
