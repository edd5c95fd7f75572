/** Which models may be asked is worked out once for each, however many routes and analyses want to know: a program of many wide choices stays quick. */
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { edgesOf, reachOf } from "./model-edge.ts";

test("edges and reach of a choice are made once", () => {
  const text = `vgw 1
model a { provider: ollama("a") }
model b { provider: ollama("b") }
model both = choose(a) { fallback: [b] }
route POST "/" open { forward both as openai.chat }
`;
  const { program } = check("main.vgw", () => text);
  const both = program.models.find(({ name }) => name === "both");
  expect(both).toBeDefined();
  if (both === undefined) return;
  expect(reachOf(both).map(({ model, way }) => [model.name, way.map(({ by }) => by)])).toEqual([
    ["a", ["choose"]],
    ["b", ["fallback"]],
  ]);
  expect(reachOf(both)).toBe(reachOf(both));
  expect(edgesOf(both)).toBe(edgesOf(both));
});
