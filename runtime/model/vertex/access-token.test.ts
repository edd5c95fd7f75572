/** Tokens: had once, replaced in time, asked for with pauses where there is none. */
import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { AccessToken } from "./access-token.ts";
import { readServiceAccount, tokenForm } from "./service-account.ts";

describe("a token", () => {
  let now = 0;
  let asked = 0;
  let answer: () => Promise<string>;
  let token: AccessToken;

  beforeEach(() => {
    now = 1000;
    asked = 0;
    answer = () => Promise.resolve(JSON.stringify({ access_token: `t${asked}`, expires_in: 3600 }));
    token = new AccessToken({
      clock: () => now,
      fetch: () => {
        asked++;
        return answer();
      },
    });
  });

  it("is had by one request for all who wait, and then at once", async () => {
    expect(token.fields).toEqual([]);
    expect(await Promise.all([token.ready(), token.ready(), token.ready()])).toEqual(["", "", ""]);
    expect(token.fields).toEqual(["authorization", "Bearer t1"]);
    expect(token.ready()).toBe(null);
    expect(asked).toBe(1);
  });

  it("is replaced beside the requests before it ends, and waited for behind that", async () => {
    await token.ready();
    now += 3_600_000 - 4 * 60_000;
    expect(token.ready()).toBe(null);
    expect(asked).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(token.ready()).toBe(null);
    now += 3_600_000;
    expect(await token.ready()).toBe("");
    expect(token.fields).toEqual(["authorization", "Bearer t3"]);
  });

  it("serves on where its replacement cannot be had", async () => {
    await token.ready();
    answer = () => Promise.reject(new Error("away"));
    now += 3_600_000 - 4 * 60_000;
    expect(token.ready()).toBe(null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(token.ready()).toBe(null);
    expect(token.fields).toEqual(["authorization", "Bearer t1"]);
    now += 4 * 60_000;
    expect(await token.ready()).toBe("away");
  });

  it("is not asked for again and again where there is none", async () => {
    answer = () => Promise.reject(new Error("away"));
    expect(await token.ready()).toBe("away");
    expect(await token.ready()).toBe("away");
    expect(asked).toBe(1);
    now += 600;
    await token.ready();
    expect(asked).toBe(2);
    now += 600;
    await token.ready();
    expect(asked).toBe(2);
    now += 60_000;
    answer = () => Promise.resolve('{"access_token":"t","expires_in":60}');
    expect(await token.ready()).toBe("");
  });

  it("is given up where it is refused, but not while it is young", async () => {
    await token.ready();
    token.refused();
    expect(token.ready()).toBe(null);
    now += 11_000;
    token.refused();
    expect(await token.ready()).toBe("");
    expect(token.fields).toEqual(["authorization", "Bearer t2"]);
    expect(asked).toBe(2);
  });

  it.each([
    ["no", "the answer is no JSON"],
    ['{"expires_in":3600}', "the answer holds no access_token"],
    ['{"access_token":"a\\r\\nx: y","expires_in":3600}', "the answer holds no access_token"],
    ['{"access_token":"a"}', "the answer holds no expires_in"],
    ['{"access_token":"a","expires_in":-1}', "the answer holds no expires_in"],
    ["[]", "the answer holds no access_token"],
  ])("%s is none: %s", async (text, problem) => {
    answer = () => Promise.resolve(text);
    expect(await token.ready()).toBe(problem);
    expect(token.fields).toEqual([]);
  });
});

describe("a service account's key", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  const file = {
    client_email: "a@b",
    private_key: pem,
    private_key_id: "1",
    token_uri: "https://oauth2.example/token",
  };

  it("as it is, and in base64", () => {
    const text = JSON.stringify(file, null, 2);
    expect(readServiceAccount(text)).toMatchObject({ email: "a@b", keyId: "1" });
    expect(readServiceAccount(Buffer.from(text).toString("base64"))).toMatchObject({ email: "a@b" });
  });

  it.each([
    ["nonsense", /no JSON/],
    [JSON.stringify({ ...file, private_key: undefined }), /no private_key/],
    [JSON.stringify({ ...file, private_key: "-----BEGIN PRIVATE KEY-----" }), /no key in PEM/],
    [JSON.stringify({ ...file, token_uri: "http://oauth2.example/token" }), /not https/],
    [JSON.stringify({ ...file, token_uri: 5 }), /not https/],
    ["{}", /no client_email/],
  ])("what is none is told, without a word of it: %#", (text, problem) => {
    const told = readServiceAccount(text);
    expect(told).toMatch(problem);
    expect(told).not.toContain("BEGIN");
  });

  it("asserts who asks for what, for an hour", () => {
    const account = readServiceAccount(JSON.stringify(file));
    if (typeof account === "string") throw new Error(account);
    const form = new URLSearchParams(tokenForm(account, 1_700_000_000_500));
    const [head = "", claims = ""] = (form.get("assertion") ?? "").split(".");
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(read(head)).toEqual({ alg: "RS256", typ: "JWT", kid: "1" });
    expect(read(claims)).toEqual({
      iss: "a@b",
      scope: "https://www.googleapis.com/auth/cloud-platform",
      aud: "https://oauth2.example/token",
      iat: 1_700_000_000,
      exp: 1_700_003_600,
    });
  });
});
