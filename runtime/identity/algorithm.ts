/** The signature algorithms that are understood (RFC 7518 §3, RFC 8037), and which key each one belongs to. There is no "none". */

export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "HS256",
  "HS384",
  "HS512",
] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

export interface AlgorithmRule {
  /** The `kty` of its keys; "oct" is a shared secret. */
  readonly kty: "RSA" | "EC" | "OKP" | "oct";
  /** The only curve that goes with it; null: none. */
  readonly crv: string | null;
  /** Bytes of a signature; null: as many as the modulus has. */
  readonly signature: number | null;
}

const rsa: AlgorithmRule = { kty: "RSA", crv: null, signature: null };

export const ALGORITHM_RULES: { readonly [algorithm in Algorithm]: AlgorithmRule } = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: { kty: "EC", crv: "P-256", signature: 64 },
  ES384: { kty: "EC", crv: "P-384", signature: 96 },
  ES512: { kty: "EC", crv: "P-521", signature: 132 },
  EdDSA: { kty: "OKP", crv: "Ed25519", signature: 64 },
  HS256: { kty: "oct", crv: null, signature: 32 },
  HS384: { kty: "oct", crv: null, signature: 48 },
  HS512: { kty: "oct", crv: null, signature: 64 },
};

export function isAlgorithm(value: unknown): value is Algorithm {
  return typeof value === "string" && Object.hasOwn(ALGORITHM_RULES, value);
}
