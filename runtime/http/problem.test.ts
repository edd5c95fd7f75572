import { expect, test } from "vitest";
import { FakeExchange } from "../../test/fakes/exchange.ts";
import { ERRORS } from "../errors.ts";
import { problemText, replyError } from "./problem.ts";
import { reasonPhrase } from "./status.ts";

test("members in their order, and nothing that is null", () => {
  expect(problemText(400, "invalid-input", "why", [{ path: "/a", message: "is missing" }])).toBe(
    '{"type":"urn:vgw:problem:invalid-input","title":"The request\'s input is not valid","status":400,' +
      '"detail":"why","code":"invalid-input","problems":[{"path":"/a","message":"is missing"}]}',
  );
  expect(problemText(404, "not-found", null, [])).toBe(
    '{"type":"urn:vgw:problem:not-found","title":"No route answers this request","status":404,"code":"not-found"}',
  );
});

test("a code that is not the gateway's has the status's phrase as its title", () => {
  expect(JSON.parse(problemText(409, "toString", null, null)).title).toBe("Conflict");
});

test("every error has an error status with a phrase, and a title without a full stop", () => {
  for (const [code, { status, title }] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(reasonPhrase(status), code).not.toBe("Unknown");
    expect(title).toMatch(/^[A-Z].*[^.]$/);
  }
});

test("an error is answered with its status, and its code is the reason", () => {
  const exchange = new FakeExchange({});
  replyError(exchange, "body-too-large", null);
  expect(exchange.status).toBe(413);
  expect(exchange.reason).toBe("body-too-large");
});
