/** `identity x = jwt { … }`: who signed, for whom, until when, and what the token says of its bearer. */
import { compactVerify } from "jose";
import type { Failure } from "../failure.ts";
import type { Headers } from "../http/exchange.ts";
import { VerifiedTokens } from "./cache.ts";
import type { JwtConfiguration } from "./configuration.ts";
import { presentedText, tokenIn } from "./credential.ts";
import type { VerificationKey } from "./key.ts";
import type { KeySource } from "./key-source.ts";
import { checkClaims, type Refusal, typeFits } from "./registered-claims.ts";
import { KEYS_AWAY, unauthenticated } from "./refusal.ts";
import { strictObject } from "./strict-json.ts";
import { LONGEST_TOKEN, readToken, type Token } from "./token.ts";
import { type Caller, typedClaims } from "./typed-claims.ts";
import type { Verifier } from "./verifier.ts";

/** A token without a `kid` is tried against so many keys. */
const MOST_TRIES = 4;

const DETAILS: { readonly [why in Refusal]: string } = {
  malformed: "the token is malformed",
  algorithm: "the token's algorithm is not allowed",
  type: "the token's type is not the one that is asked for",
  key: "no key of the issuer fits the token",
  signature: "the token's signature is wrong",
  issuer: "the token is of another issuer",
  audience: "the token is for another audience",
  expired: "the token has expired",
  "not-yet": "the token is not valid yet",
  claims: "a claim is missing or not of its type",
};

export class JwtVerifier implements Verifier {
  readonly #configuration: JwtConfiguration;
  readonly #keys: KeySource;
  readonly #now: () => number;
  readonly #verified = new VerifiedTokens();
  readonly #place: string;
  readonly challenge: string;
  readonly #missing: Failure;
  readonly #refused: ReadonlyMap<string, Failure>;

  constructor(configuration: JwtConfiguration, keys: KeySource, now: () => number) {
    this.#configuration = configuration;
    this.#keys = keys;
    this.#now = now;
    const { from, name } = configuration.credential;
    this.#place = from === "cookie" ? `cookie ${name}` : name;
    this.challenge = `Bearer realm="${configuration.name}"`;
    this.#missing = unauthenticated("no token was sent", this.challenge);
    const invalid = `${this.challenge}, error="invalid_token"`;
    this.#refused = new Map(Object.entries(DETAILS).map(([why, detail]) => [why, unauthenticated(detail, invalid)]));
  }

  place(headers: Headers): string | null {
    const { credential } = this.#configuration;
    const text = presentedText(headers, credential);
    return text !== null && tokenIn(text, credential) !== null ? this.#place : null;
  }

  known(headers: Headers): Caller | null {
    const text = presentedText(headers, this.#configuration.credential);
    return text === null ? null : this.#knownBy(text);
  }

  identify(headers: Headers): Caller | Failure | Promise<Caller | Failure> {
    const { credential } = this.#configuration;
    const text = presentedText(headers, credential);
    if (text === null) return this.#missing;
    const known = this.#knownBy(text);
    if (known !== null) return known;
    const token = tokenIn(text, credential);
    if (token === null) return this.#missing;
    if (token === "" || token.length > LONGEST_TOKEN) return this.#refuse("malformed");
    return this.#verify(token, text);
  }

  #knownBy(text: string): Caller | null {
    this.#keys.touch();
    return this.#verified.get(text, this.#now(), this.#keys.version);
  }

  #refuse(why: Refusal): Failure {
    return this.#refused.get(why) ?? this.#missing;
  }

  /** `presented`: the text that the token stands in. */
  #verify(text: string, presented: string): Failure | Promise<Caller | Failure> {
    const token = readToken(text);
    if (token === null) return this.#refuse("malformed");
    if (!this.#configuration.algorithms.includes(token.algorithm)) return this.#refuse("algorithm");
    if (!typeFits(token.type, this.#configuration.type)) return this.#refuse("type");
    return this.#verifySignature(text, token, presented);
  }

  async #verifySignature(text: string, token: Token, presented: string): Promise<Caller | Failure> {
    const secret = this.#configuration.keys.kind === "secret";
    const keys = await this.#keys.keysFor(secret ? null : token.kid);
    if (keys === "away") return KEYS_AWAY;
    const { version } = this.#keys;
    const fitting = keys.filter(
      (key) => key.algorithms.includes(token.algorithm) && (secret || token.kid === null || key.kid === token.kid),
    );
    if (fitting.length === 0) return this.#refuse("key");
    if (!(await signedByOne(text, token, fitting.slice(0, MOST_TRIES)))) return this.#refuse("signature");
    // From here on the issuer speaks; before, anybody could have written it.
    const payload = strictObject(token.payload);
    if (payload === null) return this.#refuse("malformed");
    const now = this.#now();
    const expires = checkClaims(payload, this.#configuration, now);
    if (typeof expires === "string") return this.#refuse(expires);
    const caller = typedClaims(payload, this.#configuration.claims);
    if (caller === null) return this.#refuse("claims");
    if (now < expires) this.#verified.put(presented, { caller, expires, verifiedAt: now, version });
    return caller;
  }
}

async function signedByOne(text: string, token: Token, keys: readonly VerificationKey[]): Promise<boolean> {
  for (const key of keys) {
    const material = await key.material(token.algorithm);
    if (material === null) continue;
    try {
      await compactVerify(text, material, { algorithms: [token.algorithm] });
      return true;
    } catch {
      // Another key may fit.
    }
  }
  return false;
}
