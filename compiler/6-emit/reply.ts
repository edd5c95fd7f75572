/** `reply` and `deny`: the expression that answers the exchange. What is known when building is written as a constant. */
import { stringLiteral } from "./literal.ts";
import { knownProblem } from "./problem.ts";
import { headerText } from "../../runtime/route/header.ts";
import type { DenyStep, Expr, ReplyStep } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { textOf } from "./encode.ts";
import { expression } from "./expression.ts";
import type { Scope } from "./scope.ts";
import { serialiseText } from "./serialise.ts";

export function replyText(body: Body, step: ReplyStep): string {
  const { emission, scope } = body;
  const status = expression(scope, step.status);
  const { content } = step;
  switch (content.kind) {
    case "empty":
      return `${emission.use("replyEmpty")}(exchange, ${status})`;
    case "json":
      return `${emission.use("replyJson")}(exchange, ${status}, ${serialiseText(emission, content.type, expression(scope, content.value))})`;
    case "text":
      return `${emission.use("replyContent")}(exchange, ${status}, ${JSON.stringify(content.mediaType)}, ${textOf(scope, content.value)})`;
    case "bytes":
      return `${emission.use("replyContent")}(exchange, ${status}, ${JSON.stringify(content.mediaType)}, ${expression(scope, content.value)})`;
    case "file": {
      const file = emission.declared(`file ${content.data}`, "file", (name) => {
        return `const ${name} = ${emission.use("embedded")}(${JSON.stringify(content.data)});`;
      });
      return `${emission.use("replyContent")}(exchange, ${status}, ${JSON.stringify(content.mediaType)}, ${file})`;
    }
    case "redirect":
      return `${emission.use("replyRedirect")}(exchange, ${status}, ${locationText(scope, content.location)})`;
  }
}

/** A constant is brought into the form of a field value when building. */
function locationText(scope: Scope, location: Expr): string {
  if (location.expr === "constant" && typeof location.value === "string")
    return stringLiteral(headerText(location.value));
  return `${scope.emission.use("headerText")}(${expression(scope, location)})`;
}

export function denyText(body: Body, step: DenyStep): string {
  const { emission, scope, route } = body;
  const { status, detail } = step;
  // In other words than those of problem details, it is written when it happens.
  const known = route.faults === null && (detail === null || detail.expr === "constant");
  if (status.expr === "constant" && typeof status.value === "number" && known) {
    const text = detail === null || detail.expr !== "constant" ? null : String(detail.value);
    const problem = knownProblem(emission, status.value, "denied", text);
    return `${emission.use("replyKnownProblem")}(exchange, ${status.value}, "deny", ${problem})`;
  }
  const text = detail === null ? "null" : textOf(scope, detail);
  return `${emission.use("deny")}(exchange, ${expression(scope, status)}, ${text})`;
}
