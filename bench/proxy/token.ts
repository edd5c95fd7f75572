/** The tokens of the policy scenario: one caller each, of the size that tokens of real issuers have. */
import { createHmac, randomUUID } from "node:crypto";

/** Known to everybody: it protects nothing but figures. */
export const TOKEN_SECRET = "a secret of the benchmark, longer than the hash of hs256";
export const ISSUER = "https://id.shop.example";
export const AUDIENCE = "shop";
export const SCOPE = "orders:read";

const HOUR = 3600;

export function bearerToken(caller: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: `caller-${caller}`,
    scope: `openid profile ${SCOPE}`,
    iat: now,
    nbf: now,
    exp: now + 24 * HOUR,
    jti: randomUUID(),
    sid: randomUUID(),
    client_id: "web",
    email: `caller-${caller}@shop.example`,
    name: "Ada Lovelace",
    roles: ["customer", "reviewer"],
  };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", TOKEN_SECRET).update(signed).digest("base64url")}`;
}
