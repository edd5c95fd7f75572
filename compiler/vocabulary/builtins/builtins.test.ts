/** The vocabulary tells the truth: every signature reads, every implementation is there. Its examples run in `test/conformance/`. */
import { describe, expect, it } from "vitest";
import * as values from "../../../runtime/value/index.ts";
import { implementation } from "../builtin.ts";
import { builtins } from "../index.ts";
import { parseSignature } from "../signature.ts";
import { types } from "../types.ts";

const entries = [...builtins.values()].map((entry) => [entry.key, entry] as const);
const pure = entries.filter(([, entry]) => entry.runtime !== "");

describe("built-ins", () => {
  it.each(entries)("%s has a signature whose receiver is its own", (key, entry) => {
    const { parameters } = parseSignature(entry.signature);
    const [receiver, method] = key.split(".");
    if (method === undefined) return;
    const type = parameters[0]?.type;
    expect(type?.kind === "named" ? type.name : type?.kind).toBe(receiver);
  });

  it.each(entries)("%s has its optional parameters last", (_key, entry) => {
    const optional = parseSignature(entry.signature).parameters.map((parameter) => parameter.optional);
    expect(optional).toEqual([...optional].sort());
  });

  it.each(pure)("%s is implemented by the runtime", (_key, entry) => {
    for (const name of [entry.runtime, ...Object.values(entry.byType ?? {})]) expect(values).toHaveProperty(name);
  });

  it.each(entries)("%s has sentences", (_key, entry) => expect(entry.documentation).toMatch(/^.{5,}\.$/s));

  it("choose their implementation by the first argument's type", () => {
    const sum = builtins.get("list.sum");
    if (sum === undefined) throw new Error("list.sum is gone");
    expect(implementation(sum, { kind: "list", item: { kind: "duration" } })).toBe("sumFloat");
    expect(implementation(sum, { kind: "list", item: { kind: "optional", of: { kind: "money" } } })).toBe("sumWhole");
    expect(implementation(sum, undefined)).toBe("sumWhole");
  });
});

describe("types", () => {
  it.each([...types.values()].map((entry) => [entry.name, entry] as const))(
    "%s names leaf functions that are there",
    (_name, entry) => {
      for (const name of [entry.fromText, entry.toText, entry.fromJson, entry.toJson]) {
        if (name !== null) expect(values).toHaveProperty(name);
      }
    },
  );
});
