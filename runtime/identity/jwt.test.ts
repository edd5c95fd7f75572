/** Every attack on signed tokens that RFC 8725 names, and what RFC 7515, 7517 and 7519 demand beside. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../failure.ts";
import type { JwtConfiguration } from "./configuration.ts";
import { createVerifier, type Verifier } from "./index.ts";

const NOW = Date.UTC(2026, 2, 1, 3);
const SECONDS = NOW / 1000;
const SECRET = "a shared secret of at least thirty-two bytes";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherRsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");

const jwk = (key: KeyObject, more: object = {}): object => ({ ...key.export({ format: "jwk" }), ...more });
const KEYS = [
  jwk(rsa.publicKey, { kid: "rsa", alg: "RS256", use: "sig" }),
  jwk(ec.publicKey, { kid: "ec", key_ops: ["verify"] }),
  jwk(ed.publicKey, { kid: "ed" }),
];

const BASE: JwtConfiguration = {
  scheme: "jwt",
  name: "staff",
  issuer: "https://id.example",
  audience: ["shop"],
  algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
  keys: { kind: "set", text: JSON.stringify({ keys: KEYS }) },
  credential: { from: "header", name: "authorization" },
  leeway: 30_000,
  type: null,
  claims: [
    { name: "id", from: "sub", optional: false, type: { kind: "string", min: 1, max: 40 } },
    { name: "scope", from: "scope", optional: true, type: { kind: "scopes" } },
  ],
};
const CLAIMS = { iss: "https://id.example", aud: "shop", sub: "u1", exp: SECONDS + 600, scope: "a b" };

const encode = (data: string | Uint8Array): string => Buffer.from(data).toString("base64url");

function signature(header: { readonly alg?: unknown }, input: string, key?: KeyObject): Buffer {
  const data = Buffer.from(input);
  switch (header.alg) {
    case "RS256":
      return sign("sha256", data, key ?? rsa.privateKey);
    case "PS256":
      return sign("sha256", data, { key: key ?? rsa.privateKey, padding: 6, saltLength: 32 });
    case "ES256":
      return sign("sha256", data, { key: key ?? ec.privateKey, dsaEncoding: "ieee-p1363" });
    case "EdDSA":
      return sign(null, data, key ?? ed.privateKey);
    default:
      return createHmac("sha256", SECRET).update(data).digest();
  }
}

/** A token; `header` and `claims` are JSON texts or values. */
function token(header: object | string, claims: object | string = CLAIMS, key?: KeyObject): string {
  const text = (value: object | string): string => (typeof value === "string" ? value : JSON.stringify(value));
  const input = `${encode(text(header))}.${encode(text(claims))}`;
  const parsed: { alg?: unknown } = typeof header === "string" ? JSON.parse(header) : header;
  return `${input}.${encode(signature(parsed, input, key))}`;
}

const RS = { alg: "RS256", kid: "rsa" };
const good = token(RS);

function verifier(change: Partial<JwtConfiguration> = {}, now: () => number = () => NOW): Verifier {
  return createVerifier(
    { ...BASE, ...change },
    { now, clock: now, fetch: () => Promise.reject(new Error("no network")), note: () => undefined },
  );
}

async function ask(text: string, one: Verifier = verifier()): Promise<unknown> {
  const answer = await one.identify(["authorization", `Bearer ${text}`]);
  return answer instanceof Failure ? answer.detail : answer;
}
const MALFORMED = "the token is malformed";
const CALLER = { id: "u1", scope: ["a", "b"] };

describe("what is accepted", () => {
  it.each([
    ["RS256", RS],
    ["ES256", { alg: "ES256", kid: "ec" }],
    ["EdDSA", { alg: "EdDSA", kid: "ed" }],
    ["without a kid", { alg: "EdDSA" }],
    ["with typ JWT", { ...RS, typ: "JWT" }],
    ["with typ at+jwt", { ...RS, typ: "application/AT+jwt" }],
  ])("%s", async (_name, header) => {
    expect(await ask(token(header))).toEqual(CALLER);
  });

  it("PS256 with a key that names no algorithm", async () => {
    const keys = { kind: "set", text: JSON.stringify({ keys: [jwk(rsa.publicKey, { kid: "rsa" })] }) } as const;
    expect(await ask(token({ alg: "PS256", kid: "rsa" }), verifier({ keys }))).toEqual(CALLER);
  });

  it("HS256 with a secret", async () => {
    const one = verifier({ algorithms: ["HS256"], keys: { kind: "secret", secret: SECRET } });
    expect(await ask(token({ alg: "HS256", kid: "whatever" }), one)).toEqual(CALLER);
    expect(await ask(`${token({ alg: "HS256" }).slice(0, -4)}AAAA`, one)).toBe("the token's signature is wrong");
  });

  it("one of several audiences, and fractional dates", async () => {
    expect(await ask(token(RS, { ...CLAIMS, aud: ["other", "shop"], nbf: SECONDS - 0.5 }))).toEqual(CALLER);
  });
});

describe("algorithms (RFC 8725 §2.1, §3.1, §3.2)", () => {
  it.each(["none", "None", "NONE", "nOnE", ""])("alg %j is no algorithm", async (alg) => {
    const input = `${encode(JSON.stringify({ alg }))}.${encode(JSON.stringify(CLAIMS))}`;
    expect(await ask(`${input}.`)).toBe(MALFORMED);
    expect(await ask(`${input}.${encode("x")}`)).toBe(MALFORMED);
  });

  it("a public key is no HMAC secret", async () => {
    const input = `${encode(JSON.stringify({ alg: "HS256", kid: "rsa" }))}.${encode(JSON.stringify(CLAIMS))}`;
    for (const secret of [
      String(rsa.publicKey.export({ format: "pem", type: "spki" })),
      JSON.stringify(KEYS[0]),
      String(rsa.publicKey.export({ format: "pem", type: "pkcs1" })),
    ]) {
      const forged = `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
      expect(await ask(forged)).toBe("the token's algorithm is not allowed");
      // Not even where the allow-list has it: the key is an RSA key.
      const lax = verifier({ algorithms: ["RS256", "HS256"] });
      expect(await ask(forged, lax)).toBe("no key of the issuer fits the token");
    }
  });

  it("what is not in the list, and what the key is not for", async () => {
    expect(await ask(token(RS), verifier({ algorithms: ["ES256"] }))).toBe("the token's algorithm is not allowed");
    // This key says RS256.
    expect(await ask(token({ alg: "PS256", kid: "rsa" }))).toBe("no key of the issuer fits the token");
    expect(await ask(token({ alg: "ES256", kid: "rsa" }))).toBe("no key of the issuer fits the token");
  });

  it("a signature of another key, or over something else (RFC 8725 §2.2, §3.3)", async () => {
    const wrong = "the token's signature is wrong";
    expect(await ask(token(RS, CLAIMS, otherRsa.privateKey))).toBe(wrong);
    const [head, , tail] = good.split(".");
    expect(await ask(`${head}.${encode(JSON.stringify({ ...CLAIMS, sub: "root" }))}.${tail}`)).toBe(wrong);
  });

  it("an all-zero ECDSA signature, a DER one, and cut ones", async () => {
    const input = token({ alg: "ES256", kid: "ec" }).split(".").slice(0, 2).join(".");
    expect(await ask(`${input}.${encode(new Uint8Array(64))}`)).toBe("the token's signature is wrong");
    expect(await ask(`${input}.${encode(sign("sha256", Buffer.from(input), ec.privateKey))}`)).toBe(MALFORMED);
    expect(await ask(`${input}.${encode(new Uint8Array(63))}`)).toBe(MALFORMED);
  });
});

describe("keys (RFC 8725 §3.4, §3.5; RFC 7517 §4)", () => {
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const at = (key: object): JwtConfiguration["keys"] => ({
    kind: "set",
    text: JSON.stringify({ keys: [key, KEYS[2]] }),
  });
  const none = "no key of the issuer fits the token";

  it.each([
    ["use enc", jwk(rsa.publicKey, { kid: "rsa", use: "enc" })],
    ["key_ops without verify", jwk(rsa.publicKey, { kid: "rsa", key_ops: ["encrypt"] })],
    ["key_ops twice the same", jwk(rsa.publicKey, { kid: "rsa", key_ops: ["verify", "verify"] })],
    ["an alg of another kind", jwk(rsa.publicKey, { kid: "rsa", alg: "RSA-OAEP" })],
    ["a private key", jwk(rsa.privateKey, { kid: "rsa" })],
    ["a shared secret in a public set", { kty: "oct", kid: "rsa", k: encode(SECRET) }],
    ["a kid that is no text", jwk(rsa.publicKey, { kid: 1 })],
    ["an even exponent", jwk(rsa.publicKey, { kid: "rsa", e: encode(Uint8Array.of(4)) })],
    ["the exponent 1", jwk(rsa.publicKey, { kid: "rsa", e: encode(Uint8Array.of(1)) })],
    [
      "a modulus with padding",
      jwk(rsa.publicKey, { kid: "rsa", n: `${String(rsa.publicKey.export({ format: "jwk" }).n)}=` }),
    ],
  ])("%s cannot verify", async (_name, key) => {
    expect(await ask(good, verifier({ keys: at(key) }))).toBe(none);
  });

  it("RSA below 2048 bits cannot verify", async () => {
    const keys = at(jwk(small.publicKey, { kid: "rsa" }));
    expect(await ask(token(RS, CLAIMS, small.privateKey), verifier({ keys }))).toBe(none);
  });

  it("a curve is not exchanged, and a point must be on it", async () => {
    const { x, y } = ec.publicKey.export({ format: "jwk" });
    const es = token({ alg: "ES256", kid: "ec" });
    expect(await ask(es, verifier({ keys: at({ kty: "EC", crv: "P-384", kid: "ec", x, y }) }))).toBe(none);
    expect(await ask(es, verifier({ keys: at({ kty: "EC", crv: "secp256k1", kid: "ec", x, y }) }))).toBe(none);
    const off = { kty: "EC", crv: "P-256", kid: "ec", x, y: x };
    expect(await ask(es, verifier({ keys: at(off) }))).toBe("the token's signature is wrong");
  });

  it("a secret has as many bytes as the hash", () => {
    const make = (): Verifier => verifier({ algorithms: ["HS256"], keys: { kind: "secret", secret: "x".repeat(31) } });
    expect(make).toThrow("not usable");
  });
});

describe("the sender's key is never taken (RFC 8725 §3.10)", () => {
  const own = jwk(otherRsa.publicKey);
  it.each([
    ["jwk", { ...RS, jwk: own }],
    ["jku", { ...RS, jku: "http://127.0.0.1:1/keys" }],
    ["x5u", { ...RS, x5u: "http://127.0.0.1:1/cert" }],
    ["x5c", { ...RS, x5c: ["MIIB"] }],
  ])("%s", async (_name, header) => {
    expect(await ask(token(header, CLAIMS, otherRsa.privateKey))).toBe("the token's signature is wrong");
    // A good signature is not spoilt by it: nobody looks.
    expect(await ask(token(header))).toEqual(CALLER);
  });

  it.each(["../../dev/null", "' OR 1=1 --", "__proto__", "constructor", "rsa\u0000", "RSA", "x".repeat(600)])(
    "kid %j only looks up",
    async (kid) => {
      expect(await ask(token({ alg: "RS256", kid }))).toMatch(/malformed|no key/);
    },
  );
});

describe("form (RFC 7515 §2, §4, §7.1)", () => {
  const [head = "", payload = "", tail = ""] = good.split(".");
  it.each([
    ["no parts", "abc"],
    ["two parts", `${head}.${payload}`],
    ["four parts", `${good}.`],
    ["five parts, as an encrypted one", `${good}.a.b`],
    ["an empty signature", `${head}.${payload}.`],
    ["padding", `${head}=.${payload}.${tail}`],
    ["padding of the signature", `${good}==`],
    ["the other alphabet", `${head}.${payload}.${tail.slice(0, -2)}+/`],
    ["white space", `${head}.${payload} .${tail}`],
    ["a line's end", `${head}.${payload}.${tail}\n`],
    ["unused bits", `${head}.${payload}.${tail.slice(0, -1)}${tail.endsWith("h") ? "i" : "h"}`],
    ["alg twice", token('{"alg":"RS256","kid":"rsa","alg":"RS256"}')],
    ["alg twice, once escaped", token('{"\\u0061lg":"none","kid":"rsa","alg":"RS256"}')],
    ["a header that is a list", `${encode("[]")}.${payload}.${tail}`],
    ["a header that is no JSON", `${encode("{")}.${payload}.${tail}`],
    ["a header that is not UTF-8", `${encode(Uint8Array.of(0x7b, 0xff, 0x7d))}.${payload}.${tail}`],
    ["crit", token({ ...RS, crit: ["exp"] })],
    ["an empty crit", token({ ...RS, crit: [] })],
    ["b64 false (RFC 7797)", token({ ...RS, b64: false, crit: ["b64"] })],
    ["b64 without crit", token({ ...RS, b64: false })],
    ["more than 8 KB (RFC 8725 §3.6: nothing is inflated)", token(RS, { ...CLAIMS, fill: "x".repeat(9000) })],
  ])("%s is malformed", async (_name, text) => {
    expect(await ask(text)).toBe(MALFORMED);
  });

  it.each([
    ["a claim twice", '{"iss":"https://id.example","aud":"shop","sub":"u1","exp":9999999999,"sub":"root"}'],
    [
      "a claim twice further in",
      '{"iss":"https://id.example","aud":"shop","sub":"u1","exp":9999999999,"x":{"a":1,"a":2}}',
    ],
    ["claims that are a list", "[]"],
  ])("%s is malformed even when signed", async (_name, claims) => {
    expect(await ask(token(RS, claims))).toBe(MALFORMED);
  });
});

describe("claims (RFC 8725 §3.7 to §3.12)", () => {
  const { exp: _exp, ...endless } = CLAIMS;
  it.each<[string, object, string]>([
    ["no issuer", { ...CLAIMS, iss: undefined }, "the token is of another issuer"],
    ["another issuer", { ...CLAIMS, iss: "https://id.example/" }, "the token is of another issuer"],
    ["an issuer in a list", { ...CLAIMS, iss: ["https://id.example"] }, "the token is of another issuer"],
    ["no audience", { ...CLAIMS, aud: undefined }, "the token is for another audience"],
    ["another audience", { ...CLAIMS, aud: "shop2" }, "the token is for another audience"],
    ["no one's audience", { ...CLAIMS, aud: [] }, "the token is for another audience"],
    ["an audience among other things", { ...CLAIMS, aud: ["shop", 1] }, "the token is for another audience"],
    ["no end", endless, "a claim is missing or not of its type"],
    ["an end that is a text", { ...CLAIMS, exp: "9999999999" }, "a claim is missing or not of its type"],
    ["an end in the past", { ...CLAIMS, exp: SECONDS - 30 }, "the token has expired"],
    ["not before later", { ...CLAIMS, nbf: SECONDS + 31 }, "the token is not valid yet"],
    ["issued later", { ...CLAIMS, iat: SECONDS + 31 }, "the token is not valid yet"],
    ["a claim of another type", { ...CLAIMS, sub: 1 }, "a claim is missing or not of its type"],
    ["a claim that is missing", { ...CLAIMS, sub: undefined }, "a claim is missing or not of its type"],
    ["a claim that is too long", { ...CLAIMS, sub: "x".repeat(41) }, "a claim is missing or not of its type"],
    ["scopes with two spaces", { ...CLAIMS, scope: "a  b" }, "a claim is missing or not of its type"],
  ])("%s", async (_name, claims, detail) => {
    expect(await ask(token(RS, claims))).toBe(detail);
  });

  it("leeway reaches as far as it says, on both sides", async () => {
    expect(await ask(token(RS, { ...CLAIMS, exp: SECONDS - 29 }))).toEqual(CALLER);
    expect(await ask(token(RS, { ...CLAIMS, nbf: SECONDS + 30, iat: SECONDS + 30 }))).toEqual(CALLER);
  });

  it.each(["logout+jwt", "dpop+jwt", "secevent+jwt", "JWE", ""])(
    "a token of type %j was made for something else",
    async (typ) => {
      expect(await ask(token({ ...RS, typ }))).toBe("the token's type is not the one that is asked for");
    },
  );

  it("a type that is asked for must be there", async () => {
    const one = verifier({ type: "at+jwt" });
    expect(await ask(token({ ...RS, typ: "at+JWT" }), one)).toEqual(CALLER);
    expect(await ask(token({ ...RS, typ: "JWT" }), one)).toBe("the token's type is not the one that is asked for");
    expect(await ask(good, one)).toBe("the token's type is not the one that is asked for");
  });

  it("a claim called like something every object has is not there", async () => {
    const claims = [
      { name: "x", from: "constructor", optional: true, type: { kind: "string", min: 0, max: null } },
    ] as const;
    expect(await ask(good, verifier({ claims }))).toEqual({ x: undefined });
  });
});

describe("what was verified is remembered", () => {
  let time = NOW;
  beforeEach(() => {
    time = NOW;
  });

  it("until it ends, and answers at once", async () => {
    const one = verifier({ leeway: 0 }, () => time);
    expect(await ask(good, one)).toEqual(CALLER);
    expect(one.identify(["authorization", `Bearer ${good}`])).toEqual(CALLER);
    time = CLAIMS.exp * 1000 - 1;
    expect(one.identify(["authorization", `Bearer ${good}`])).toEqual(CALLER);
    time = CLAIMS.exp * 1000;
    expect(await ask(good, one)).toBe("the token has expired");
  });

  it("but not what was refused", async () => {
    const one = verifier({}, () => time);
    const late = token(RS, { ...CLAIMS, nbf: SECONDS + 100 });
    expect(await ask(late, one)).toBe("the token is not valid yet");
    time += 100_000;
    expect(await ask(late, one)).toEqual(CALLER);
  });
});

describe("what a request presents (RFC 6750 §2, §3)", () => {
  const failure = async (headers: string[], change: Partial<JwtConfiguration> = {}): Promise<Failure> => {
    const answer = await verifier(change).identify(headers);
    if (!(answer instanceof Failure)) throw new Error("identified");
    return answer;
  };

  it.each([
    ["nothing", []],
    ["another scheme", ["authorization", "Basic YTpi"]],
  ])("%s: a challenge without an error", async (_name, headers) => {
    expect(await failure(headers)).toMatchObject({ status: 401, challenge: 'Bearer realm="staff"' });
  });

  it.each([
    ["a scheme without a token", ["authorization", "Bearer"]],
    ["two of them", ["authorization", `Bearer ${good}`, "authorization", `Bearer ${good}`]],
    ["something else", ["authorization", "Bearer abc"]],
  ])("%s: invalid_token, and no word more", async (_name, headers) => {
    const challenge = 'Bearer realm="staff", error="invalid_token"';
    expect(await failure(headers)).toMatchObject({ status: 401, code: "unauthenticated", challenge });
  });

  it("no failure shows the token", async () => {
    const answer = await failure(["authorization", `Bearer ${token(RS, { ...CLAIMS, aud: "x" })}`]);
    expect(JSON.stringify(answer)).not.toContain(good.slice(0, 20));
  });

  it("the scheme's case and a cookie's place do not matter", async () => {
    expect(await verifier().identify(["authorization", `bEARER ${good}`])).toEqual(CALLER);
    const credential = { from: "cookie", name: "session" } as const;
    expect(await verifier({ credential }).identify(["cookie", `a=b; session=${good}; c=d`])).toEqual(CALLER);
    expect((await failure(["cookie", `session=${good}; session=${good}`], { credential })).challenge).toContain(
      "error",
    );
    const own = { from: "header", name: "x-token" } as const;
    expect(await verifier({ credential: own }).identify(["x-token", good])).toEqual(CALLER);
  });
});
