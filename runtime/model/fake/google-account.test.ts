/** The made-up service account: what it takes for a good assertion, and what it says of others. */
import { describe, expect, it } from "vitest";
import { readServiceAccount, type ServiceAccount, tokenForm } from "../vertex/service-account.ts";
import { GoogleAccount } from "./google-account.ts";

const ORIGIN = "http://127.0.0.1:8090";
const NOW = 1_700_000_000_000;

function accountOf(google: GoogleAccount): ServiceAccount {
  const account = readServiceAccount(google.file);
  if (typeof account === "string") throw new Error(account);
  return account;
}

describe("tokens for a service account", () => {
  let now = NOW;
  const google = new GoogleAccount(ORIGIN, null, () => now);
  const account = accountOf(google);
  const exchange = (form: string) => google.answer("POST", "/token", "", form);

  it("are given for what the account has signed, and hold an hour", () => {
    now = NOW;
    const { status, body } = exchange(tokenForm(account, now)) ?? {};
    expect(status).toBe(200);
    const { access_token: token } = body as { readonly access_token: string };
    expect(google.isToken(token)).toBe(true);
    expect(google.isToken(`${token}0`)).toBe(false);
    expect(google.isToken(token.replace(/-(\d)/, "-9$1"))).toBe(false);
    expect(new GoogleAccount(ORIGIN, null, () => now).isToken(token)).toBe(true);
    now = NOW + 3_600_000;
    expect(google.isToken(token)).toBe(false);
  });

  it("the account is the same after a start with its file", () => {
    now = NOW;
    const again = new GoogleAccount(ORIGIN, google.file, () => now);
    expect(again.file).toBe(google.file);
    expect(again.answer("POST", "/token", "", tokenForm(account, now))?.status).toBe(200);
  });

  const others = new GoogleAccount(ORIGIN, null, () => NOW);
  it.each<[string, string, RegExp]>([
    ["nothing", "", /unsupported_grant_type/],
    ["no assertion", "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer", /invalid_grant.*three parts/],
    ["another key", tokenForm(accountOf(others), NOW), /invalid_grant.*Signature/],
    ["another account", tokenForm({ ...account, email: "someone@example" }, NOW), /account not found/],
    ["another audience", tokenForm({ ...account, tokenUrl: "https://elsewhere.example/token" }, NOW), /audience/],
    ["an old one", tokenForm(account, NOW - 7_200_000), /reasonable timeframe/],
    ["one of tomorrow", tokenForm(account, NOW + 86_400_000), /reasonable timeframe/],
  ])("are not given for %s", (_what, form, words) => {
    now = NOW;
    const { status, body } = exchange(form) ?? {};
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(words);
  });

  it("are given to machines that say so, and to nobody by GET", () => {
    now = NOW;
    const path = "/computeMetadata/v1/instance/service-accounts/default/token";
    expect(google.answer("GET", path, "Google", "")?.status).toBe(200);
    expect(google.answer("GET", path, "", "")?.status).toBe(403);
    expect(google.answer("GET", "/token", "", "")?.status).toBe(400);
    expect(google.answer("POST", "/v1/messages", "", "")).toBe(null);
  });
});
