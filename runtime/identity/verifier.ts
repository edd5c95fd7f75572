/** What the host and the interpreter ask of an identity. */
import type { Failure } from "../failure.ts";
import type { Headers } from "../http/exchange.ts";
import type { Caller } from "./typed-claims.ts";

/** Whoever recognises callers: one identity, or several together. */
export interface Recogniser<Recognised> {
  /** Who sent these header fields (names in lower case), or the 401 that they get. Never throws, never rejects. */
  identify(headers: Headers): Recognised | Failure | Promise<Recognised | Failure>;
}

export interface Verifier extends Recogniser<Caller> {
  /** What a request without credentials is asked for (RFC 9110 §11.6.1). */
  readonly challenge: string;
  /** Where the request carries something that claims to be this identity's credential: a field's name, or "cookie " and the cookie's; null: nowhere. */
  place(headers: Headers): string | null;
  /** The caller where no work is needed to tell, because the credential was verified before; else null. */
  known(headers: Headers): Caller | null;
}
