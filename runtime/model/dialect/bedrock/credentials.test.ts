import { describe, expect, it } from "vitest";
import { awsKey, bedrockCredentials, regionOf, Signer } from "./credentials.ts";

const KEY = { id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: null };
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);
const FORM = ["content-type", "application/x-www-form-urlencoded"];

/** AWS's own examples of Signature Version 4: request and signature. */
const VECTORS: readonly (readonly [
  name: string,
  method: string,
  target: string,
  headers: string[],
  body: string,
  signature: string,
])[] = [
  ["get-vanilla", "GET", "/", [], "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["post-vanilla", "POST", "/", [], "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  [
    "get-vanilla-query-order-key-case",
    "GET",
    "/?Param2=value2&Param1=value1",
    [],
    "",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  [
    "post-x-www-form-urlencoded",
    "POST",
    "/",
    FORM,
    "Param1=value1",
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  ],
];

describe("Signature Version 4", () => {
  it.each(VECTORS)("%s", (_name, method, target, headers, body, signature) => {
    const added = new Signer(KEY, "us-east-1", "service").sign(
      { method, target, headers, body },
      "example.amazonaws.com",
      NOW,
    );
    expect(added.slice(0, 2)).toEqual(["x-amz-date", "20150830T123600Z"]);
    expect(added[2]).toBe("authorization");
    expect(added[3]).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${headers.length > 0 ? "content-type;" : ""}host;x-amz-date, Signature=${signature}`,
    );
  });

  const request = {
    method: "POST",
    target: "/model/a%3A0/converse",
    headers: ["content-type", "application/json"],
    body: "{}",
  } as const;
  const sign = bedrockCredentials(
    "AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY:TOKEN",
    "https://bedrock-runtime.eu-west-1.amazonaws.com",
    null,
  );

  it("a session's token is sent and signed, for the region of the host", () => {
    const added = sign(request, NOW);
    expect(added.slice(2, 4)).toEqual(["x-amz-security-token", "TOKEN"]);
    expect(added[5]).toContain(
      "/20150830/eu-west-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,",
    );
  });

  it("covers body, path, fields and time, and is the same for the same", () => {
    const first = sign(request, NOW);
    expect(sign(request, NOW)).toEqual(first);
    for (const [other, at] of [
      [{ ...request, body: "{ }" }, NOW],
      [{ ...request, target: "/model/b%3A0/converse" }, NOW],
      [{ ...request, headers: ["content-type", "text/plain"] }, NOW],
      [request, NOW + 86_400_000],
    ] as const) {
      expect(sign(other, at).at(-1)).not.toBe(first.at(-1));
    }
    expect(sign(request, NOW)).toEqual(first);
  });

  it("a key of Bedrock's own is sent as it is", () => {
    const bearer = bedrockCredentials(
      "ABSKQmVkcm9ja0FQSUtleS==",
      "https://bedrock-runtime.us-east-1.amazonaws.com",
      null,
    );
    expect(bearer(request, NOW)).toEqual(["authorization", "Bearer ABSKQmVkcm9ja0FQSUtleS=="]);
  });

  it.each([
    ["AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", true],
    ["ASIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY:a/b+c==", true],
    ["AKIAIOSFODNN7EXAMPLE:short", false],
    ["bedrock-api-key-abc:def", false],
    ["", false],
  ])("%s", (text, is) => expect(awsKey(text) !== null).toBe(is));

  it.each([
    ["https://bedrock-runtime.us-east-1.amazonaws.com", "us-east-1"],
    ["https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/x", "us-gov-west-1"],
    ["https://bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"],
    ["http://127.0.0.1:1", null],
    ["https://evil.example/bedrock-runtime.us-east-1.", null],
  ])("%s", (base, region) => expect(regionOf(base)).toBe(region));
});
