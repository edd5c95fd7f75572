/**
 * Keys that signatures are checked with. A key says which algorithms it is for; the token only picks among those
 * (RFC 8725 §3.1), so that no token can turn a public RSA key into an HMAC secret.
 */
import { type CryptoKey, importJWK, type JWK } from "jose";
import { ALGORITHM_RULES, ALGORITHMS, type Algorithm, isAlgorithm } from "./algorithm.ts";
import { strictBase64url } from "./base64url.ts";
import { isJsonObject, type JsonObject, strictObject } from "./strict-json.ts";

export interface VerificationKey {
  /** null: it has none. */
  readonly kid: string | null;
  readonly algorithms: readonly Algorithm[];
  /** null: the numbers are not a key of that algorithm (a point that is not on its curve). */
  material(algorithm: Algorithm): Promise<CryptoKey | Uint8Array | null>;
}

/** A set with more keys than this is no key set. */
const MOST_KEYS = 100;
const MODULUS_BITS = { min: 2048, max: 8192 };
/** Larger exponents only cost time. */
const EXPONENT_BYTES = 4;
const COORDINATE_BYTES: { readonly [crv: string]: number } = { "P-256": 32, "P-384": 48, "P-521": 66 };
const ED25519_BYTES = 32;
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** The usable keys of a JWK set (RFC 7517 §5); null: the text is no JWK set. What cannot be used is left out. */
export function keysFromText(text: string): readonly VerificationKey[] | null {
  const set = strictObject(new TextEncoder().encode(text));
  if (set === null || !Array.isArray(set.keys) || set.keys.length > MOST_KEYS) return null;
  const all: readonly unknown[] = set.keys;
  return all.flatMap((jwk) => keyFromJwk(jwk) ?? []);
}

/** null: it may not or cannot be used to verify a signature. */
export function keyFromJwk(jwk: unknown): VerificationKey | null {
  if (!isJsonObject(jwk) || !isForVerifying(jwk)) return null;
  // A private key in a public set is everybody's key.
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return null;
  const numbers = publicMembers(jwk);
  if (numbers === null) return null;
  const { kid, alg } = jwk;
  if (kid !== undefined && typeof kid !== "string") return null;
  const fitting = ALGORITHMS.filter((one) => {
    const rule = ALGORITHM_RULES[one];
    return rule.kty === numbers.kty && (rule.crv === null || rule.crv === numbers.crv);
  });
  const algorithms = alg === undefined ? fitting : fitting.filter((one) => one === alg);
  if (algorithms.length === 0) return null;
  return { kid: kid ?? null, algorithms, material: importing(numbers) };
}

/** `use` and `key_ops`, where they are there, must allow it (RFC 7517 §4.2, §4.3). */
function isForVerifying(jwk: JsonObject): boolean {
  if (Object.hasOwn(jwk, "use") && jwk.use !== "sig") return false;
  if (!Object.hasOwn(jwk, "key_ops")) return true;
  const operations: unknown = jwk.key_ops;
  return Array.isArray(operations) && operations.includes("verify") && new Set(operations).size === operations.length;
}

/** Only the members that make the public key, judged. */
function publicMembers(jwk: JsonObject): (JWK & { readonly kty: string }) | null {
  const bytes = (name: string): Uint8Array | null => {
    const value = jwk[name];
    return typeof value === "string" ? strictBase64url(value) : null;
  };
  switch (jwk.kty) {
    case "RSA": {
      const [n, e] = [bytes("n"), bytes("e")];
      if (n === null || e === null || !isSoundModulus(n) || !isSoundExponent(e)) return null;
      return { kty: "RSA", n: String(jwk.n), e: String(jwk.e) };
    }
    case "EC": {
      const size = typeof jwk.crv === "string" ? COORDINATE_BYTES[jwk.crv] : undefined;
      if (size === undefined || bytes("x")?.length !== size || bytes("y")?.length !== size) return null;
      return { kty: "EC", crv: String(jwk.crv), x: String(jwk.x), y: String(jwk.y) };
    }
    case "OKP":
      if (jwk.crv !== "Ed25519" || bytes("x")?.length !== ED25519_BYTES) return null;
      return { kty: "OKP", crv: "Ed25519", x: String(jwk.x) };
    default:
      return null;
  }
}

function isSoundModulus(n: Uint8Array): boolean {
  const first = n.findIndex((byte) => byte !== 0);
  if (first < 0) return false;
  const bits = (n.length - first) * 8 - Math.clz32(n[first] ?? 0) + 24;
  return bits >= MODULUS_BITS.min && bits <= MODULUS_BITS.max && (n.at(-1) ?? 0) % 2 === 1;
}

function isSoundExponent(e: Uint8Array): boolean {
  if (e.length === 0 || e.length > EXPONENT_BYTES) return false;
  const value = e.reduce((sum, byte) => sum * 256 + byte, 0);
  return value > 1 && value % 2 === 1;
}

/** Imports once per algorithm. */
function importing(jwk: JWK): VerificationKey["material"] {
  const imported = new Map<Algorithm, Promise<CryptoKey | Uint8Array | null>>();
  return (algorithm) => {
    let made = imported.get(algorithm);
    if (made === undefined) {
      made = importJWK(jwk, algorithm).catch(() => null);
      imported.set(algorithm, made);
    }
    return made;
  };
}

/** A shared secret, for HMAC alone. */
export function keyFromSecret(secret: string): VerificationKey {
  const data = new TextEncoder().encode(secret);
  const algorithms = ALGORITHMS.filter((one) => ALGORITHM_RULES[one].kty === "oct");
  return { kid: null, algorithms, material: () => Promise.resolve(data) };
}

/** The least bytes of a secret: as many as the hash has (RFC 7518 §3.2). */
export function leastSecretBytes(algorithms: readonly string[]): number {
  return Math.max(0, ...algorithms.filter(isAlgorithm).map((one) => ALGORITHM_RULES[one].signature ?? 0));
}
