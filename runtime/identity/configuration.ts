/** What an identity is to the host: plain data, part of the contract with bundles (`abi.ts` names it). */
import type { Algorithm } from "./algorithm.ts";

export type IdentityConfiguration = JwtConfiguration | ApiKeyConfiguration;

export interface JwtConfiguration {
  readonly scheme: "jwt";
  readonly name: string;
  readonly issuer: string;
  /** A token is for us when it names one of these. */
  readonly audience: readonly string[];
  readonly algorithms: readonly Algorithm[];
  readonly keys: KeysConfiguration;
  readonly credential: { readonly from: "header" | "cookie"; readonly name: string };
  /** Milliseconds that clocks may differ. */
  readonly leeway: number;
  /** What `typ` must say; null: one of the general names, or nothing. */
  readonly type: string | null;
  readonly claims: readonly ClaimConfiguration[];
}

export type KeysConfiguration =
  /** A JWK set that is fetched, and again after `refresh` milliseconds. */
  | { readonly kind: "url"; readonly url: string; readonly refresh: number }
  /** A JWK set as text. */
  | { readonly kind: "set"; readonly text: string }
  /** For HMAC. */
  | { readonly kind: "secret"; readonly secret: string };

export interface ApiKeyConfiguration {
  readonly scheme: "api_key";
  readonly name: string;
  /** Of the fields that may hold the key, in lower case; the first that is there counts. In `authorization` it may stand behind `Bearer`. */
  readonly headers: readonly string[];
  /** A JSON list of records, or one record a line: `{"hash":"sha256:…"}` and whatever claims are read. */
  readonly keys: string;
  readonly claims: readonly ClaimConfiguration[];
}

export interface ClaimConfiguration {
  /** The field of `caller`. */
  readonly name: string;
  /** The member of the token or key record. */
  readonly from: string;
  readonly optional: boolean;
  readonly type: ClaimType;
}

/** The types that a claim can have. Lengths are in code points or items, both ends included; null: open. */
export type ClaimType =
  | { readonly kind: "string"; readonly min: number; readonly max: number | null }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "int"; readonly min: number; readonly max: number }
  | { readonly kind: "float" | "bool" | "uuid" }
  /** Seconds since the epoch on the wire (NumericDate, RFC 7519 §2). */
  | { readonly kind: "time" }
  /** Words between spaces (RFC 6749 §3.3) or a list of them. */
  | { readonly kind: "scopes" }
  | { readonly kind: "list"; readonly of: ClaimType; readonly min: number; readonly max: number | null };
