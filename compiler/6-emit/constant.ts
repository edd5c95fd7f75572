/** Constants in the runtime's representation as TypeScript literals. */
import { numberLiteral, stringLiteral } from "./literal.ts";
import { rateFromText } from "../../runtime/value/money.ts";
import type { Type } from "../3-types/type.ts";
import type { Emission } from "./emission.ts";
import { patternConstant } from "./refine.ts";

export function constantText(emission: Emission, type: Type, value: string | number | boolean | null): string {
  const of = type.kind === "optional" ? type.of : type;
  if (value === null) return "undefined";
  if (of.kind === "bytes") {
    return emission.declared(`bytes ${value}`, "bytes", (name) => {
      return `const ${name} = ${emission.use("embedded")}(${JSON.stringify(value)});`;
    });
  }
  if (of.kind === "regex") return patternConstant(emission, String(value));
  if (of.kind === "rate" && typeof value === "string") {
    const rate = rateFromText(value);
    if (rate !== undefined) return `{ count: ${rate.count}, per: ${rate.per} }`;
  }
  return typeof value === "string"
    ? stringLiteral(value)
    : typeof value === "number"
      ? numberLiteral(value)
      : String(value);
}
