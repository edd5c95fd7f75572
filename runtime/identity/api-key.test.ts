/** API keys: what records may be, and that a wrong key and an unknown one cannot be told apart. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Failure } from "../failure.ts";
import { StartError } from "../start-error.ts";
import { ApiKeyVerifier } from "./api-key.ts";

const hash = (key: string): string => `sha256:${createHash("sha256").update(key).digest("hex")}`;
const CLAIMS = [{ name: "id", from: "id", optional: false, type: { kind: "string", min: 1, max: null } }] as const;
const make = (keys: string): ApiKeyVerifier =>
  new ApiKeyVerifier({ scheme: "api_key", name: "partners", headers: ["x-key"], keys, claims: CLAIMS });
const record = (id: string, key: string): string => JSON.stringify({ id, hash: hash(key) });

describe("records", () => {
  it.each([
    ["a list", `[${record("a", "one")}, ${record("b", "two")}]`],
    ["one a line", `${record("a", "one")}\n\n${record("b", "two")}\n`],
  ])("%s", (_name, keys) => {
    const one = make(keys);
    expect(one.identify(["x-key", "one"])).toEqual({ id: "a" });
    expect(one.identify(["x-key", "two"])).toEqual({ id: "b" });
  });

  it("may be none: then nobody is known", () => {
    expect(make("[]").identify(["x-key", "one"])).toBeInstanceOf(Failure);
    expect(make("").identify(["x-key", "one"])).toBeInstanceOf(Failure);
  });

  it.each([
    ["no JSON", "{", "record 1 is no JSON record"],
    ["a list that is none", "[1]", "record 1 is no JSON record"],
    ["a member twice", `{"id":"a","id":"b","hash":"${hash("x")}"}`, "record 1 is no JSON record"],
    ["no hash", '{"id":"a"}', "record 1: hash is not"],
    ["the key itself", '{"id":"a","hash":"one"}', "record 1: hash is not"],
    ["another hash", `{"id":"a","hash":"md5:${"0".repeat(32)}"}`, "record 1: hash is not"],
    ["no claim", `{"hash":"${hash("x")}"}`, "record 1: a claim is missing"],
    ["the same key twice", `${record("a", "one")}\n${record("b", "one")}`, "record 2 has the hash of a record before"],
  ])("%s stops the start, without a word of what stands there", (_name, keys, problem) => {
    let thrown: unknown;
    try {
      make(keys);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(StartError);
    if (!(thrown instanceof StartError)) return;
    expect(thrown.problems.join("\n")).toContain(problem);
    expect(`${thrown.message} ${thrown.problems.join(" ")}`).not.toContain("one");
  });
});

describe("where a key stands", () => {
  const one = new ApiKeyVerifier({
    scheme: "api_key",
    name: "partners",
    headers: ["authorization", "x-api-key"],
    keys: record("a", "one"),
    claims: CLAIMS,
  });

  it.each([
    ["behind Bearer, as clients of OpenAI send it", ["authorization", "Bearer one"], true],
    ["in any case, with more spaces", ["authorization", "bEARER   one"], true],
    ["alone", ["authorization", "one"], true],
    ["in the second field", ["host", "x", "x-api-key", "one"], true],
    [
      "in the second, where the first holds another scheme's credential",
      ["authorization", "Basic abc", "x-api-key", "one"],
      true,
    ],
    ["in both: the first counts", ["x-api-key", "wrong", "authorization", "Bearer one"], true],
    [
      "a wrong one in the first is not made good by the second",
      ["authorization", "Bearer two", "x-api-key", "one"],
      false,
    ],
    ["behind Bearer, where no scheme is known", ["x-api-key", "Bearer one"], false],
    ["nowhere", ["authorization", "Basic one"], false],
    ["nothing behind Bearer", ["authorization", "Bearer "], false],
    ["twice", ["authorization", "Bearer one", "authorization", "Bearer one"], false],
  ])("%s", (_name, headers, known) => {
    const found = one.identify(headers);
    if (known) expect(found).toEqual({ id: "a" });
    else expect(found).toMatchObject({ status: 401, challenge: 'Bearer realm="partners"' });
  });

  it("tells it of a request, so that another identity which reads the same field is asked too", () => {
    expect(one.place(["authorization", "Bearer x"])).toBe("authorization");
    expect(one.place(["authorization", "Basic x", "x-api-key", "y"])).toBe("x-api-key");
    expect(one.place(["host", "x"])).toBeNull();
  });
});

describe("who is turned away", () => {
  const one = make(record("a", "one"));
  it("gets one and the same failure, whatever the key was", () => {
    const answers = ["two", "on", "one ", "", "x".repeat(5000), hash("one")].map((key) => one.identify(["x-key", key]));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, code: "unauthenticated", challenge: 'ApiKey realm="partners"' });
  });
});
