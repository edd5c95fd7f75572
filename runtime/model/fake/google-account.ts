/**
 * Who asks Vertex AI, made up: a service account's key file, the place where it is exchanged for tokens (RFC 7523 §2.1), and the server that tells Google's own
 * machines theirs. Assertions are checked as Google does; tokens say themselves until when they hold, so that a fake that was started again knows them.
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  verify,
} from "node:crypto";
import { isObject, parseJson } from "../dialect/fields.ts";
import type { JsonObject } from "../canonical/request.ts";
import type { FakeFailure } from "./dialect.ts";

const EMAIL = "fake@fake-project.iam.gserviceaccount.com";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SCOPES: ReadonlySet<string> = new Set(["https://www.googleapis.com/auth/cloud-platform"]);
const METADATA = /^\/computeMetadata\/v1\/instance\/service-accounts\/[^/]+\/token$/;
/** Seconds. */
const LIFETIME = 3599;
const LONGEST_ASSERTION = 3600;
const SKEW = 60;

export class GoogleAccount {
  readonly #origin: string;
  /** Milliseconds since the epoch. */
  readonly #clock: () => number;
  /** A made-up key takes a while to make, and few ask for it. */
  #key: KeyObject | null = null;
  #keyId = "fake-key-1";

  /** `file`: of an account that was given out before; what is no such file makes a new one. */
  constructor(origin: string, file: string | null, clock: () => number = Date.now) {
    this.#origin = origin;
    this.#clock = clock;
    const fields = file === null ? null : parseJson(file)?.value;
    if (!isObject(fields) || typeof fields.private_key !== "string") return;
    try {
      this.#key = createPrivateKey(fields.private_key);
      if (typeof fields.private_key_id === "string") this.#keyId = fields.private_key_id;
    } catch {
      this.#key = null;
    }
  }

  /** The key file, as Google gives them out. */
  get file(): string {
    this.#key ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const fields = {
      type: "service_account",
      project_id: "fake-project",
      private_key_id: this.#keyId,
      private_key: this.#key.export({ type: "pkcs8", format: "pem" }),
      client_email: EMAIL,
      client_id: "100000000000000000000",
      token_uri: this.#tokenUri,
      universe_domain: "googleapis.com",
    };
    return `${JSON.stringify(fields, null, 2)}\n`;
  }

  get #tokenUri(): string {
    return `${this.#origin}/token`;
  }

  /** Null: nothing of this is here. */
  answer(method: string, path: string, flavor: string, body: string): FakeFailure | null {
    if (METADATA.test(path)) {
      if (flavor !== "Google")
        return { status: 403, headers: [], body: { error: "Missing Metadata-Flavor:Google header." } };
      return this.#token();
    }
    if (path !== "/token") return null;
    if (method !== "POST") return wrong("invalid_request", "A POST is expected here.");
    const form = new URLSearchParams(body);
    if (form.get("grant_type") !== GRANT)
      return wrong("unsupported_grant_type", `Invalid grant_type: ${form.get("grant_type")}`);
    const problem = this.#problemOf(form.get("assertion") ?? "");
    return problem === null ? this.#token() : wrong("invalid_grant", problem);
  }

  isToken(token: string): boolean {
    const [, end = "", signature] = /^ya29\.fake-(\d{1,16})-([0-9a-f]{32})$/.exec(token) ?? [];
    return signature === sealOf(end) && Number(end) > this.#clock();
  }

  #token(): FakeFailure {
    const end = String(this.#clock() + LIFETIME * 1000);
    const token = `ya29.fake-${end}-${sealOf(end)}`;
    return { status: 200, headers: [], body: { access_token: token, expires_in: LIFETIME, token_type: "Bearer" } };
  }

  #problemOf(assertion: string): string | null {
    const [head = "", claims = "", signature = "", ...more] = assertion.split(".");
    const header = read(head);
    const said = read(claims);
    if (header === null || said === null || more.length > 0) return "Invalid JWT: it is not three parts of base64url.";
    if (said.iss !== EMAIL) return "Invalid grant: account not found";
    const key = this.#key;
    const signed = Buffer.from(`${head}.${claims}`);
    const good =
      key !== null &&
      header.alg === "RS256" &&
      header.kid === this.#keyId &&
      verify("RSA-SHA256", signed, createPublicKey(key), Buffer.from(signature, "base64url"));
    if (!good) return "Invalid JWT Signature.";
    if (said.aud !== this.#tokenUri) return `Invalid JWT: the audience is not ${this.#tokenUri}.`;
    if (typeof said.scope !== "string" || !said.scope.split(" ").some((scope) => SCOPES.has(scope)))
      return "Invalid OAuth scope or ID token audience provided.";
    const { iat, exp } = said;
    const now = this.#clock() / 1000;
    const timely =
      typeof iat === "number" &&
      typeof exp === "number" &&
      iat <= now + SKEW &&
      exp >= now - SKEW &&
      exp - iat <= LONGEST_ASSERTION;
    return timely
      ? null
      : "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";
  }
}

/** Whoever knows this program can make such a token: it opens nothing but a fake. */
function sealOf(end: string): string {
  return createHmac("sha256", "a fake").update(end).digest("hex").slice(0, 32);
}

function read(part: string): JsonObject | null {
  const value = parseJson(Buffer.from(part, "base64url").toString("utf8"))?.value;
  return isObject(value) ? value : null;
}

function wrong(error: string, description: string): FakeFailure {
  return { status: 400, headers: [], body: { error, error_description: description } };
}
