/** The descriptions from which the slow half of validation explains what is wrong (`runtime/route/form.ts`). */
import type { Type } from "../3-types/type.ts";
import { types } from "../vocabulary/types.ts";
import type { Emission } from "./emission.ts";
import { propertyKey } from "./names.ts";
import { patternConstant } from "./refine.ts";
import { shapeKey } from "./type.ts";
import { wantedName } from "./validate.ts";

/** The name of the description of `type`, one per shape. */
export function formOf(emission: Emission, type: Type): string {
  return emission.declared(`form ${shapeKey(type)}`, `${wantedName(type)}Form`, (name) => {
    return `const ${name} = ${text(emission, type)} as const satisfies ${emission.useType("Form")};`;
  });
}

function text(emission: Emission, type: Type): string {
  switch (type.kind) {
    case "optional":
      return `{ kind: "optional", of: ${formOf(emission, type.of)} }`;
    case "record": {
      const fields = type.fields.map((field) => {
        const optional = field.type.kind === "optional" || field.default !== undefined;
        return `  ${propertyKey(field.name)}: { form: ${formOf(emission, field.type)}, optional: ${optional} },`;
      });
      return `{\n  kind: "record",\n  fields: {\n${fields.map((line) => `  ${line}`).join("\n")}\n  },\n}`;
    }
    case "list":
      return `{ kind: "list", item: ${formOf(emission, type.item)}, min: ${type.min}, max: ${type.max ?? Number.MAX_SAFE_INTEGER} }`;
    case "map":
      return `{ kind: "map", value: ${formOf(emission, type.value)} }`;
    case "union": {
      const members = type.members.map((member) => formOf(emission, member)).join(", ");
      return `{ kind: "union", members: [${members}], expected: ${JSON.stringify(expected(type))} }`;
    }
    case "json":
    case "unknown":
      return `{ kind: "json" }`;
    default:
      return scalar(emission, type);
  }
}

function scalar(emission: Emission, type: Type): string {
  const message = JSON.stringify(expected(type));
  if (type.kind === "literal") {
    const value = JSON.stringify(type.value);
    return `{ kind: "union", members: [{ kind: "scalar", json: (json) => (json === ${value} ? json : undefined), text: (text) => (text === ${JSON.stringify(String(type.value))} ? text : undefined), expected: ${message}, refine: null }], expected: ${message} }`;
  }
  const entry = types.get(type.kind);
  const json = entry?.fromJson ? emission.use(entry.fromJson) : `${emission.use("stringFromJson")}`;
  const fromText = entry?.fromText ? emission.use(entry.fromText) : "(text) => text";
  return `{ kind: "scalar", json: ${json}, text: ${fromText}, expected: ${message}, refine: ${refineText(emission, type)} }`;
}

function refineText(emission: Emission, type: Type): string {
  const problems: string[] = [];
  const limit = Number.MAX_SAFE_INTEGER;
  if (type.kind === "string") {
    if (type.min > 0 || type.max !== null) {
      problems.push(`${emission.use("lengthProblem")}(value, ${type.min}, ${type.max ?? limit})`);
    }
    if (type.pattern !== null) {
      const pattern = patternConstant(emission, type.pattern);
      problems.push(
        `(${emission.use("matchesPattern")}(value, ${pattern}) ? null : "does not have the expected form")`,
      );
    }
    return problems.length === 0 ? "null" : `(value: string) => ${problems.join(" ?? ")}`;
  }
  if (type.kind === "int" && (type.min > -limit || type.max < limit)) {
    return `(value: number) => ${emission.use("rangeProblem")}(value, ${type.min}, ${type.max}, "")`;
  }
  if (type.kind === "float" && (type.min !== null || type.max !== null)) {
    const range = `${type.min ?? -Number.MAX_VALUE}, ${type.max ?? Number.MAX_VALUE}`;
    return `(value: number) => ${emission.use("rangeProblem")}(value, ${range}, "")`;
  }
  return "null";
}

/** The message for a value of another kind. */
function expected(type: Type): string {
  switch (type.kind) {
    case "literal":
      return `must be ${JSON.stringify(type.value)}`;
    case "union":
      return type.members.every((member) => member.kind === "literal")
        ? `must be one of ${type.members.map((member) => (member.kind === "literal" ? JSON.stringify(member.value) : "")).join(", ")}`
        : "fits none of the forms that are possible here";
    default:
      return `must be ${NOUNS[type.kind] ?? `a ${type.kind}`}`;
  }
}

const NOUNS: { readonly [kind: string]: string } = {
  string: "a string",
  int: "a whole number",
  float: "a number",
  bool: "true or false",
};
