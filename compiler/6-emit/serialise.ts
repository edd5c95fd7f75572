/**
 * Serialisers: JSON text from the static type, one function per shape however many replies use it.
 *
 * Shapes made of texts, numbers, bools, lists and records are compiled by fast-json-stringify in standalone mode (see
 * `schema.ts`). What it cannot state, or states otherwise than the language does (unions, maps, times, money …), is
 * straight code here, which calls the compiled ones for the parts that they can do.
 */
import type { RecordType, Type } from "../3-types/type.ts";
import type { Emission } from "./emission.ts";
import { capital, INHERITED, identifier, propertyAccess } from "./names.ts";
import { schemaOf } from "./schema.ts";
import { memberTest } from "./member.ts";
import { shapeKey, typeText } from "./type.ts";

/** An expression that gives the JSON text of `value`, which is of `type` (and present). */
export function serialiseText(emission: Emission, type: Type, value: string): string {
  switch (type.kind) {
    case "bool":
      return `String(${value})`;
    case "int":
    case "float":
    case "size":
    case "percent":
      return `${emission.use("numberToText")}(${value})`;
    case "duration":
      return `${emission.use("numberToText")}(${emission.use("durationToJson")}(${value}))`;
    case "money":
      return `${emission.use("moneyToText")}(${value})`;
    case "time":
      return quoted(`${emission.use("timeToText")}(${value})`);
    case "date":
      return quoted(`${emission.use("dateToText")}(${value})`);
    case "rate":
      return quoted(`${emission.use("rateToText")}(${value})`);
    case "bytes":
      return quoted(`${emission.use("encodeBase64")}(${value})`);
    case "uuid":
      return quoted(value);
    case "literal":
      return JSON.stringify(JSON.stringify(type.value));
    case "record":
    case "list":
    case "map":
    case "union":
    case "optional":
      return `${serialiser(emission, type)}(${value})`;
    case "null":
      return `"null"`;
    case "json":
    case "unknown":
      return `${emission.use("jsonText")}(${value})`;
    case "regex":
      return `JSON.stringify(${value}.source)`;
    default:
      return `JSON.stringify(${value})`;
  }
}

function quoted(text: string): string {
  return `\`"\${${text}}"\``;
}

/** The name of the function that serialises values of `type`. */
export function serialiser(emission: Emission, type: Type): string {
  const wanted = `serialise${wantedName(type)}`;
  const schema = type.kind === "record" || type.kind === "list" ? schemaOf(type) : null;
  if (schema !== null) return emission.compiledSerialiser(shapeKey(type), wanted, schema, typeText(emission, type));
  return emission.declared(`serialise ${shapeKey(type)}`, wanted, (name) => {
    const head = `function ${name}(value: ${typeText(emission, type)}): string {`;
    return [head, ...body(emission, type).map((line) => `  ${line}`), "}"].join("\n");
  });
}

function wantedName(type: Type): string {
  if (type.kind === "record") return type.name === null ? "Record" : capital(identifier(type.name));
  if (type.kind === "list") return `${wantedName(type.item)}List`;
  if (type.kind === "map") return `${wantedName(type.value)}Map`;
  if (type.kind === "optional") return `Optional${wantedName(type.of)}`;
  return capital(type.kind);
}

function body(emission: Emission, type: Type): string[] {
  switch (type.kind) {
    case "optional":
      return [`return value === undefined ? "null" : ${serialiseText(emission, type.of, "value")};`];
    case "list":
      return [
        `let text = "[";`,
        "for (let index = 0; index < value.length; index++) {",
        "  const item = value[index]!;",
        `  if (index > 0) text += ",";`,
        `  text += ${serialiseText(emission, type.item, "item")};`,
        "}",
        `return \`\${text}]\`;`,
      ];
    case "map":
      return [
        `let text = "";`,
        `for (const key of ${emission.use("mapKeys")}(value)) {`,
        "  const item = value[key];",
        "  if (item === undefined) continue;",
        `  text += \`\${text === "" ? "{" : ","}\${JSON.stringify(key)}:\${${serialiseText(emission, type.value, "item")}}\`;`,
        "}",
        `return text === "" ? "{}" : \`\${text}}\`;`,
      ];
    case "record":
      return recordBody(emission, type);
    case "union": {
      const lines = type.members.slice(0, -1).map((member) => {
        const text = serialiseText(emission, member, narrowed(emission, member, type));
        return `if (${memberTest(emission, member, "value")}) return ${text};`;
      });
      const last = type.members.at(-1);
      if (last === undefined) return [`return "null";`];
      return [...lines, `return ${serialiseText(emission, last, narrowed(emission, last, type))};`];
    }
    default:
      return [`return ${serialiseText(emission, type, "value")};`];
  }
}

/** TypeScript cannot follow the tests between records, so the member is asserted. */
function narrowed(emission: Emission, member: Type, union: Type): string {
  const text = typeText(emission, member);
  return text === typeText(emission, union) ? "value" : `value as ${text}`;
}

function recordBody(emission: Emission, type: RecordType): string[] {
  const lines: string[] = [];
  let started: "never" | "maybe" | "always" = "never";
  lines.push(`let text = "{";`);
  for (const field of type.fields) {
    if (field.type.kind === "null") continue;
    const value = `value${propertyAccess(field.name)}`;
    const key = JSON.stringify(field.name);
    const lead = started === "always" ? `,${key}:` : `${key}:`;
    const comma = started === "maybe" ? [`if (text !== "{") text += ",";`] : [];
    if (field.type.kind === "optional") {
      const own = INHERITED.has(field.name) ? `Object.hasOwn(value, ${key}) && ` : "";
      lines.push(`if (${own}${value} !== undefined) {`);
      lines.push(...comma.map((line) => `  ${line}`));
      lines.push(`  text += ${literal(lead)} + ${serialiseText(emission, field.type.of, value)};`, "}");
      if (started === "never") started = "maybe";
    } else {
      lines.push(...comma, `text += ${literal(lead)} + ${serialiseText(emission, field.type, value)};`);
      started = "always";
    }
  }
  lines.push(`return \`\${text}}\`;`);
  return lines;
}

function literal(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text.replaceAll("\\", "\\\\")}'`;
}
