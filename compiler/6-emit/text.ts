/** Texts of paths, queries, headers, cookies and forms as typed values. */
import type { Type } from "../3-types/type.ts";
import { types } from "../vocabulary/types.ts";
import type { Emission } from "./emission.ts";
import { refinements } from "./refine.ts";
import { shapeKey, typeText } from "./type.ts";
import { wantedName } from "./validate.ts";

/** Whether every text is a value of the type. */
export function anyText(type: Type): boolean {
  return type.kind === "string" && type.pattern === null && type.min === 0 && type.max === null;
}

/** The name of a function `(text: string) => T | undefined`; for plain strings there is none (see `anyText`). */
export function textParser(emission: Emission, type: Type): string {
  const of = type.kind === "optional" ? type.of : type;
  const leaf = types.get(of.kind)?.fromText;
  if (leaf && refinements(emission, of, "value").length === 0) return emission.use(leaf);
  return emission.declared(`text ${shapeKey(of)}`, `${wantedName(of)}FromText`, (name) => {
    const result = typeText(emission, of);
    const head = `function ${name}(text: string): ${result === "unknown" ? result : `${result} | undefined`} {`;
    return [head, ...body(emission, of).map((line) => `  ${line}`), "}"].join("\n");
  });
}

function body(emission: Emission, type: Type): string[] {
  switch (type.kind) {
    case "string": {
      const tests = refinements(emission, type, "text");
      return tests.length === 0 ? ["return text;"] : [`return ${tests.join(" || ")} ? undefined : text;`];
    }
    case "literal":
      return [`return text === ${JSON.stringify(String(type.value))} ? ${JSON.stringify(type.value)} : undefined;`];
    case "union":
      if (type.members.every((member) => member.kind === "literal" && typeof member.value === "string")) {
        const tests = type.members.map(
          (member) => `text === ${JSON.stringify(member.kind === "literal" ? member.value : "")}`,
        );
        return [`return ${tests.join(" || ")} ? text : undefined;`];
      }
      return [`return ${type.members.map((member) => `${textParser(emission, member)}(text)`).join(" ?? ")};`];
    default: {
      const leaf = types.get(type.kind)?.fromText;
      if (!leaf) return ["return undefined;"];
      return [
        `const value = ${emission.use(leaf)}(text);`,
        `if (${["value === undefined", ...refinements(emission, type, "value")].join(" || ")}) return undefined;`,
        "return value;",
      ];
    }
  }
}
