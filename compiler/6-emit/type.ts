/** Types of the language as TypeScript types: a declared record becomes an interface, what is written in place stays in place. */
import type { RecordType, Type } from "../3-types/type.ts";
import type { Emission } from "./emission.ts";
import { propertyKey } from "./names.ts";

/** The TypeScript type of a value. Interfaces that it needs are declared in the file. */
export function typeText(emission: Emission, type: Type): string {
  switch (type.kind) {
    case "string":
    case "uuid":
    case "ip":
    case "cidr":
    case "url":
      return "string";
    case "int":
    case "float":
    case "percent":
    case "time":
    case "date":
    case "duration":
    case "size":
    case "money":
      return "number";
    case "bool":
      return "boolean";
    case "literal":
      return JSON.stringify(type.value);
    case "union":
      return [...new Set(type.members.map((member) => operandText(emission, member)))].join(" | ");
    case "optional":
      return `${operandText(emission, type.of)} | undefined`;
    case "list":
      return `readonly ${itemText(emission, type.item)}[]`;
    case "map":
      return `${emission.useType("ValueMap")}<${typeText(emission, type.value)}>`;
    case "record":
      return type.name === null ? fieldsText(emission, type, " ") : interfaceName(emission, type, type.name);
    case "bytes":
      return "Uint8Array";
    case "answer":
      return emission.useType("Answer");
    case "rate":
      return emission.useType("Rate");
    case "regex":
      return emission.useType("Pattern");
    case "null":
      return "undefined";
    case "never":
      return "never";
    case "function":
      return `(${type.parameters.map((parameter, index) => `p${index}: ${typeText(emission, parameter)}`).join(", ")}) => ${typeText(emission, type.result)}`;
    case "json":
    case "content":
    case "range":
    case "unknown":
      return "unknown";
  }
}

/** Two types whose values TypeScript sees alike. */
export function sameText(emission: Emission, left: Type, right: Type): boolean {
  return left === right || typeText(emission, left) === typeText(emission, right);
}

function operandText(emission: Emission, type: Type): string {
  const text = typeText(emission, type);
  return type.kind === "function" ? `(${text})` : text;
}

function itemText(emission: Emission, item: Type): string {
  const text = typeText(emission, item);
  return item.kind === "union" || item.kind === "optional" || item.kind === "list" || item.kind === "function"
    ? `(${text})`
    : text;
}

function fieldsText(emission: Emission, type: RecordType, separator: string): string {
  if (type.fields.length === 0) return "object";
  const fields = type.fields.map((field) => {
    const key = propertyKey(field.name);
    return field.type.kind === "optional"
      ? `readonly ${key}?: ${typeText(emission, field.type)};`
      : `readonly ${key}: ${typeText(emission, field.type)};`;
  });
  return separator === " " ? `{ ${fields.join(" ")} }` : `{\n  ${fields.join("\n  ")}\n}`;
}

function interfaceName(emission: Emission, type: RecordType, name: string): string {
  return emission.declaredType(`${name} ${shapeKey(type)}`, name, () => fieldsText(emission, type, "\n"));
}

/** One key for types of the same shape: validators, serialisers and interfaces are made once per shape, not once per use. */
export function shapeKey(type: Type): string {
  const known = KEYS.get(type);
  if (known !== undefined) return known;
  const key = JSON.stringify(type, (name, value: unknown) => (name === "labels" ? undefined : value));
  KEYS.set(type, key);
  return key;
}

const KEYS = new WeakMap<Type, string>();
