/** The longest that a program's instructions can be. */
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { costsOf } from "./costs.ts";
import { instructionBytes } from "./instructions.ts";

const HEAD = `vgw 1
model m { provider: vllm("own"), url: "http://127.0.0.1:1/v1", price: { in: $1/Mtok, out: $1/Mtok }, max_output: 10tok }
identity staff = jwt { issuer: "i", audience: "a", keys: jwks("https://a/"), claims: { id: string from "sub", team: string(1..10) } }
policy employees { identify staff }
let house = "12345678"
`;

function routeOf(system: string) {
  const source = `${HEAD}route POST "/{n: int}/{lang: "en" | "fra"}" with employees { forward m as openai.chat ${system} }\n`;
  const result = check("main.vgw", (path) => (path === "main.vgw" ? source : null));
  expect(result.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return result.program;
}

test.each([
  ["", 0],
  ['{ system: "1234" }', 4 * 6],
  ["{ system: house }", 8 * 6],
  ['{ system: "{house} {n} {lang}" }', 8 * 6 + 2 * 6 + 64 + 3 * 6],
  ['{ system: "{caller.team}" }', 10 * 6],
  ['{ system: "{caller.id}" }', 16 * 1024],
] as const)("%s: %i bytes", (system, bytes) => {
  const [route] = routeOf(system).routes;
  expect(route && instructionBytes(route)).toBe(bytes);
});

test("they count in what a request can cost at most", () => {
  const prompt = (system: string): number => costsOf(routeOf(system))[0]?.models[0]?.prompt ?? 0;
  expect(prompt('{ system: "1234" }')).toBe(prompt("") + 24);
});
