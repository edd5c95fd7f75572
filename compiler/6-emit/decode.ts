/** `as T`: JSON of an answer, a text or a `json` value into a type. Unknown fields are ignored. */
import type { DecodeStep } from "../5-plan/plan.ts";
import type { Type } from "../3-types/type.ts";
import type { Body } from "./body.ts";
import type { Emission } from "./emission.ts";
import { validator } from "./validate.ts";

/** `from` is the text of what is decoded; for an answer it may be a Failure, which passes through. */
export function decodeText(body: Body, step: DecodeStep, from: string): string {
  if (step.source !== "answer") return decodeValueText(body.emission, step.slot.type, step.source, from);
  const { type } = step.slot;
  const check = validator(body.emission, required(type), "ignore");
  if (!step.absentOn404 && !mayBeAbsent(type)) return `${body.emission.use("decodeAnswer")}(${from}, ${check})`;
  return `${body.emission.use("decodeOptionalAnswer")}(${from}, ${step.absentOn404}, ${check})`;
}

/** The same for a text, or for a value of type `json`. */
export function decodeValueText(emission: Emission, type: Type, source: "string" | "json", from: string): string {
  const check = validator(emission, required(type), "ignore");
  const kind = source === "string" ? "Text" : "Json";
  return `${emission.use(`decode${mayBeAbsent(type) ? "Optional" : ""}${kind}`)}(${from}, ${check})`;
}

function required(type: Type): Type {
  return type.kind === "optional" ? type.of : type;
}

function mayBeAbsent(type: Type): boolean {
  return type.kind === "optional" || type.kind === "json";
}
