/** Several identities asked together: who decides, what the answer asks for, and what happens while keys are away. */
import { expect, it } from "vitest";
import { Failure } from "../failure.ts";
import type { Headers } from "../http/exchange.ts";
import { together } from "./index.ts";
import { KEYS_AWAY, unauthenticated } from "./refusal.ts";
import type { Caller } from "./typed-claims.ts";
import type { Verifier } from "./verifier.ts";

/** Reads `place`: "ok-NAME" is its credential, "away" finds no keys ("away-NAME": only that one does); with "later" it answers by a promise. */
function fake(name: string, place: string, asked: string[] = []): Verifier {
  const challenge = `Fake realm="${name}"`;
  const sent = (headers: Headers): string | undefined => headers[headers.indexOf(place) + 1];
  const presents = (headers: Headers): boolean => headers.includes(place);
  const judge = (value: string): Caller | Failure => {
    if (value.endsWith("away") || value.includes(`away-${name}`)) return KEYS_AWAY;
    return value.includes(`ok-${name}`) ? { id: name } : unauthenticated("wrong", `${challenge}, error="x"`);
  };
  return {
    place: (headers) => (presents(headers) ? place : null),
    challenge,
    known: (headers) => (sent(headers) === `known-${name}` ? { id: name } : null),
    identify: (headers) => {
      asked.push(name);
      const value = sent(headers);
      if (!presents(headers) || value === undefined) return unauthenticated("missing", challenge);
      return value.includes("later") ? Promise.resolve(judge(value)) : judge(value);
    },
  };
}

const ALL = `Fake realm="a", Fake realm="b", Fake realm="c"`;

/** `a` and `b` read one place, `c` another. */
it.each<[string, string[], unknown, string[]]>([
  ["nothing", [], { status: 401, challenge: ALL }, []],
  ["the first", ["t", "ok-a"], { identity: "a", claims: { id: "a" } }, ["a"]],
  ["the second of one place", ["t", "ok-b"], { identity: "b", claims: { id: "b" } }, ["a", "b"]],
  ["the second, by promises", ["t", "later ok-b"], { identity: "b", claims: { id: "b" } }, ["a", "b"]],
  ["the second, known: the first is not asked", ["t", "known-b"], { identity: "b", claims: { id: "b" } }, []],
  ["another place", ["k", "ok-c"], { identity: "c", claims: { id: "c" } }, ["c"]],
  ["both places right: the first decides", ["k", "ok-c", "t", "ok-a"], { identity: "a", claims: { id: "a" } }, ["a"]],
  [
    "the first wrong, the other right",
    ["k", "ok-c", "t", "bad"],
    {
      status: 401,
      challenge: `Fake realm="a", error="x", Fake realm="b", error="x", Fake realm="c"`,
      detail: "a: wrong; b: wrong",
    },
    ["a", "b"],
  ],
  ["keys away, and a right credential elsewhere", ["k", "ok-c", "t", "away"], { status: 503 }, ["a", "b"]],
  ["keys away for one, known to the other", ["t", "away-a ok-b"], { identity: "b" }, ["a", "b"]],
  ["keys away later", ["t", "later away"], { status: 503 }, ["a", "b"]],
  ["keys away, but another place decides", ["k", "ok-c"], { identity: "c" }, ["c"]],
])("any of three: %s", async (_name, headers, expected, order) => {
  const asked: string[] = [];
  const members = [fake("a", "t", asked), fake("b", "t", asked), fake("c", "k", asked)];
  const one = together(
    "any",
    members.map((verifier, index) => ({ name: "abc"[index] ?? "", verifier })),
  );
  expect(await one.identify(headers)).toMatchObject(expected as object);
  expect(asked).toEqual(order);
});

it("answers at once where nobody has to wait", () => {
  const members = [fake("a", "t"), fake("c", "k")].map((verifier) => ({ name: verifier.challenge, verifier }));
  expect(together("any", members).identify(["t", "ok-a"])).not.toBeInstanceOf(Promise);
  expect(together("all", members).identify(["t", "ok-a", "k", "ok-c"])).not.toBeInstanceOf(Promise);
  expect(together("all", members).identify(["t", "later ok-a", "k", "ok-c"])).toBeInstanceOf(Promise);
});

it.each<[string, string[], unknown]>([
  ["both", ["t", "ok-a", "k", "ok-c"], { a: { id: "a" }, c: { id: "c" } }],
  ["both, later", ["t", "later ok-a", "k", "ok-c"], { a: { id: "a" }, c: { id: "c" } }],
  ["one missing", ["t", "ok-a"], { status: 401, challenge: `Fake realm="c"` }],
  ["one wrong", ["t", "bad", "k", "ok-c"], { status: 401, challenge: `Fake realm="a", error="x"` }],
  ["neither", [], { status: 401, challenge: `Fake realm="a", Fake realm="c"` }],
  ["keys away", ["t", "away", "k", "ok-c"], { status: 503 }],
  ["keys away for one, the other missing", ["t", "away"], { status: 401, challenge: `Fake realm="c"` }],
])("all of two: %s", async (_name, headers, expected) => {
  const members = [fake("a", "t"), fake("c", "k")].map((verifier, index) => ({ name: "ac"[index] ?? "", verifier }));
  const found = await together("all", members).identify(headers);
  expect(found).toMatchObject(expected as object);
  expect(found instanceof Failure).toBe("status" in (expected as object));
});
