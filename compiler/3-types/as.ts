/** `value as T`: decodes an answer, a text or json into T, or names a type that the value is known to have. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";
import { isOptional, present, UNKNOWN } from "./construct.ts";
import { check } from "./expression.ts";
import { needed } from "./failure.ts";
import { fits } from "./fits.ts";
import { base } from "./join.ts";
import { deepLabels } from "./labels.ts";
import { decodedFrom } from "./outside.ts";
import { purePlace } from "./pure-place.ts";
import { describe } from "./show.ts";
import { withoutJson } from "./text.ts";
import { resolveType } from "./type-expression.ts";
import type { Type } from "./type.ts";

export function checkAs(body: Body, node: tree.As): Type {
  const found = check(body, node.value);
  const type = resolveType(body, node.type);
  if (found.kind === "unknown" || type.kind === "unknown") return type;
  if (fits(found, type) && found.kind !== "json") {
    body.module.meanings.set(node.id, { kind: "cast", type });
    return decodedFrom(type, deepLabels(found));
  }
  const source = isOptional(type) ? present(found) : needed(body, node.value, found);
  if (!canDecode(source, type)) {
    report(body, node, "VGW3028", { from: describe(found), to: describe(type) }, "as decodes answers, texts and json", {
      help: conversion(source, present(type)),
    });
    return type;
  }
  const place = source.kind === "answer" ? purePlace(body) : undefined;
  if (place !== undefined) {
    report(body, node, "VGW6105", { what: "decoding an answer", where: place }, "reads a body that came in a step", {
      help: "decode it in a let before, and use the value here",
    });
    return UNKNOWN;
  }
  const absentOn404 = source.kind === "answer" && type.kind === "optional";
  body.module.meanings.set(node.id, { kind: "decode", type, absentOn404 });
  addFailure(body, node, source, type);
  // What is decoded has the labels of its new type, and those of the text it was.
  return decodedFrom(type, source.labels);
}

function canDecode(source: Type, type: Type): boolean {
  if (withoutJson(type)) return false;
  if (source.kind === "answer" || source.kind === "json") return true;
  const [from, to] = [base(source), base(present(type))];
  if (from.kind === "string")
    return to.kind !== "string" && !["uuid", "time", "date", "ip", "cidr", "url", "bytes"].includes(to.kind);
  // Narrowing: the same kind with a smaller range.
  return (
    (from.kind === "int" && (to.kind === "int" || to.kind === "literal")) ||
    (from.kind === "float" && to.kind === "float") ||
    (from.kind === "list" && to.kind === "list" && fits(from.item, to.item))
  );
}

/** A call and its decoding are one thing that can fail: one message. */
function addFailure(body: Body, node: tree.As, source: Type, type: Type): void {
  const last = body.failures.at(-1);
  const wanted = describe(present(type));
  if (last && last.node === node.value && last.kind === "status") {
    body.failures.pop();
    body.failures.push({ ...last, node, reasons: [...last.reasons, `a body that is not ${wanted}`] });
    return;
  }
  body.failures.push({
    kind: "invalid",
    node,
    reasons: [`${source.kind === "answer" ? "a body" : "a value"} that is not ${wanted}`],
    related: [],
    help: null,
  });
}

function conversion(source: Type, to: Type): string | null {
  const from = base(source).kind;
  if (to.kind === "string") return "string(…) gives the text of a value";
  if (from === "string" && ["uuid", "time", "date", "ip", "cidr", "url"].includes(to.kind))
    return `parse_${to.kind}(…) reads one from a text`;
  if (from === "int" || from === "float") {
    if (to.kind === "duration") return "multiply with a unit: n * 1s";
    if (to.kind === "size") return "multiply with a unit: n * 1B";
    if (to.kind === "int") return "round(…), floor(…) or ceil(…) gives a whole number";
  }
  return null;
}
