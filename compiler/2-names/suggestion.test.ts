import { expect, test } from "vitest";
import { nearest } from "./suggestion.ts";

const known = ["timeout", "connect_timeout", "connections", "url", "idle", "uuid", "string", "map", "id"];

test.each([
  ["timeot", "timeout"],
  ["tiemout", "timeout"],
  ["Timeout", "timeout"],
  ["conections", "connections"],
  ["strng", "string"],
  ["uiid", "uuid"],
  ["ID", "id"],
])("%s means %s", (word, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

test.each(["banana", "x", "zzzzzz", "nap_time"])("%s means nothing known", (word) => {
  expect(nearest(word, ["timeout", "url", "connections"])).toBeNull();
});
