/** Settings of a choice that could never act, and shadows that may not see what the choice's models do. */
import { expect, test } from "vitest";
import { check } from "../check.ts";

function codesOf(settings: string, models = "mini"): readonly string[] {
  const text = `vgw 1
model mini  { provider: openai("gpt-5.2"), key: secret("K"), region: eu }
model large { provider: openai("gpt-5.2"), key: secret("K") }
model m = choose(${models}) { ${settings} }
route POST "/" open { forward m as openai.chat }
route POST "/large" open { forward large as openai.chat }
`;
  return check("a.vgw", (path) => (path === "a.vgw" ? text : null)).diagnostics.map(({ code }) => code);
}

test.each([
  ["broken: continue", ["VGW7020"]],
  ["broken: continue, fallback: [large]", []],
  ["broken: end", []],
  ['saying: "…", fallback: [large]', ["VGW7020"]],
  ['broken: continue, saying: "…", fallback: [large]', []],
  ["hedge: { after: 1s }", ["VGW7020"]],
  ["hedge: { after: 1s }, fallback: [large]", []],
  ["hedge: none", []],
  ["shadow: { model: large, share: 5% }", []],
  ["shadow: { model: [mini, large], share: 5% }", ["VGW3021"]],
  ["shadow: { model: nobody, share: 5% }", ["VGW2003"]],
  ["shadow: { model: m, share: 5% }", ["VGW2011"]],
  ["shadow: { share: 5% }", ["VGW3019"]],
  ["shadow: { model: large }", ["VGW3019"]],
  ["shadow: { model: large, share: 5% }, region: eu", ["VGW3021"]],
])("%s", (settings, codes) => {
  expect(codesOf(settings)).toEqual(codes);
});

test("several models to choose from are enough for a hedge, and not for going on", () => {
  expect(codesOf("hedge: { after: 1s }", "mini, large")).toEqual([]);
  expect(codesOf("broken: continue", "mini, large")).toEqual(["VGW7020"]);
});
