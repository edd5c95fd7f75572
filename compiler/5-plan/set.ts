/** `set` and `remove`: changes to what is forwarded and to the answer. */
import type * as tree from "../1-syntax/tree.ts";
import type { Place } from "../3-types/checked.ts";
import { type Context, meaningOf, originOf } from "./context.ts";
import { lower } from "./expression.ts";
import { milliseconds } from "./call-service.ts";
import type { CookieAttributes, Expr, SetStep } from "./plan.ts";
import { lowerTarget } from "./target.ts";

export function lowerSet(context: Context, node: tree.SetStep): void {
  const place = placeOf(context, node.place);
  const isPath = place.side === "request" && place.what === "path";
  const inner = { ...context, hint: place.what };
  const value = isPath ? lowerTarget(inner, node.value) : lower(inner, node.value);
  const cookie = place.side === "response" && place.what === "cookie" ? attributes(node.settings) : null;
  push(context, node, place, node.place, value, cookie);
}

export function lowerRemove(context: Context, node: tree.RemoveStep): void {
  push(context, node, placeOf(context, node.place), node.place, null, null);
}

function push(
  context: Context,
  node: tree.Step,
  place: Place,
  written: tree.Expression,
  value: Expr | null,
  cookie: CookieAttributes | null,
): void {
  if (context.out.mode !== "steps") return;
  const key = `${place.side}.${place.what}`;
  if (!isSettable(key)) throw new Error(`${key} cannot be set`);
  const name = nameOf(written);
  const isHeader = place.what === "header";
  const step = { step: "set", origin: originOf(context, node), place: key, value, cookie } as const;
  context.out.steps.push({ ...step, name: isHeader ? name.toLowerCase() : name });
}

function placeOf(context: Context, node: tree.Expression): Place {
  const callee = node.kind === "call" ? meaningOf(context, node.callee) : undefined;
  const meaning = meaningOf(context, node) ?? callee;
  if (meaning?.kind !== "place") throw new Error("what is set is a place");
  return meaning.place;
}

/** The name in `response.header("x")`; "" where there is none. */
function nameOf(node: tree.Expression): string {
  const first = node.kind === "call" ? node.arguments[0]?.value : undefined;
  return first?.kind === "string" ? first.value : "";
}

const SETTABLE: readonly SetStep["place"][] = [
  "request.header",
  "request.query",
  "request.path",
  "request.cookie",
  "response.header",
  "response.cookie",
  "response.status",
];
function isSettable(key: string): key is SetStep["place"] {
  return SETTABLE.some((place) => place === key);
}

function attributes(settings: readonly tree.Setting[]): CookieAttributes {
  const setting = (key: string): tree.Expression | null => settings.find((one) => one.key.text === key)?.value ?? null;
  const flag = (key: string): boolean => {
    const value = setting(key);
    return value?.kind === "boolean" && value.value;
  };
  const words = (key: string): string | null => {
    const value = setting(key);
    return value?.kind === "string" ? value.value : value?.kind === "reference" ? value.name.text : null;
  };
  const site = words("same_site");
  const age = milliseconds(setting("age"));
  return {
    secure: flag("secure"),
    httpOnly: flag("http_only"),
    sameSite: site === "strict" || site === "lax" || site === "none" ? site : null,
    path: words("path"),
    domain: words("domain"),
    maxAge: age === null ? null : Math.floor(age / 1000),
  };
}
