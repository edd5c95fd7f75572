/**
 * Guards the compiled validators and serialisers: random types and random JSON, against the interpreter's slow ones. The fast
 * half must take exactly what has no problems, and the explaining half must name exactly the same problems.
 */
import { compileFunction } from "node:vm";
import { transformSync } from "esbuild";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure, type Problem } from "../../runtime/failure.ts";
import * as runtime from "../../runtime/index.ts";
import { NONE, type Type } from "../3-types/type.ts";
import { decode } from "../5-plan/interpreter/decode.ts";
import { serialise } from "../5-plan/interpreter/serialise.ts";
import { serialisersModule } from "../7-bundle/serialisers.ts";
import { Emission } from "./emission.ts";
import { formOf } from "./form.ts";
import { serialiseText } from "./serialise.ts";
import { plan } from "./testing.ts";
import { typeText } from "./type.ts";
import { validator } from "./validate.ts";

// ---------------------------------------------------------------- types

const SAFE = Number.MAX_SAFE_INTEGER;
const simple = (
  kind: "bool" | "uuid" | "time" | "date" | "duration" | "size" | "percent" | "ip" | "cidr" | "url" | "bytes" | "rate",
): Type => ({ kind, labels: NONE });
const LEAF: fc.Arbitrary<Type> = fc.oneof(
  fc.constantFrom<Type>(
    { kind: "string", min: 0, max: null, pattern: null, labels: NONE },
    { kind: "string", min: 1, max: 3, pattern: null, labels: NONE },
    { kind: "string", min: 0, max: null, pattern: "[a-c]+", labels: NONE },
    { kind: "int", min: -SAFE, max: SAFE, labels: NONE },
    { kind: "int", min: 0, max: 10, labels: NONE },
    { kind: "float", min: null, max: null, labels: NONE },
    { kind: "float", min: -1, max: 1.5, labels: NONE },
    { kind: "money", currency: "USD", labels: NONE },
    { kind: "literal", value: "a", labels: NONE },
    { kind: "literal", value: 7, labels: NONE },
    {
      kind: "union",
      members: [
        { kind: "literal", value: "a", labels: NONE },
        { kind: "literal", value: "b", labels: NONE },
      ],
      labels: NONE,
    },
  ),
  fc
    .constantFrom(
      ...([
        "bool",
        "uuid",
        "time",
        "date",
        "duration",
        "size",
        "percent",
        "ip",
        "cidr",
        "url",
        "bytes",
        "rate",
      ] as const),
    )
    .map(simple),
);

/** "__proto__" is no name that a program could give to a field, but anybody can send it. */
const FIELDS = ["a", "b", "constructor", "toString", "x-y", "json"];
const NAMES = [...FIELDS, "__proto__"];

const { type: TYPE } = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    LEAF,
    fc
      .record({ item: tie("type"), min: fc.constantFrom(0, 1), max: fc.constantFrom(null, 2) })
      .map(({ item, min, max }): Type => ({ kind: "list", item, min, max, labels: NONE })),
    tie("type").map((value): Type => ({ kind: "map", value, labels: NONE })),
    fc
      .uniqueArray(fc.record({ name: fc.constantFrom(...FIELDS), type: tie("type"), optional: fc.boolean() }), {
        selector: (field) => field.name,
        maxLength: 4,
      })
      .map(
        (fields): Type => ({
          kind: "record",
          name: null,
          fields: fields.map(({ name, type, optional }) => ({
            name,
            type: optional ? { kind: "optional", of: type, labels: NONE } : type,
            default: undefined,
          })),
          labels: NONE,
        }),
      ),
  ),
}));

/** JSON that often fits, and often nearly does. */
function jsonFor(type: Type): fc.Arbitrary<unknown> {
  const fitting = ((): fc.Arbitrary<unknown> => {
    switch (type.kind) {
      case "optional":
        return fc.option(jsonFor(type.of));
      case "record":
        return fc
          .tuple(...type.fields.map((field) => fc.tuple(fc.constant(field.name), jsonFor(field.type))))
          .chain((entries) => {
            return fc
              .tuple(
                fc.subarray(entries, { minLength: Math.max(0, entries.length - 1) }),
                fc.constantFrom(null, null, "extra", "__proto__", "valueOf"),
              )
              .map(([kept, extra]) => parsed([...kept, ...(extra === null ? [] : [[extra, 1] as const])]));
          });
      case "list":
        return fc.array(jsonFor(type.item), { maxLength: 3 });
      case "map":
        return fc.array(fc.tuple(fc.constantFrom(...NAMES), jsonFor(type.value)), { maxLength: 3 }).map(parsed);
      case "literal":
        return fc.constant(type.value);
      case "string":
        return fc.constantFrom("", "a", "abc", "abcd", "😀😀😀", "\u0000", 'q"\\', "z");
      default:
        return fc.constantFrom(
          0,
          1,
          -1,
          1.5,
          7,
          11,
          1e300,
          0.000001,
          true,
          false,
          "0189fa4e-0000-7000-8000-00000000000a",
          "2026-03-01",
          "2026-03-01T00:00:00Z",
          "10.0.0.1",
          "::1",
          "10.0.0.0/8",
          "https://a.example/",
          "aGk=",
          "60/min",
          "a",
          "b",
        );
    }
  })();
  return fc.oneof(
    { weight: 12, arbitrary: fitting },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 5, "a", [], {}, true) },
  );
}

/** As `JSON.parse` makes it: "__proto__" is a member like any other. */
function parsed(entries: readonly (readonly [string, unknown])[]): unknown {
  return JSON.parse(
    `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? "null"}`).join(",")}}`,
  );
}

// ---------------------------------------------------------------- the generated code

interface Compiled {
  input(json: unknown): unknown;
  answer(json: unknown): unknown;
  text(value: unknown): string;
}

function compiled(type: Type): Compiled {
  const emission = new Emission(plan([]), Object.keys(runtime));
  const body = [
    `exports.input = (json) => ${emission.use("inputFrom")}(json, ${validator(emission, type, "refuse")}, ${formOf(emission, type)});`,
    `exports.answer = (json) => ${emission.use("decodeJson")}(json, ${validator(emission, type, "ignore")});`,
    `exports.text = (value: ${typeText(emission, type)}) => ${serialiseText(emission, type, "value")};`,
  ];
  const source = [
    `import { ${emission.imports.values.join(", ")} } from "@vivremotion/runtime";`,
    ...(emission.serialisers.length > 0
      ? [`import { ${emission.serialisers.map((one) => one.name).join(", ")} } from "./serialisers.js";`]
      : []),
    ...emission.declarations.map((one) => one.text),
    ...body,
  ].join("\n");
  const serialisers = run(serialisersModule(emission.serialisers), () => Serializer);
  const program = run(transformSync(source, { loader: "ts", format: "cjs" }).code, (name) =>
    name.startsWith("./") ? serialisers : runtime,
  );
  return program as unknown as Compiled;
}

const Serializer = (await import("fast-json-stringify/lib/serializer.js" as string)).default as unknown;

function run(code: string, require: (name: string) => unknown): unknown {
  const module = { exports: {} };
  compileFunction(code, ["exports", "require", "module"])(module.exports, require, module);
  return module.exports;
}

describe("compiled validators and serialisers", () => {
  test("take, refuse, explain and write what the interpreter does", () => {
    const drawn = TYPE.chain((type) =>
      fc.tuple(fc.constant(type), fc.array(jsonFor(type), { minLength: 5, maxLength: 12 })),
    );
    fc.assert(
      fc.property(drawn, ([type, documents]) => {
        const made = compiled(type);
        for (const json of documents) {
          const problems: Problem[] = [];
          const value = decode(json, type, "", { unknownFields: "refuse", problems });
          const read = made.input(json);
          if (problems.length === 0) {
            expect(runtime.valueEquals(read, value)).toBe(true);
            expect(made.text(read)).toBe(serialise(value, type));
          } else {
            expect(read).toBeInstanceOf(Failure);
            expect(read instanceof Failure && sorted(read.problems ?? [])).toEqual(sorted(problems));
          }
          const ignored: Problem[] = [];
          const answered = decode(json, type, "", { unknownFields: "ignore", problems: ignored });
          const decoded = made.answer(json);
          if (ignored.length > 0) expect(decoded).toBeInstanceOf(Failure);
          else expect(runtime.valueEquals(decoded, answered)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** The order in which problems are found is not part of the rule. */
function sorted(problems: readonly Problem[]): string[] {
  return problems.map(({ path, message }) => `${path}: ${message}`).sort();
}
