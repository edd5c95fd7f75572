/** What could not be read is told by the parser; names and types add nothing to it. */
import { expect, test } from "vitest";
import { loadProgram } from "../workspace/index.ts";
import { checkProgram } from "./index.ts";

const broken: readonly (readonly [string, string])[] = [
  [
    "a field without its comma",
    'type Order { id: uuid total: money }\nroute POST "/" open {\n read order: Order\n reply order.total\n}',
  ],
  ["a setting without its colon", 'service s { url "http://a" }\nroute GET "/" open { forward s }'],
  ["a path without quotes", "route GET /x/{id} open { reply id }"],
  ["a source that is none", 'route POST "/" open {\n read order Order\n let x = order.id\n reply x\n}'],
  ["a let without its value", 'route GET "/" open {\n let x =\n reply x.y + 1\n}'],
  ["a require without its condition", 'policy p { require }\nroute GET "/" with p { reply "x" }'],
  ["a later version's step", 'route GET "/" open { cache 30s }'],
  ["a later version's declaration", 'topic mini { }\nroute GET "/" open { forward mini }'],
];

for (const [title, program] of broken) {
  test(title, () => {
    const loaded = loadProgram("main.vgw", () => `vgw 1\n${program}\n`);
    expect(loaded.modules[0]!.tree.diagnostics.length).toBeGreaterThan(0);
    expect(checkProgram(loaded).diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  });
}
