/** The key of a Google service account: the JSON file that Google gives out, as it is or in base64, as environments often hold it. */
import { createPrivateKey, type KeyObject, sign } from "node:crypto";

export interface ServiceAccount {
  readonly email: string;
  readonly keyId: string;
  readonly key: KeyObject;
  /** Where tokens are had. */
  readonly tokenUrl: string;
}

const USUAL_TOKEN_URL = "https://oauth2.googleapis.com/token";
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
/** Seconds: the longest that Google takes. */
const LIFETIME = 3600;

/** Or why it is none; nothing of the key stands in that. */
export function readServiceAccount(text: string): ServiceAccount | string {
  const json = text.trimStart().startsWith("{") ? text : Buffer.from(text, "base64").toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return "it is no JSON";
  }
  const fields = new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));
  const email = fields.get("client_email");
  const pem = fields.get("private_key");
  const keyId = fields.get("private_key_id");
  const tokenUrl = fields.get("token_uri") ?? USUAL_TOKEN_URL;
  if (typeof email !== "string" || typeof pem !== "string") return "it has no client_email or no private_key";
  if (typeof tokenUrl !== "string" || !isPrivate(tokenUrl)) return "its token_uri is not https";
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return "its private_key is no key in PEM";
  }
  if (key.asymmetricKeyType !== "rsa") return "its private_key is no RSA key";
  return { email, key, keyId: typeof keyId === "string" ? keyId : "", tokenUrl };
}

/** Nobody reads on the way. */
function isPrivate(url: string): boolean {
  return (
    /^https:\/\/[^/?#@\s]+(\/[^\s]*)?$/.test(url) ||
    /^http:\/\/(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?(\/[^\s]*)?$/.test(url)
  );
}

/** What is asked with for a token: a JWT that the account signs (RFC 7523 §2.1), as a form. `now`: milliseconds since the epoch. */
export function tokenForm({ email, keyId, key, tokenUrl }: ServiceAccount, now: number): string {
  const issued = Math.floor(now / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = part({ alg: "RS256", typ: "JWT", ...(keyId !== "" && { kid: keyId }) });
  const claims = part({ iss: email, scope: SCOPE, aud: tokenUrl, iat: issued, exp: issued + LIFETIME });
  const signed = `${head}.${claims}`;
  const signature = sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url");
  const grant = encodeURIComponent("urn:ietf:params:oauth:grant-type:jwt-bearer");
  return `grant_type=${grant}&assertion=${signed}.${signature}`;
}
