/** `env("X", type, default: value)` and `secret("X")`: what the environment says, read and checked when the gateway starts. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import type { EnvironmentValue } from "./checked.ts";
import { constantValue } from "./constant-value.ts";
import { type Body, report, span } from "./context.ts";
import { BOOL, FLOAT, INT, simple, STRING, UNKNOWN } from "./construct.ts";
import { expect } from "./expression.ts";
import { withLabels } from "./labels.ts";
import type { Type } from "./type.ts";

const types: { readonly [name in EnvironmentValue["type"]]: Type } = {
  string: STRING,
  int: INT,
  float: FLOAT,
  bool: BOOL,
  duration: simple("duration"),
  size: simple("size"),
  url: simple("url"),
};

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

function isEnvironmentType(name: string): name is EnvironmentValue["type"] {
  return Object.hasOwn(types, name);
}

export function checkEnvironment(body: Body, node: tree.Call): Type {
  const value = environmentValue(body, node, "string");
  if (!value) return UNKNOWN;
  body.module.meanings.set(node.id, { kind: "environment", value });
  return value.secret ? withLabels(STRING, ["secret"]) : types[value.type];
}

/** Whether the expression asks the environment. */
export function isEnvironment(node: tree.Call): boolean {
  return node.callee.kind === "reference" && ["env", "secret"].includes(node.callee.name.text);
}

/** `usual`: the type where none is written. null: reported. */
export function environmentValue(
  body: Body,
  node: tree.Call,
  usual: EnvironmentValue["type"],
): EnvironmentValue | null {
  const secret = node.callee.kind === "reference" && node.callee.name.text === "secret";
  const callee = secret ? "secret" : "env";
  let variable: string | null = null;
  let type = usual;
  let fallback: tree.Expression | null = null;
  let wrong = false;
  let position = 0;
  for (const argument of node.arguments) {
    const { value } = argument;
    if (argument.name?.text === "default" && !secret) fallback = value;
    else if (argument.name) {
      report(body, argument.name, "VGW3013", { callee, name: argument.name.text }, "no such argument", {
        help: secret ? null : "it takes a name, a type, and default: value",
      });
      wrong = true;
    } else if (position++ === 0) {
      if (value.kind === "string" && VARIABLE.test(value.value)) variable = value.value;
      else if (value.kind !== "broken")
        report(
          body,
          value,
          "VGW3034",
          { text: "this", type: "the name of an environment variable" },
          "letters, digits and _ in quotes",
        );
      wrong ||= variable === null;
    } else if (position === 2 && !secret) {
      const name = value.kind === "reference" ? value.name.text : "";
      if (isEnvironmentType(name)) type = name;
      else {
        unknownType(body, value, name);
        wrong = true;
      }
    } else {
      report(body, argument, "VGW3014", { callee, wanted: secret ? "one name" : "a name and a type" }, "one too many");
      wrong = true;
    }
  }
  if (node.arguments.length === 0)
    report(body, node, "VGW3011", { callee, wanted: "the name of a variable" }, "which one?");
  if (variable === null || wrong) return null;
  return { kind: "env", variable, type, secret, default: fallback ? defaultValue(body, fallback, type) : null };
}

function unknownType(body: Body, node: tree.Expression, name: string): void {
  const likely = nearest(name, Object.keys(types));
  report(body, node, "VGW3002", { name: name || "this" }, `one of ${Object.keys(types).join(", ")}`, {
    help: likely && `did you mean ${likely}?`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, node), text: likely }] }]
      : [],
  });
}

function defaultValue(
  body: Body,
  node: tree.Expression,
  type: EnvironmentValue["type"],
): string | number | boolean | null {
  const before = body.program.diagnostics.length;
  expect(body, node, types[type]);
  const value = constantValue(node);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (body.program.diagnostics.length === before) report(body, node, "VGW3022", {}, "a default is a literal");
  return null;
}
