/** Random expressions mean the same to the interpreter and to the bundle. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaseError, type CaseFile, type CaseRequest, type Running } from "./case.ts";
import { gatewayDriver } from "./gateway.ts";
import { interpreterDriver } from "./interpreter.ts";
import { planOf } from "./program.ts";
import { Expressions, KINDS } from "./random.ts";

const PER_KIND = 16;
const VALUES = [
  "/0/0?s=",
  "/7/-3?s=a",
  "/-12/50?s=x%20y",
  "/9007199254740991/2?s=%C3%A9%F0%9F%98%80",
  "/-9007199254740991/-50?s=7",
];

const route = (expression: string, index: number): string =>
  `route GET "/${index}/{a: int}/{b: int(-50..50)}" open {\n  read query s: string\n  reply { value: ${expression} }\n}\n`;

const program = (expressions: readonly string[]): CaseFile => ({
  path: `random ${expressions.join("\n")}`,
  title: "",
  rule: "",
  program: `vgw 1\n${expressions.map(route).join("")}`,
  files: new Map(),
  environment: {},
  upstreams: new Map(),
  cases: [],
});

/** The checker knows more than the generator (an `else` that never happens, a comparison that is never true): those are left out. */
function isProgram(expression: string): boolean {
  try {
    planOf(program([expression]));
    return true;
  } catch (problem) {
    if (problem instanceof CaseError) return false;
    throw problem;
  }
}

const generated = new Expressions(20_260_301);
const expressions = KINDS.flatMap((kind) => {
  const kept: string[] = [];
  for (let attempt = 0; kept.length < PER_KIND && attempt < 10 * PER_KIND; attempt++) {
    const expression = generated.of(kind, 3);
    if (isProgram(expression)) kept.push(expression);
  }
  return kept;
});

describe("random expressions", () => {
  const file = program(expressions);
  let interpreted: Running;
  let compiled: Running;
  beforeAll(async () => {
    interpreted = await interpreterDriver().start(file);
    compiled = await gatewayDriver("strict").start(file);
  });
  afterAll(() => compiled?.stop());

  it("are mostly programs", () => expect(expressions.length).toBeGreaterThan(100));

  it.each(expressions.map((expression, index) => ({ expression, index })))("$expression", async ({ index }) => {
    for (const target of VALUES.map((value) => `/${index}${value}`)) {
      const request: CaseRequest = {
        method: "GET",
        target,
        headers: [["host", "h"]],
        body: new Uint8Array(),
        raw: null,
        from: "127.0.0.1",
        beside: null,
      };
      const [left, right] = [await interpreted.send(request), await compiled.send(request)];
      const shown = ({ answer }: typeof left): unknown => [target, answer.status, Buffer.from(answer.body).toString()];
      expect(shown(right)).toEqual(shown(left));
      expect(left.answer.status).toBe(200);
    }
  });
});
