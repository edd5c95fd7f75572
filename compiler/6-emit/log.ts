/** `log`: the value in its JSON form, handed to the host, which writes it off the request's path. */
import type { Type } from "../3-types/type.ts";
import type { Expr, LogStep } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { expression, operand } from "./expression.ts";
import { propertyKey } from "./names.ts";
import type { Scope } from "./scope.ts";
import { serialiseText } from "./serialise.ts";

export function emitLog(body: Body, step: LogStep): void {
  body.writer.line(
    `${body.emission.host()}.log(exchange, ${JSON.stringify(step.level)}, ${jsonForm(body.scope, step.value)});`,
  );
}

/** The JSON value (not its text) of an expression. */
function jsonForm(scope: Scope, value: Expr): string {
  if (value.expr === "record" && value.entries.every((entry) => entry.kind === "entry")) {
    const entries = value.entries.map((entry) =>
      entry.kind === "entry" ? `${propertyKey(entry.name)}: ${jsonForm(scope, entry.value)}` : "",
    );
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return converted(scope, value);
}

function converted(scope: Scope, value: Expr): string {
  const { emission } = scope;
  if (isPlain(value.type)) return expression(scope, value);
  const simple = SIMPLE[value.type.kind];
  if (simple !== undefined) return `${emission.use(simple)}(${expression(scope, value)})`;
  if (value.type.kind === "optional") {
    const text = serialiseText(emission, value.type, operand(scope, value));
    return `${emission.use("parsedJson")}(${text})`;
  }
  return `${emission.use("parsedJson")}(${serialiseText(emission, value.type, expression(scope, value))})`;
}

const SIMPLE: { readonly [kind: string]: string } = {
  time: "timeToText",
  date: "dateToText",
  duration: "durationToJson",
  money: "moneyToJson",
  rate: "rateToText",
  bytes: "encodeBase64",
};

/** Whether the value when running is its own JSON form. */
function isPlain(type: Type): boolean {
  switch (type.kind) {
    case "string":
    case "int":
    case "float":
    case "bool":
    case "uuid":
    case "size":
    case "percent":
    case "ip":
    case "cidr":
    case "url":
    case "literal":
    case "null":
      return true;
    case "optional":
      return isPlain(type.of);
    case "union":
      return type.members.every(isPlain);
    case "list":
      return isPlain(type.item);
    default:
      return false;
  }
}
