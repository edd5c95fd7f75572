/** Names of budgets that an author gives: those that another budget has by where it stands are refused, those given twice are not. */
import { expect, test } from "vitest";
import { check } from "../check.ts";

function told(settings: string, steps: string): readonly string[] {
  const text = `vgw 1
model m { provider: vllm("m"), url: "http://127.0.0.1:9001/v1", price: free, max_output: 100tok${settings} }
policy visitors { budget 1ktok/day by request.address { name: "trial" } }
policy plain { budget 1ktok/week }
route POST "/" open with visitors, plain { ${steps}; forward m as openai.chat }
route POST "/other" open { budget 1ktok/month; forward m as openai.chat }
`;
  const { diagnostics } = check("a.vgw", (path) => (path === "a.vgw" ? text : null));
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

const OWN = ", budget: 9ktok/day by request.address";

test.each([
  ["", 'budget 1ktok/day { name: "m" }', null],
  [OWN, 'budget 1ktok/day { name: "m" }', null],
  [OWN, 'budget 1ktok/day by request.address { name: "m" }', "m by request.address"],
  // Another period is another count, under the same name in the ledger.
  [OWN, 'budget 1ktok/month by request.address { name: "m" }', "m by request.address"],
  [OWN, 'budget 1ktok/day { name: "m by request.address" }', "m by request.address"],
  ["", 'budget 1ktok/day by request.address { name: "trial" }', null],
  ["", 'budget 1ktok/day { name: "trial" }', null],
  ["", 'budget 1ktok/day { name: "trial by request.address" }', "trial by request.address"],
  ["", 'budget 1ktok/day { name: "policy plain" }', "policy plain"],
  ["", 'budget 1ktok/day { name: "route POST /other" }', "route POST /other"],
])("%s %s", (settings, steps, name) => {
  expect(told(settings, steps)).toEqual(name === null ? [] : [`VGW7026 another budget is called "${name}"`]);
});
