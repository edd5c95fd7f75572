/**
 * Texts that a path segment accepts, to find a request that two routes both match. Sampling can miss an exotic overlap
 * but never invents one: every witness is checked against both sides.
 */
import type { Type } from "../3-types/type.ts";
import type { SegmentShape } from "./pattern.ts";

type Parameter = Extract<SegmentShape, { kind: "parameter" }>;

/** A text that both accept; null where none was found. */
export function commonText(a: Parameter, b: Parameter): string | null {
  const prefix = a.prefix.length > b.prefix.length ? a.prefix : b.prefix;
  const suffix = a.suffix.length > b.suffix.length ? a.suffix : b.suffix;
  for (const middle of [...samples(a.type), ...samples(b.type)]) {
    for (const text of [prefix + middle + suffix, a.prefix + middle + a.suffix, b.prefix + middle + b.suffix]) {
      if (accepts(a, text) && accepts(b, text)) return text;
    }
  }
  return null;
}

/** A text that the segment accepts, for showing a request. */
export function exampleText(shape: SegmentShape): string {
  if (shape.kind === "literal") return shape.text;
  if (shape.kind === "rest") return "any/thing";
  return shape.prefix + (samples(shape.type).find((text) => text !== "") ?? "x") + shape.suffix;
}

/** Whether the segment certainly accepts the text; a pattern's language is not decided here. */
export function accepts(shape: Parameter, text: string): boolean {
  if (text.length < shape.prefix.length + shape.suffix.length) return false;
  if (!text.startsWith(shape.prefix) || !text.endsWith(shape.suffix)) return false;
  return typeAccepts(shape.type, text.slice(shape.prefix.length, text.length - shape.suffix.length));
}

function typeAccepts(type: Type, text: string): boolean {
  if (text === "") return false;
  switch (type.kind) {
    case "string": {
      const length = [...text].length;
      return type.pattern === null && length >= type.min && (type.max === null || length <= type.max);
    }
    case "int":
      return /^(0|-?[1-9]\d{0,15})$/.test(text) && Number(text) >= type.min && Number(text) <= type.max;
    case "float":
      return (
        /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) &&
        (type.min === null || Number(text) >= type.min) &&
        (type.max === null || Number(text) <= type.max)
      );
    case "uuid":
      return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
    case "bool":
      return text === "true" || text === "false";
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(text);
    case "literal":
      return String(type.value) === text;
    case "union":
      return type.members.some((member) => typeAccepts(member, text));
    default:
      return false;
  }
}

function samples(type: Type): readonly string[] {
  switch (type.kind) {
    case "string": {
      const lengths = [Math.max(1, type.min), type.max ?? Math.max(1, type.min), Math.min(type.max ?? 3, 3)];
      return ["a", "1", "true", ...lengths.filter((length) => length <= 200).map((length) => "a".repeat(length))];
    }
    case "int":
      return [type.min, type.max, Math.min(Math.max(1, type.min), type.max)].map(String);
    case "float":
      return [type.min ?? 1, type.max ?? 1, 1.5].map(String);
    case "uuid":
      return ["00000000-0000-4000-8000-000000000001"];
    case "bool":
      return ["true", "false"];
    case "date":
      return ["2026-03-01"];
    case "literal":
      return [String(type.value)];
    case "union":
      return type.members.flatMap(samples);
    default:
      return [];
  }
}
