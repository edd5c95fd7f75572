/**
 * Validators: for each shape one function of straight code that gives the typed value or undefined. It is the fast half: it
 * says no without saying why. `form.ts` writes the description from which the slow half explains.
 */
import { listLiteral } from "./literal.ts";
import type { FieldType, RecordType, Type } from "../3-types/type.ts";
import { types } from "../vocabulary/types.ts";
import type { Emission } from "./emission.ts";
import { capital, INHERITED, identifier, Names, propertyAccess, propertyKey } from "./names.ts";
import { refinements } from "./refine.ts";
import { shapeKey, typeText } from "./type.ts";

/** "refuse": a record with fields that its type does not have is no value of it (requests); "ignore" (answers of services). */
export type Unknown = "refuse" | "ignore";

/** The name of a function `(json: unknown) => T | undefined`. `type` is not optional. */
export function validator(emission: Emission, type: Type, unknown: Unknown): string {
  const leaf = types.get(type.kind)?.fromJson;
  if (leaf && refinements(emission, type, "value").length === 0) return emission.use(leaf);
  const mode = hasRecord(type) ? unknown : "ignore";
  const suffix = mode === "refuse" ? "FromInput" : "FromJson";
  const wanted = `${wantedName(type)}${suffix}`;
  return emission.declared(`validate ${mode} ${shapeKey(type)}`, wanted, (name) => {
    const head = `function ${name}(json: unknown): ${resultText(emission, type)} {`;
    return [head, ...body(emission, type, mode).map((line) => `  ${line}`), "}"].join("\n");
  });
}

function resultText(emission: Emission, type: Type): string {
  const text = typeText(emission, type);
  return text === "unknown" ? text : `${text} | undefined`;
}

function hasRecord(type: Type): boolean {
  switch (type.kind) {
    case "record":
      return true;
    case "list":
      return hasRecord(type.item);
    case "map":
      return hasRecord(type.value);
    case "optional":
      return hasRecord(type.of);
    case "union":
      return type.members.some(hasRecord);
    default:
      return false;
  }
}

export function wantedName(type: Type): string {
  switch (type.kind) {
    case "record": {
      const name = type.name === null ? "record" : identifier(type.name);
      return name.charAt(0).toLowerCase() + name.slice(1);
    }
    case "list":
      return `${wantedName(type.item)}List`;
    case "map":
      return `${wantedName(type.value)}Map`;
    case "optional":
      return `optional${capital(wantedName(type.of))}`;
    case "string":
      return `${type.pattern === null ? "string" : "form"}${rangeName(type.min === 0 ? null : type.min, type.max)}`;
    case "int":
      return `int${rangeName(type.min === -Number.MAX_SAFE_INTEGER ? null : type.min, type.max === Number.MAX_SAFE_INTEGER ? null : type.max)}`;
    default:
      return type.kind;
  }
}

/** `string(1..40)` → "1To40"; characters that a name cannot hold are left out. */
function rangeName(min: number | null, max: number | null): string {
  const text = (value: number): string => String(value).replace("-", "Minus").replace(/\W/g, "");
  if (min === null && max === null) return "";
  if (max === null) return `From${text(min ?? 0)}`;
  return min === null ? `UpTo${text(max)}` : `${text(min)}To${text(max)}`;
}

function body(emission: Emission, type: Type, unknown: Unknown): string[] {
  switch (type.kind) {
    case "record":
      return recordBody(emission, type, unknown);
    case "list":
      return listBody(emission, type, unknown);
    case "map":
      return mapBody(emission, type, unknown);
    case "union":
      return unionBody(emission, type, unknown);
    case "literal":
      return [`return json === ${JSON.stringify(type.value)} ? json : undefined;`];
    case "string":
      return [`if (typeof json !== "string") return undefined;`, ...refusals(emission, type, "json"), "return json;"];
    case "json":
    case "unknown":
      return ["return json;"];
    default: {
      const leaf = types.get(type.kind)?.fromJson;
      if (!leaf) return ["return undefined;"];
      return [
        `const value = ${emission.use(leaf)}(json);`,
        "if (value === undefined) return undefined;",
        ...refusals(emission, type, "value"),
        "return value;",
      ];
    }
  }
}

/** One line per refinement that the value fails. */
function refusals(emission: Emission, type: Type, value: string): string[] {
  const tests = refinements(emission, type, value);
  return tests.length === 0 ? [] : [`if (${tests.join(" || ")}) return undefined;`];
}

/** A member of parsed JSON; names that every object inherits must be its own. */
function memberText(emission: Emission, name: string): string {
  return INHERITED.has(name) ? `${emission.use("own")}(json, ${JSON.stringify(name)})` : `json${propertyAccess(name)}`;
}

function recordBody(emission: Emission, type: RecordType, unknown: Unknown): string[] {
  const names = new Names(emission.names, ["json", "field", "item"]);
  const lines = [`if (!${emission.use("isObject")}(json)) return undefined;`];
  if (unknown === "refuse") {
    const fields = emission.declared(`fields ${shapeKey(type)}`, `${wantedName(type)}Fields`, (name) => {
      return `const ${name}: ReadonlySet<string> = new Set(${listLiteral(type.fields.map((field) => field.name))});`;
    });
    lines.push(`if (!${emission.use("hasOnly")}(json, ${fields})) return undefined;`);
  }
  const entries: string[] = [];
  for (const field of type.fields) {
    const name = names.take(field.name);
    lines.push(...fieldLines(emission, field, name, names, unknown));
    const key = propertyKey(field.name);
    entries.push(key === name ? key : `${key}: ${name}`);
  }
  lines.push(entries.length === 0 ? "return {};" : `return { ${entries.join(", ")} };`);
  return lines;
}

function fieldLines(emission: Emission, field: FieldType, name: string, names: Names, unknown: Unknown): string[] {
  const given = memberText(emission, field.name);
  const optional = field.type.kind === "optional";
  const of = field.type.kind === "optional" ? field.type.of : field.type;
  if (!optional && field.default === undefined) {
    if (of.kind === "json" || of.kind === "unknown") {
      return [`const ${name} = ${given};`, `if (${name} === undefined || ${name} === null) return undefined;`];
    }
    return required(emission, of, name, given, unknown);
  }
  const raw = names.take(`${name}Given`);
  const spare = field.default === undefined ? "undefined" : JSON.stringify(field.default);
  const fallback = field.default !== undefined && of.kind === "bytes" ? "undefined" : spare;
  return [
    `const ${raw} = ${given};`,
    `let ${name}: ${typeText(emission, field.type)} = ${fallback};`,
    `if (${raw} !== undefined && ${raw} !== null) {`,
    ...required(emission, of, `${name}Value`, raw, unknown).map((line) => `  ${line}`),
    `  ${name} = ${name}Value;`,
    "}",
  ];
}

/** `const name = …` or leave. */
function required(emission: Emission, type: Type, name: string, given: string, unknown: Unknown): string[] {
  if (type.kind === "string") {
    return [
      `const ${name} = ${given};`,
      `if (${[`typeof ${name} !== "string"`, ...refinements(emission, type, name)].join(" || ")}) return undefined;`,
    ];
  }
  if (type.kind === "literal") {
    return [`const ${name} = ${given};`, `if (${name} !== ${JSON.stringify(type.value)}) return undefined;`];
  }
  if (type.kind === "json" || type.kind === "unknown") return [`const ${name} = ${given};`];
  const leaf = types.get(type.kind)?.fromJson;
  if (leaf) {
    const tests = [`${name} === undefined`, ...refinements(emission, type, name)];
    return [`const ${name} = ${emission.use(leaf)}(${given});`, `if (${tests.join(" || ")}) return undefined;`];
  }
  return [
    `const ${name} = ${validator(emission, type, unknown)}(${given});`,
    `if (${name} === undefined) return undefined;`,
  ];
}

function listBody(emission: Emission, type: Extract<Type, { readonly kind: "list" }>, unknown: Unknown): string[] {
  const optional = type.item.kind === "optional";
  const of = type.item.kind === "optional" ? type.item.of : type.item;
  const item = required(emission, of, "item", "given", unknown);
  return [
    "if (!Array.isArray(json)) return undefined;",
    ...refusals(emission, type, "json"),
    `const list: ${mutable(typeText(emission, type))} = [];`,
    "for (const given of json as readonly unknown[]) {",
    ...(optional ? ["  if (given === null) {", "    list.push(undefined);", "    continue;", "  }"] : []),
    ...item.map((line) => `  ${line}`),
    "  list.push(item);",
    "}",
    "return list;",
  ];
}

function mutable(text: string): string {
  return text.replace(/^readonly /, "");
}

function mapBody(emission: Emission, type: Extract<Type, { readonly kind: "map" }>, unknown: Unknown): string[] {
  const of = type.value.kind === "optional" ? type.value.of : type.value;
  return [
    `if (!${emission.use("isObject")}(json)) return undefined;`,
    `const map: { [key: string]: ${typeText(emission, type.value)} } = Object.create(null);`,
    "for (const key of Object.keys(json)) {",
    "  const given = json[key];",
    "  if (given === null) continue;",
    ...required(emission, of, "item", "given", unknown).map((line) => `  ${line}`),
    "  map[key] = item;",
    "}",
    "return map;",
  ];
}

/** The first member that accepts it. */
function unionBody(emission: Emission, type: Extract<Type, { readonly kind: "union" }>, unknown: Unknown): string[] {
  if (type.members.every((member) => member.kind === "literal")) {
    const tests = type.members.map(
      (member) => `json === ${JSON.stringify(member.kind === "literal" ? member.value : null)}`,
    );
    return [`return ${tests.join(" || ")} ? json : undefined;`];
  }
  const lines = type.members.map((member, index) => {
    const call = `${validator(emission, member, unknown)}(json)`;
    return index === type.members.length - 1 ? call : `${call} ??`;
  });
  return ["return (", ...lines.map((line) => `  ${line}`), ");"];
}
