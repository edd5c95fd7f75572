/** Where Google gives out tokens: for assertions that a service account has signed, and to its own machines. Checks everything, and counts. */
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { jwtVerify } from "jose";

export interface TokenServer {
  readonly origin: string;
  /** A service account's key file that this server knows. */
  readonly keyFile: string;
  /** How often a token was asked for. */
  asked: number;
  /** Seconds that the next tokens live. */
  lifetime: number;
  /** What is answered instead of a token; null: a token. */
  failing: { readonly status: number; readonly body: string } | null;
  /** Resolves before each answer. */
  hold: Promise<void>;
  /** Tokens that were given out. */
  readonly tokens: Set<string>;
  close(): Promise<void>;
}

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const EMAIL = "gateway@project.iam.gserviceaccount.com";

export async function startTokenServer(): Promise<TokenServer> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    made.asked++;
    await made.hold;
    const refuse = (status: number, error: string) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
    if (made.failing !== null) {
      response.writeHead(made.failing.status).end(made.failing.body);
      return;
    }
    if (request.url === "/computeMetadata/v1/instance/service-accounts/default/token") {
      if (request.headers["metadata-flavor"] !== "Google") return refuse(403, "no_flavor");
    } else {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer") return refuse(400, "no_grant");
      const verified = await jwtVerify(form.get("assertion") ?? "", publicKey, {
        issuer: EMAIL,
        audience: `${made.origin}/token`,
        algorithms: ["RS256"],
      }).catch(() => null);
      if (verified === null || verified.payload.scope !== SCOPE || verified.protectedHeader.kid !== "key-1")
        return refuse(400, "invalid_grant");
    }
    const token = `ya29.token-${made.asked}`;
    made.tokens.add(token);
    return response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ access_token: token, expires_in: made.lifetime, token_type: "Bearer" }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keyFile = JSON.stringify(
    {
      type: "service_account",
      client_email: EMAIL,
      private_key_id: "key-1",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      token_uri: `${origin}/token`,
    },
    null,
    2,
  );
  const made: TokenServer = {
    origin,
    keyFile,
    asked: 0,
    lifetime: 3600,
    failing: null,
    hold: Promise.resolve(),
    tokens: new Set(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return made;
}
