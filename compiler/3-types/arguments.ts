/** Puts arguments to parameters, by position and by name, and reports what is missing or too much. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { type Body, report, span } from "./context.ts";
import { check } from "./expression.ts";

export interface ParameterShape {
  readonly name: string;
  readonly optional: boolean;
}

/** The argument of each parameter; null: left out. `given` parameters at the front have their value already. */
export function placeArguments(
  body: Body,
  node: tree.Expression | tree.PolicyUse,
  callee: string,
  parameters: readonly ParameterShape[],
  args: readonly tree.Argument[],
  given: number,
): (tree.Expression | null)[] {
  const placed: (tree.Expression | null)[] = parameters.map(() => null);
  let position = given;
  for (const argument of args) {
    const at = argument.name ? parameters.findIndex(({ name }) => name === argument.name?.text) : position++;
    if (argument.name && (at < 0 || at < given)) unknownArgument(body, argument.name, callee, parameters.slice(given));
    else if (at >= parameters.length) tooMany(body, argument, callee, parameters.length - given);
    else if (placed[at]) report(body, argument, "VGW3006", { name: parameters[at]!.name }, "again");
    else {
      placed[at] = argument.value;
      continue;
    }
    if (argument.value.kind !== "lambda") check(body, argument.value);
  }
  const missing = parameters.filter((parameter, index) => index >= given && !parameter.optional && !placed[index]);
  if (missing.length > 0)
    report(
      body,
      node,
      "VGW3011",
      { callee, wanted: missing.map(({ name }) => name).join(", ") },
      "not all of its parameters have a value",
    );
  return placed;
}

function unknownArgument(body: Body, name: tree.Name, callee: string, parameters: readonly ParameterShape[]): void {
  const known = parameters.map((parameter) => parameter.name);
  const likely = nearest(name.text, known);
  report(body, name, "VGW3013", { callee, name: name.text }, "no such argument", {
    help: likely
      ? `did you mean ${likely}?`
      : known.length > 0
        ? `it takes ${known.join(", ")}`
        : "it takes no arguments",
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, name), text: likely }] }]
      : [],
  });
}

function tooMany(body: Body, argument: tree.Argument, callee: string, count: number): void {
  const wanted = count === 0 ? "no arguments" : count === 1 ? "one argument" : `${count} arguments`;
  report(body, argument, "VGW3014", { callee, wanted }, "one too many");
}
