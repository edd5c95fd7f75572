/** A page per built-in. */
import type { Builtin } from "../vocabulary/builtin.ts";
import { builtins } from "../vocabulary/index.ts";
import { code, page, program, type ReferencePage } from "./markdown.ts";

export function builtinPages(): readonly ReferencePage[] {
  return [...builtins.values()].map((builtin) =>
    page(`built-ins/${builtin.key}.md`, builtin.key, [
      builtin.documentation,
      program(written(builtin)),
      remarks(builtin),
      example(builtin),
      `Since ${builtin.since}.`,
    ]),
  );
}

/** As a program calls it: a method stands behind its receiver, `[T].map(fn: (T) -> U) -> [U]`. */
function written({ key, signature }: Builtin): string {
  const [, method] = key.split(".");
  if (method === undefined || !signature.startsWith("(")) return `${key}${signature}`;
  const end = firstParameterEnd(signature);
  const receiver = signature.slice(signature.indexOf(":") + 1, end).trim();
  return `${receiver}.${method}(${signature.slice(end).replace(/^,\s*/, "")}`;
}

/** Where the first parameter ends: at a comma or the closing parenthesis outside all brackets. */
function firstParameterEnd(signature: string): number {
  let depth = 0;
  for (let index = 1; index < signature.length; index++) {
    const character = signature[index]!;
    if (depth === 0 && (character === "," || character === ")")) return index;
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
  }
  return signature.length;
}

/** Some have no value that a program could write down. */
function example({ example: { source, value } }: Builtin): string {
  return source === "" ? "" : `${program(source)}\n\ngives ${code(JSON.stringify(value) ?? "nothing")}.`;
}

function remarks(builtin: Builtin): string {
  const said: string[] = [];
  if (builtin.fails)
    said.push(`It can fail (${code(`failure.kind == "${builtin.fails}"`)}), so it needs an ${code("else")}.`);
  if (builtin.labels === "lower") said.push("Its result carries no label: this is one of the ways to lower one.");
  if (builtin.labels === "hide")
    said.push("Its result carries no label but `outside`: this is one of the ways to lower one.");
  if (builtin.needs === "host") said.push("In tests it is what the test says, and the same on every run.");
  return said.join(" ");
}
