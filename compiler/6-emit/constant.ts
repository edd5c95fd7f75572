/** Constants in the runtime's representation as TypeScript literals. */
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
  return JSON.stringify(value);
}

/** A default of a field, or another JSON-like value, as a literal. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "undefined";
  return JSON.stringify(value);
}
