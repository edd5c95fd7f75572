/** Lists of models whose models have conditions: what is wrong with one, and how they are written. */
import { expect, test } from "vitest";
import { parse } from "./1-syntax/index.ts";
import { check } from "./check.ts";
import { format } from "./format/index.ts";

const HEAD = `vgw 1

model mini { provider: openai("gpt-5.2"), key: secret("K") }
model large { provider: ollama("a", context: 8ktok) }

route POST "/" open { forward mini as openai.chat }
route POST "/large" open { forward large as openai.chat }
`;

function codesOf(listed: string): readonly string[] {
  const text = `${HEAD}route GET "/v1/models" open { reply models(${listed}) as openai.models }\n`;
  return check("a.vgw", (path) => (path === "a.vgw" ? text : null)).diagnostics.map(({ code }) => code);
}

test.each([
  ["mini, large", []],
  ['mini, large when request.path == "/v1/models"', []],
  ['mini when request.path != "", large when request.path != ""', []],
  ["mini when 5", ["VGW3001"]],
  ["mini when nobody", ["VGW2003"]],
  ["mini when true, mini", ["VGW3006"]],
  ["mini when", ["VGW1001"]],
  ["when true", ["VGW1001"]],
])("%s", (listed, codes) => {
  expect(codesOf(listed)).toEqual(codes);
});

test("they are written on one line", () => {
  const text = `${HEAD}route GET "/v1/models" open { reply models(mini   when(request.path)=="/v1/models",large) as openai.models when request.path!="" }\n`;
  const written = format(parse("a.vgw", text));
  expect(written).toContain(
    'reply models(mini when request.path == "/v1/models", large) as openai.models when request.path != ""',
  );
});
