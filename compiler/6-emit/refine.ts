/** What a type demands beyond its kind, as tests that are true for a value it refuses. */
import type { Type } from "../3-types/type.ts";
import { patternCode } from "../vocabulary/pattern/index.ts";
import type { Emission } from "./emission.ts";

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export function refinements(emission: Emission, type: Type, value: string): string[] {
  const tests: string[] = [];
  switch (type.kind) {
    case "string":
      tests.push(...lengthTests(emission, type, value));
      if (type.pattern !== null) {
        tests.push(`!${emission.use("matchesPattern")}(${value}, ${patternConstant(emission, type.pattern)})`);
      }
      break;
    case "int":
      if (type.min > -NO_LIMIT) tests.push(`${value} < ${type.min}`);
      if (type.max < NO_LIMIT) tests.push(`${value} > ${type.max}`);
      break;
    case "float":
      if (type.min !== null) tests.push(`${value} < ${type.min}`);
      if (type.max !== null) tests.push(`${value} > ${type.max}`);
      break;
    case "list":
      if (type.min > 0) tests.push(`${value}.length < ${type.min}`);
      if (type.max !== null) tests.push(`${value}.length > ${type.max}`);
      break;
  }
  return tests;
}

/** Code points are counted only where UTF-16 units do not decide. */
function lengthTests(emission: Emission, type: Extract<Type, { readonly kind: "string" }>, value: string): string[] {
  const tests: string[] = [];
  if (type.min === 1) tests.push(`${value} === ""`);
  else if (type.min > 1) tests.push(`${emission.use("textLength")}(${value}) < ${type.min}`);
  if (type.max !== null) {
    tests.push(`(${value}.length > ${type.max} && ${emission.use("textLength")}(${value}) > ${type.max})`);
  }
  return tests;
}

/** The tables of a pattern, made when building: one constant per expression. */
export function patternConstant(emission: Emission, source: string): string {
  return emission.declared(`pattern ${source}`, "patternTable", (name) => {
    emission.use("pattern");
    return `/** ${source.replaceAll("*/", "* /")} */\nconst ${name} = ${patternCode(source)};`;
  });
}
