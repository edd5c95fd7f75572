/** Literals as constants in the runtime's representation. What a literal means is asked where the checker asks it. */
import type * as tree from "../1-syntax/tree.ts";
import { addressMeaning, numberMeaning, timeMeaning } from "../3-types/literal.ts";
import { rateToText } from "../../runtime/value/money.ts";
import { ipFromText, cidrFromText } from "../../runtime/value/address.ts";
import { dateFromText, timeFromText } from "../../runtime/value/time.ts";
import { urlFromText } from "../../runtime/value/url.ts";
import { uuidFromText } from "../../runtime/value/uuid.ts";
import { type Context, typeOf } from "./context.ts";
import type { Expr } from "./plan.ts";

export function lowerNumber(context: Context, node: tree.NumberLiteral): Expr {
  const meaning = numberMeaning(node);
  if (!("type" in meaning)) throw new Error("a number without meaning reached the plan");
  const { type, value } = meaning;
  if (typeof value === "number") return { expr: "constant", type: typeOf(context, node), value };
  return { expr: "constant", type, value: rateToText(value) };
}

export function lowerTime(context: Context, node: tree.TimeLiteral): Expr {
  return { expr: "constant", type: typeOf(context, node), value: timeMeaning(node.text)?.value ?? null };
}

export function lowerAddress(context: Context, node: tree.AddressLiteral): Expr {
  return { expr: "constant", type: typeOf(context, node), value: addressMeaning(node.text)?.value ?? null };
}

/** A text stands for a value of another type where one is expected (`"10.0.0.1"` where an address is). */
export function lowerString(context: Context, node: tree.StringLiteral): Expr {
  const type = typeOf(context, node);
  const convert: { readonly [kind: string]: (text: string) => string | number | undefined } = {
    ip: ipFromText,
    cidr: cidrFromText,
    url: urlFromText,
    uuid: uuidFromText,
    time: timeFromText,
    date: dateFromText,
  };
  return { expr: "constant", type, value: convert[type.kind]?.(node.value) ?? node.value };
}
