/** The claims that every token must pass, whatever the program reads of it (RFC 7519 §4.1, RFC 8725 §3.8 to §3.11). */
import type { JwtConfiguration } from "./configuration.ts";
import type { JsonObject } from "./strict-json.ts";

/** Why a token is refused, for the access log only. */
export type Refusal =
  | "malformed"
  | "algorithm"
  | "type"
  | "key"
  | "signature"
  | "issuer"
  | "audience"
  | "expired"
  | "not-yet"
  | "claims";

/** What a token may call itself where the program does not say: nothing, or one of the two general names. */
const GENERAL_TYPES = ["jwt", "at+jwt"];

/** `typ`, without regard to case and to an omitted "application/" (RFC 7515 §4.1.9). */
export function typeFits(type: string | null, wanted: string | null): boolean {
  if (type === null) return wanted === null;
  const short = shortType(type);
  return wanted === null ? GENERAL_TYPES.includes(short) : short === shortType(wanted);
}

function shortType(type: string): string {
  return type.toLowerCase().replace(/^application\//, "");
}

/** The end of the token's life in milliseconds since the epoch, without leeway; or why it is refused. `now` likewise. */
export function checkClaims(
  payload: JsonObject,
  { issuer, audience, leeway }: Pick<JwtConfiguration, "issuer" | "audience" | "leeway">,
  now: number,
): number | Refusal {
  const { iss, aud, exp, nbf, iat } = payload;
  if (iss !== issuer) return "issuer";
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((one) => typeof one === "string")) return "audience";
  if (!audiences.some((one) => audience.some((wanted) => wanted === one))) return "audience";
  // Seconds, which may have fractions (RFC 7519 §2).
  if (!isDate(exp) || (nbf !== undefined && !isDate(nbf)) || (iat !== undefined && !isDate(iat))) return "claims";
  if (now >= exp * 1000 + leeway) return "expired";
  if (nbf !== undefined && now < nbf * 1000 - leeway) return "not-yet";
  if (iat !== undefined && now < iat * 1000 - leeway) return "not-yet";
  return exp * 1000;
}

function isDate(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
