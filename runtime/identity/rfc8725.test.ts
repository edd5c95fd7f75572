/** RFC 8725 section by section, where an attack needs more than one token and one key: `jwt.test.ts` has the others. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Failure } from "../failure.ts";
import type { JwtConfiguration } from "./configuration.ts";
import { createVerifier, type Verifier } from "./index.ts";

const NOW = Date.UTC(2026, 2, 1, 3);
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const CLAIMS = { iss: "https://id.example", aud: "shop", sub: "u1", exp: NOW / 1000 + 600 };
const BASE: JwtConfiguration = {
  scheme: "jwt",
  name: "staff",
  issuer: "https://id.example",
  audience: ["shop"],
  algorithms: ["RS256"],
  keys: set(rsa.publicKey, "k"),
  credential: { from: "header", name: "authorization" },
  leeway: 0,
  type: null,
  claims: [{ name: "id", from: "sub", optional: false, type: { kind: "string", min: 1, max: null } }],
};

function set(key: KeyObject, kid: string): JwtConfiguration["keys"] {
  return { kind: "set", text: JSON.stringify({ keys: [{ ...key.export({ format: "jwk" }), kid }] }) };
}

const encode = (data: string | Uint8Array): string => Buffer.from(data).toString("base64url");

function signed(header: object, payload: string | Uint8Array, key: KeyObject = rsa.privateKey): string {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`;
  return `${input}.${encode(sign("sha256", Buffer.from(input), key))}`;
}

const RS = { alg: "RS256", kid: "k" };
const plain = (header: object = RS, claims: object = CLAIMS, key?: KeyObject): string =>
  signed(header, JSON.stringify(claims), key);

function verifier(change: Partial<JwtConfiguration> = {}, fetch?: (url: string) => Promise<string>): Verifier {
  const away = (): Promise<string> => Promise.reject(new Error("no network"));
  const now = (): number => NOW;
  return createVerifier({ ...BASE, ...change }, { now, clock: now, fetch: fetch ?? away, note: () => undefined });
}

async function ask(text: string, one: Verifier = verifier()): Promise<unknown> {
  const answer = await one.identify(["authorization", `Bearer ${text}`]);
  return answer instanceof Failure ? answer : "known";
}

/** One and the same answer for whoever is refused, whatever is wrong (§2.1 to §2.9). */
const REFUSED = { status: 401, code: "unauthenticated", challenge: 'Bearer realm="staff", error="invalid_token"' };

describe("§2.1, §3.1, §3.2: algorithms", () => {
  it.each(["RSA1_5", "RSA-OAEP", "dir", "ECDH-ES", "PBES2-HS256+A128KW", "A128GCM", "HS256", "HS1", "RS1", "ES256K"])(
    "%s is none for public keys",
    async (alg) => {
      expect(await ask(plain({ ...RS, alg, p2c: 1e9 }))).toMatchObject(REFUSED);
    },
  );

  it.each([
    ["PEM", rsa.publicKey.export({ format: "pem", type: "spki" })],
    ["PEM of PKCS#1", rsa.publicKey.export({ format: "pem", type: "pkcs1" })],
    ["DER", rsa.publicKey.export({ format: "der", type: "spki" })],
    ["JWK", JSON.stringify(rsa.publicKey.export({ format: "jwk" }))],
    ["modulus", Buffer.from(String(rsa.publicKey.export({ format: "jwk" }).n), "base64url")],
    ["nothing", ""],
  ])("the public key (%s) is no HMAC secret, even where the list allows both", async (_name, secret) => {
    const input = `${encode('{"alg":"HS256","kid":"k"}')}.${encode(JSON.stringify(CLAIMS))}`;
    const forged = `${input}.${encode(createHmac("sha256", secret).update(input).digest())}`;
    expect(await ask(forged, verifier({ algorithms: ["RS256", "HS256"] }))).toMatchObject(REFUSED);
  });
});

describe("§2.2, §3.5: weak secrets", () => {
  it.each([
    ["", "HS256"],
    ["secret", "HS256"],
    ["x".repeat(31), "HS256"],
    ["x".repeat(47), "HS384"],
    ["x".repeat(63), "HS512"],
  ] as const)("%j stops the start with %s", (secret, algorithm) => {
    expect(() => verifier({ algorithms: [algorithm], keys: { kind: "secret", secret } })).toThrow("not usable");
  });
});

describe("§2.3, §3.3: tokens within tokens", () => {
  it("a token whose payload is a token is not looked into", async () => {
    expect(await ask(signed({ ...RS, cty: "JWT" }, plain()))).toMatchObject(REFUSED);
    expect(await ask(signed({ ...RS, cty: "JWT" }, plain(RS, CLAIMS, other.privateKey)))).toMatchObject(REFUSED);
  });

  it("an encrypted token is none", async () => {
    const header = encode('{"alg":"dir","enc":"A256GCM","cty":"JWT"}');
    expect(
      await ask(`${header}..${encode("123456789012")}.${encode(plain())}.${encode("1234567890123456")}`),
    ).toMatchObject(REFUSED);
  });
});

describe("§2.4, §3.6: compression", () => {
  it("nothing is inflated", async () => {
    const payload = deflateRawSync(JSON.stringify(CLAIMS));
    expect(await ask(signed({ ...RS, zip: "DEF" }, payload))).toMatchObject(REFUSED);
  });

  it("a token that would be large only when inflated costs what its length says", async () => {
    const bomb = deflateRawSync(Buffer.alloc(4_000_000, " "));
    expect(bomb.length).toBeLessThan(5000);
    expect(await ask(signed({ ...RS, zip: "DEF" }, bomb))).toMatchObject(REFUSED);
  });
});

describe("§2.6, §3.7: encodings of JSON", () => {
  it.each([
    ["UTF-16", Buffer.from(JSON.stringify(CLAIMS), "utf16le")],
    ["a byte order mark", Buffer.from(`\uFEFF${JSON.stringify(CLAIMS)}`)],
    ["Latin-1", Buffer.from(JSON.stringify({ ...CLAIMS, sub: "é" }), "latin1")],
    [
      "UTF-8 that is longer than it need be",
      Buffer.concat([Buffer.from(`{"sub":"`), Buffer.of(0xc1, 0xa1), Buffer.from(`"}`)]),
    ],
  ])("%s is refused", async (_name, payload) => {
    expect(await ask(signed(RS, payload))).toMatchObject(REFUSED);
  });
});

describe("§2.7, §2.8, §3.8, §3.9, §3.12: a token for one is none for another", () => {
  it("of another issuer whose keys this identity does not have, whatever it says of itself", async () => {
    const theirs = verifier({ issuer: "https://other.example", keys: set(other.publicKey, "k") });
    const forged = plain(RS, CLAIMS, other.privateKey);
    expect(await ask(plain(RS, { ...CLAIMS, iss: "https://other.example" }, other.privateKey), theirs)).toBe("known");
    expect(await ask(forged)).toMatchObject(REFUSED);
    expect(await ask(forged, theirs)).toMatchObject(REFUSED);
  });

  it("of the same issuer and keys, for another audience or of another type", async () => {
    const access = verifier({ type: "at+jwt" });
    const session = verifier({ type: "session+jwt", audience: ["login"] });
    const one = plain({ ...RS, typ: "at+jwt" });
    const two = plain({ ...RS, typ: "session+jwt" }, { ...CLAIMS, aud: "login" });
    expect([await ask(one, access), await ask(two, session)]).toEqual(["known", "known"]);
    expect(await ask(two, access)).toMatchObject(REFUSED);
    expect(await ask(one, session)).toMatchObject(REFUSED);
    // Right audience, wrong type; right type, wrong audience.
    expect(await ask(plain({ ...RS, typ: "session+jwt" }), access)).toMatchObject(REFUSED);
    expect(await ask(plain({ ...RS, typ: "at+jwt" }, { ...CLAIMS, aud: "login" }), access)).toMatchObject(REFUSED);
  });

  it("what one identity remembers is not known to another", async () => {
    const here = verifier();
    const there = verifier({ audience: ["login"] });
    expect(await ask(plain(), here)).toBe("known");
    expect(await ask(plain(), here)).toBe("known");
    expect(await ask(plain(), there)).toMatchObject(REFUSED);
  });
});

describe("§2.9, §3.10: what the sender writes is never followed", () => {
  it("only the issuer's own address is fetched, whatever jku, x5u and kid say", async () => {
    const fetched: string[] = [];
    const text = JSON.stringify({ keys: [{ ...rsa.publicKey.export({ format: "jwk" }), kid: "k" }] });
    const one = verifier({ keys: { kind: "url", url: "https://id.example/keys", refresh: 600_000 } }, async (url) => {
      fetched.push(url);
      return text;
    });
    const aside = { jku: "http://169.254.169.254/", x5u: "http://169.254.169.254/", jwk: { kty: "RSA" } };
    for (const kid of ["k", "http://169.254.169.254/", "../k", "k' OR '1'='1", "*)(uid=*))(|(uid=*", "$(id)", "\u0000"])
      await ask(plain({ ...RS, ...aside, kid }), one);
    expect(new Set(fetched)).toEqual(new Set(["https://id.example/keys"]));
    expect(fetched.length).toBeLessThanOrEqual(2);
  });
});

it("a wrong signature, an unknown key and made-up text get the same answer, letter by letter", async () => {
  const answers = await Promise.all(
    [
      plain(RS, CLAIMS, other.privateKey),
      plain({ ...RS, kid: "unknown" }),
      "abc",
      plain(RS, { ...CLAIMS, aud: "x" }),
    ].map((text) => ask(text)),
  );
  for (const answer of answers) expect(answer).toMatchObject(REFUSED);
});
