import { expect, test } from "vitest";
import { normaliseHost } from "./host.ts";

test.each([
  ["example.org", "example.org"],
  ["EXAMPLE.org:8080", "example.org:8080"],
  ["localhost", "localhost"],
  ["127.0.0.1:1", "127.0.0.1:1"],
  ["[::1]", "[::1]"],
  ["[2001:DB8::1]:443", "[2001:db8::1]:443"],
  ["a_b.example", "a_b.example"],
  ["a:", "a:"],
  ["a:65535", "a:65535"],
  ["", null],
  ["a:65536", null],
  ["a:1x", null],
  ["a:+1", null],
  ["u@a", null],
  ["a/b", null],
  ["a?b", null],
  ["a#b", null],
  ["a,b", null],
  ["a, b", null],
  ["a b", null],
  ["a\\b", null],
  ["a%zz", null],
  ["::1", null],
  ["[::1", null],
  ["[g::1]", null],
  ["é", null],
  [":80", null],
])("%j is %j", (raw, host) => {
  expect(normaliseHost(raw)).toBe(host);
  // The one that is remembered is the same.
  expect(normaliseHost(raw)).toBe(host);
});
