/** The one answer to whoever cannot be identified: 401 with a challenge, and not a word about why (RFC 9110 §15.5.2, RFC 6750 §3). */
import { Failure } from "../failure.ts";

/** `detail` is for the access log. */
export function unauthenticated(detail: string, challenge: string): Failure {
  return new Failure("refused", 401, "unauthenticated", detail, null, challenge);
}

/** Nothing is known about anybody: no key has been had yet. */
export const KEYS_AWAY = new Failure("connect", 503, "identity-unavailable", "the issuer's keys have never been had");
