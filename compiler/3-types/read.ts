/** `read`: the door for input. The body is read once; the others are single values with a text form. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";
import { optional, present, UNKNOWN } from "./construct.ts";
import { check } from "./expression.ts";
import { headerName } from "./place.ts";
import { receive } from "./received.ts";
import { checkOtherwiseStep } from "./otherwise.ts";
import { declare } from "./scopes.ts";
import { describe, show } from "./show.ts";
import { join } from "./join.ts";
import { fromOutside } from "./outside.ts";
import { hasText, withoutJson } from "./text.ts";
import { defaultOf, resolveType } from "./type-expression.ts";
import type { Type } from "./type.ts";
import { assign } from "./expect.ts";

export function checkRead(body: Body, step: tree.ReadStep): void {
  const written = fromOutside(body.program, resolveType(body, step.type));
  if (step.source === "body") readBody(body, step, written);
  else readValue(body, step, written);
  const type = step.otherwise ? otherwiseType(body, step.otherwise, written) : written;
  declare(body, step.name, type, step.type);
}

function readBody(body: Body, step: tree.ReadStep, type: Type): void {
  if (body.where === "policy") {
    report(body, step, "VGW6103", { step: "`read` of the body", place: "in a policy" }, "not here", {
      help: "a policy reads queries, headers and cookies; the body is read by the route",
    });
    return;
  }
  if (body.bodyRead) {
    report(body, step, "VGW6106", {}, "again", { related: [{ node: body.bodyRead, text: "read here" }] });
    return;
  }
  body.bodyRead = step;
  const part = withoutJson(type);
  if (part) report(body, step.type, "VGW3033", { type: show(part) }, "a body can't hold it");
  if (step.codec === "form" && present(type).kind !== "record" && type.kind !== "unknown")
    report(body, step.type, "VGW3001", { expected: "a record", found: describe(type) }, "a form has fields");
}

function readValue(body: Body, step: tree.ReadStep, type: Type): void {
  if (step.source === "header" && step.from) headerName(body, step.from, false);
  const item = present(type).kind === "list" ? (present(type) as Extract<Type, { kind: "list" }>).item : present(type);
  if (!hasText(item) || (present(type).kind === "list" && step.source !== "query"))
    report(body, step.type, "VGW3032", { type: show(type) }, `a ${step.source} is a text`, {
      help:
        step.source === "query"
          ? "take a string, number, uuid, time … or a list of those"
          : "take a string, number, uuid, time …",
    });
  if (step.default) defaultOf(body, step.default, type);
  if (step.source !== "body") receive(body, step.source, wireName(step), step, type);
}

/** Names of header fields have no case; an underscore of the program stands for their hyphen. */
function wireName({ source, from, name }: tree.ReadStep): string {
  if (source !== "header") return from?.value ?? name.text;
  return (from?.value ?? name.text.replaceAll("_", "-")).toLowerCase();
}

function otherwiseType(body: Body, otherwise: tree.Otherwise, type: Type): Type {
  body.elseDepth++;
  const result = alternative(body, otherwise, type);
  body.elseDepth--;
  return result;
}

function alternative(body: Body, otherwise: tree.Otherwise, type: Type): Type {
  switch (otherwise.kind) {
    case "otherwise-step":
      checkOtherwiseStep(body, otherwise);
      return type;
    case "otherwise-ignore":
      report(body, otherwise, "VGW4103", {}, "a value or an ending step is needed here");
      return type;
    case "otherwise-value": {
      const found = check(body, otherwise.value, type);
      if (found.kind === "null") return optional(type);
      const joined = join(type, found);
      if (joined === null) assign(body, otherwise.value, found, type);
      return joined ?? UNKNOWN;
    }
  }
}
