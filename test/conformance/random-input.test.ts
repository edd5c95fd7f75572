/** Random types judge random JSON the same way, interpreted and compiled: the same answer, or the same problems. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaseError, type CaseFile, type CaseRequest, type Running } from "./case.ts";
import { gatewayDriver } from "./gateway.ts";
import { interpreterDriver } from "./interpreter.ts";
import { planOf } from "./program.ts";
import { Inputs } from "./random-input.ts";

const TYPES = 50;
const INPUTS = 12;

const program = (types: readonly string[]): CaseFile => ({
  path: `random types ${types.join("\n")}`,
  title: "",
  rule: "",
  program: `vgw 1\n${types.map((type, index) => `route POST "/${index}" open {\n  read v: ${type}\n  reply { value: v }\n}\n`).join("")}`,
  files: new Map(),
  environment: {},
  upstreams: new Map(),
  cases: [],
});

function isProgram(type: string): boolean {
  try {
    planOf(program([type]));
    return true;
  } catch (problem) {
    if (problem instanceof CaseError) return false;
    throw problem;
  }
}

const inputs = new Inputs(20_260_301);
const types = Array.from({ length: 3 * TYPES }, () => inputs.record(3))
  .filter(isProgram)
  .slice(0, TYPES);

describe("random input", () => {
  const file = program(types);
  let interpreted: Running;
  let compiled: Running;
  let accepted = 0;
  beforeAll(async () => {
    interpreted = await interpreterDriver().start(file);
    compiled = await gatewayDriver("strict").start(file);
  });
  afterAll(() => compiled?.stop());

  it.each(types.map((type, index) => ({ type, index })))("$type", async ({ type, index }) => {
    for (let count = 0; count < INPUTS; count++) {
      const text = JSON.stringify(inputs.like(type, 3));
      const request: CaseRequest = {
        method: "POST",
        target: `/${index}`,
        headers: [
          ["host", "h"],
          ["content-type", "application/json"],
        ],
        body: new Uint8Array(Buffer.from(text)),
        raw: null,
        from: "127.0.0.1",
        beside: null,
      };
      const [left, right] = [await interpreted.send(request), await compiled.send(request)];
      const shown = ({ answer }: typeof left): unknown => [text, answer.status, Buffer.from(answer.body).toString()];
      expect(shown(right)).toEqual(shown(left));
      expect([200, 400]).toContain(left.answer.status);
      if (left.answer.status === 200) accepted++;
    }
  });

  it("is accepted often enough to mean something", () => expect(accepted).toBeGreaterThan((TYPES * INPUTS) / 10));
});
