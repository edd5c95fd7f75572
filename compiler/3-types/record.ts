/** `{ field: value, ...other }`: against the record or map type that is expected, or for itself. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { type Body, report, span } from "./context.ts";
import { present } from "./construct.ts";
import { check, expect, value } from "./expression.ts";
import { describe, show } from "./show.ts";
import { map } from "./construct.ts";
import { labelledAs, withLabels } from "./labels.ts";
import type { FieldType, RecordType, Type } from "./type.ts";
import { NONE } from "./type.ts";

export function checkRecord(body: Body, node: tree.RecordLiteral, expected: Type | null): Type {
  const wanted = recordOf(expected);
  if (wanted?.kind === "map") return checkMap(body, node, wanted.value);
  const given = new Map<string, FieldType>();
  const written = new Set<string>();
  for (const entry of node.entries) {
    if (entry.kind === "spread") {
      const type = value(body, entry.value);
      if (type.kind === "record")
        for (const field of type.fields) given.set(field.name, { ...field, type: withLabels(field.type, type.labels) });
      else if (type.kind !== "unknown")
        report(
          body,
          entry.value,
          "VGW3001",
          { expected: "a record", found: describe(type) },
          "a record is spread here",
        );
      continue;
    }
    const name = entry.key.text;
    if (written.has(name)) report(body, entry.key, "VGW3006", { name }, "again");
    written.add(name);
    const field = wanted?.fields.find((candidate) => candidate.name === name);
    if (wanted && !field) excess(body, entry.key, wanted);
    const type = field ? withTypeOf(expect(body, entry.value, field.type), field.type) : check(body, entry.value);
    given.set(name, { name, type, default: undefined });
  }
  if (!wanted) return { kind: "record", name: null, fields: [...given.values()], labels: NONE };
  return complete(body, node, wanted, given);
}

/** The one record or map type that a literal may be; null: none is expected. */
function recordOf(expected: Type | null): RecordType | Extract<Type, { kind: "map" }> | null {
  if (!expected) return null;
  const type = present(expected);
  if (type.kind === "record" || type.kind === "map") return type;
  if (type.kind !== "union") return null;
  const records = type.members.filter((member): member is RecordType => member.kind === "record");
  return records.length === 1 ? records[0]! : null;
}

/** Where the expected type is a record written for the field the value has it, with the value's own labels. */
function withTypeOf(found: Type, wanted: Type): Type {
  return found.kind === "unknown" ? wanted : found;
}

function complete(body: Body, node: tree.RecordLiteral, wanted: RecordType, given: Map<string, FieldType>): Type {
  const fields: FieldType[] = [];
  const missing: string[] = [];
  for (const field of wanted.fields) {
    const found = given.get(field.name);
    if (found) fields.push({ ...field, type: labelledAs(field.type, found.type) });
    else {
      if (field.type.kind !== "optional" && field.default === undefined && field.type.kind !== "unknown")
        missing.push(field.name);
      fields.push(field);
    }
  }
  if (missing.length > 0) {
    report(body, node, "VGW3004", { name: missing.join("`, `") }, `${wanted.name ?? "this record"} needs it`, {
      help: `add ${missing.map((name) => `${name}: …`).join(", ")}`,
    });
  }
  return fields.every((field, index) => field.type === wanted.fields[index]!.type) ? wanted : { ...wanted, fields };
}

function excess(body: Body, key: tree.Name, wanted: RecordType): void {
  const likely = nearest(
    key.text,
    wanted.fields.map((field) => field.name),
  );
  report(body, key, "VGW3005", { type: show(wanted), name: key.text }, "no such field", {
    help: likely ? `did you mean ${likely}?` : `its fields: ${wanted.fields.map((field) => field.name).join(", ")}`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, key), text: likely }] }]
      : [],
  });
}

function checkMap(body: Body, node: tree.RecordLiteral, of: Type): Type {
  let all: Type = of;
  const written = new Set<string>();
  for (const entry of node.entries) {
    if (entry.kind === "spread") {
      expect(body, entry.value, map(of));
      continue;
    }
    if (written.has(entry.key.text)) report(body, entry.key, "VGW3006", { name: entry.key.text }, "again");
    written.add(entry.key.text);
    all = labelledAs(all, expect(body, entry.value, of));
  }
  return map(all);
}
