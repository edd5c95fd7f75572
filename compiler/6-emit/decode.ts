/** `as T`: JSON of an answer, a text or a `json` value into a type. Unknown fields are ignored. */
import type { DecodeStep } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { validator } from "./validate.ts";

/** `from` is the text of what is decoded; for an answer it may be a Failure, which passes through. */
export function decodeText(body: Body, step: DecodeStep, from: string): string {
  const { type } = step.slot;
  const absent = step.absentOn404 || type.kind === "optional" || type.kind === "json";
  const of = type.kind === "optional" ? type.of : type;
  const check = validator(body.emission, of, "ignore");
  const kind = { answer: "Answer", string: "Text", json: "Json" }[step.source];
  const function_ = body.emission.use(`decode${absent ? "Optional" : ""}${kind}`);
  if (absent && step.source === "answer") return `${function_}(${from}, ${step.absentOn404}, ${check})`;
  return `${function_}(${from}, ${check})`;
}
