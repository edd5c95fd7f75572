import { expect, test } from "vitest";
import { error } from "./failures.ts";
import { secretsOf, withoutSecrets } from "./without-secrets.ts";

const SECRETS = ["AKIDEXAMPLE:topsecretpart", "AKIDEXAMPLE", "topsecretpart"];

test.each([
  ["No such model.", "No such model."],
  ["Invalid header: Authorization: Bearer topsecretpart", "Invalid header: Authorization: Bearer …"],
  ["of AKIDEXAMPLE:topsecretpart and AKIDEXAMPLE", "of … and …"],
  ["Key sk-proj-abcdef123456 of org-abcdefgh is wrong", "Key … of … is wrong"],
  ["AIzaSyA1234567890123456789012345678901234 expired", "… expired"],
  ["Bearer abcdefgh.ijkl-mnop= refused", "… refused"],
  ["x".repeat(5000), `${"x".repeat(2000)}…`],
])("%s", (message, clean) => {
  expect(withoutSecrets(error("client", 400, message), SECRETS).message).toBe(clean);
});

test("a secret at the place of the cut is no secret in half, and codes and parameters hold none either", () => {
  const problem = {
    ...error("client", 400, `${"x".repeat(1990)}topsecretpart`),
    code: "topsecretpart",
    parameter: "a.topsecretpart",
  };
  const clean = withoutSecrets(problem, SECRETS);
  expect(clean.message).toBe(`${"x".repeat(1990)}…`);
  expect([clean.code, clean.parameter]).toEqual(["…", "a.…"]);
});

test("a key that begins like another one leaves nothing of itself", () => {
  const keys = ["team-key", "team-key-2026-second", "short"].map((key) => ({
    name: "A",
    key,
    limit: null,
    tokens: null,
  }));
  const secrets = secretsOf({ key: null, keys });
  expect(secrets).toEqual(["team-key-2026-second", "team-key"]);
  expect(withoutSecrets(error("auth", 401, "No: team-key-2026-second."), secrets).message).toBe("No: ….");
});
