/** The same work for every key that is presented first: no time tells one that nobody has from one that is almost right. */
import * as crypto from "node:crypto";
import { expect, it, vi } from "vitest";
import { Failure } from "../failure.ts";
import { ApiKeyVerifier } from "./api-key.ts";

vi.mock("node:crypto", async (importOriginal) => {
  const original = await importOriginal<typeof crypto>();
  const { hash, createHash, timingSafeEqual } = original;
  // Older versions of Node have no `hash`.
  const one = typeof hash === "function" ? { hash: vi.fn(hash) } : {};
  return { ...original, ...one, createHash: vi.fn(createHash), timingSafeEqual: vi.fn(timingSafeEqual) };
});

const KEY = "the-key-of-somebody";
const hash = crypto.createHash("sha256").update(KEY).digest("hex");
const one = new ApiKeyVerifier({
  scheme: "api_key",
  name: "partners",
  headers: ["x-key"],
  keys: JSON.stringify([{ hash: `sha256:${hash}` }]),
  claims: [],
});

it.each([
  ["right", KEY, true],
  ["wrong in its last letter", `${KEY.slice(0, -1)}x`, false],
  ["nobody's", "x", false],
  ["empty", "", false],
  ["the hash itself", hash, false],
])("a key that is %s: one hash, one comparison of whole digests", (_name, key, known) => {
  vi.mocked(crypto.timingSafeEqual).mockClear();
  const hashing = vi.mocked(typeof crypto.hash === "function" ? crypto.hash : crypto.createHash);
  hashing.mockClear();
  expect(one.identify(["x-key", key]) instanceof Failure).toBe(!known);
  expect(hashing).toHaveBeenCalledTimes(1);
  expect(crypto.timingSafeEqual).toHaveBeenCalledTimes(1);
  const [left, right] = vi.mocked(crypto.timingSafeEqual).mock.calls[0] ?? [];
  expect([left?.byteLength, right?.byteLength]).toEqual([32, 32]);
});

it("a key that was right is known again without a hash; one that was wrong never is", () => {
  const hashing = vi.mocked(typeof crypto.hash === "function" ? crypto.hash : crypto.createHash);
  expect(one.identify(["x-key", KEY])).toEqual({});
  hashing.mockClear();
  for (let time = 0; time < 3; time++) expect(one.identify(["host", "x", "x-key", KEY])).toEqual({});
  expect(hashing).not.toHaveBeenCalled();
  for (let time = 0; time < 3; time++) expect(one.identify(["x-key", `${KEY}x`])).toBeInstanceOf(Failure);
  expect(hashing).toHaveBeenCalledTimes(3);
});

it("a key that was right, sent twice in one request, is refused", () => {
  expect(one.identify(["x-key", KEY])).toEqual({});
  expect(one.identify(["x-key", KEY, "x-key", KEY])).toBeInstanceOf(Failure);
});
