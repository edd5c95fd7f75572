/** The tokens of this thread, by where they come from: models of one account share one, and a swap keeps them. */
import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { ModelConfiguration } from "../configuration.ts";
import { AccessToken } from "./access-token.ts";
import { readServiceAccount, tokenForm } from "./service-account.ts";
import { requestToken } from "./token-request.ts";

const METADATA_PATH = "/computeMetadata/v1/instance/service-accounts/default/token";

const known = new Map<string, AccessToken>();

/** Null: this model needs none. The configuration is one that has been checked. */
export function accessTokenOf({ variant, key, settings }: ModelConfiguration): AccessToken | null {
  if (variant !== "vertex") return null;
  const { metadata } = settings;
  const identity = createHash("sha256")
    .update(key ?? `metadata ${metadata}`)
    .digest("base64");
  let token = known.get(identity);
  if (token === undefined) {
    const fetch = key === null ? () => fromMetadata(metadata ?? "") : bySigning(key);
    token = new AccessToken({ fetch, clock: () => performance.now() });
    known.set(identity, token);
  }
  return token;
}

function bySigning(key: string): () => Promise<string> {
  const account = readServiceAccount(key);
  if (typeof account === "string") return () => Promise.reject(new Error(`of the service account's key ${account}`));
  return () =>
    requestToken({
      method: "POST",
      url: account.tokenUrl,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: tokenForm(account, Date.now()),
    });
}

/** Google's machines are told who they are by a server of their own. */
function fromMetadata(origin: string): Promise<string> {
  return requestToken({
    method: "GET",
    url: origin + METADATA_PATH,
    headers: { "metadata-flavor": "Google" },
    body: "",
  });
}
