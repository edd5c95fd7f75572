/** Values for people: traces and log lines. What carries a label such as `pii` or `secret` is masked in traces. */
import type { Type } from "../../3-types/type.ts";
import { memberFor, serialise } from "./serialise.ts";

const LONGEST = 120;

/** JSON with labelled parts as `‹pii›`, cut to 120 characters. */
export function show(value: unknown, type: Type): string {
  const text = masked(value, type);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function masked(value: unknown, type: Type): string {
  if (value === undefined || value === null) return "none";
  const hidden = type.labels.filter((label) => label !== "outside");
  if (hidden.length > 0) return `‹${hidden.join(", ")}›`;
  switch (type.kind) {
    case "optional":
      return masked(value, type.of);
    case "list":
      return Array.isArray(value) ? `[${value.map((item) => masked(item, type.item)).join(", ")}]` : "";
    case "map":
      return `{ ${Object.entries(value)
        .map(([key, item]) => `${key}: ${masked(item, type.value)}`)
        .join(", ")} }`;
    case "record":
      return `{ ${type.fields
        .map((field) => ({ field, part: Reflect.get(Object(value), field.name) }))
        .filter(({ part }) => part !== undefined)
        .map(({ field, part }) => `${field.name}: ${masked(part, field.type)}`)
        .join(", ")} }`;
    case "union":
      return masked(value, memberFor(value, type));
    case "answer": {
      const { status } = { status: 0, ...Object(value) };
      return `answer ${status}`;
    }
    default:
      return serialise(value, type);
  }
}

/** A log step's value as JSON: labels were the checker's business, nothing is masked here. */
export function jsonForm(value: unknown, type: Type): unknown {
  return JSON.parse(serialise(value, type));
}
