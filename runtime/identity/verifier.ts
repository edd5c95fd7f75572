/** What the host and the interpreter ask of an identity. */
import type { Failure } from "../failure.ts";
import type { Headers } from "../http/exchange.ts";
import type { Caller } from "./typed-claims.ts";

export interface Verifier {
  /** Who sent these header fields (names in lower case), or the 401 that they get. Never throws, never rejects. */
  identify(headers: Headers): Caller | Failure | Promise<Caller | Failure>;
}
