/** Calls of services: `orders.get("/path/{id}", query: { page: page }, timeout: 200ms)`. */
import type * as tree from "../1-syntax/tree.ts";
import type { Meaning } from "../3-types/checked.ts";
import { simple } from "../3-types/construct.ts";
import { base } from "../3-types/join.ts";
import { numberMeaning } from "../3-types/literal.ts";
import type { Type } from "../3-types/type.ts";
import { text } from "./build.ts";
import { type Context, newSlot, originOf, readSlot } from "./context.ts";
import { lower } from "./expression.ts";
import type { CallStep, Expr } from "./plan.ts";
import { lowerTarget } from "./target.ts";

type ServiceCall = Extract<Meaning, { kind: "service-call" }>;

export function lowerServiceCall(context: Context, node: tree.Call, meaning: ServiceCall, absentOn404: boolean): Expr {
  if (context.out.mode !== "steps") throw new Error("a service is called in a pure expression");
  const path = node.arguments.find((argument) => argument.name === null);
  const named = (key: string): tree.Expression | null =>
    node.arguments.find((argument) => argument.name?.text === key)?.value ?? null;
  const body = named("body");
  const given = body === null ? null : lower(context, body);
  const step: Omit<CallStep, "slot"> = {
    step: "call",
    origin: originOf(context, node),
    service: context.body.program.services.get(meaning.service) ?? meaning.service.name,
    method: meaning.method.toUpperCase(),
    path: path === undefined ? text("/") : lowerTarget(context, path.value),
    headers: entriesOf(context, named("headers"), true),
    query: entriesOf(context, named("query"), false),
    body: given === null ? null : { codec: codecOf(given.type), value: given },
    timeout: milliseconds(named("timeout")),
    absentOn404,
  };
  const slot = newSlot(context, context.hint, simple("answer"));
  context.out.steps.push({ ...step, slot });
  return readSlot(slot);
}

function entriesOf(
  context: Context,
  node: tree.Expression | null,
  lowerCase: boolean,
): { name: string; value: Expr }[] {
  if (node?.kind !== "record") return [];
  return node.entries.flatMap((entry) => {
    if (entry.kind === "spread") return [];
    const name = lowerCase ? entry.key.text.toLowerCase() : entry.key.text;
    return [{ name, value: lower(context, entry.value) }];
  });
}

/** A string is sent as text, bytes as they are, anything else as JSON. */
export function codecOf(type: Type): "json" | "text" | "bytes" {
  const kind = base(type.kind === "optional" ? type.of : type).kind;
  return kind === "string" ? "text" : kind === "bytes" ? "bytes" : "json";
}

/** Of a duration written as a literal; null where there is none. */
export function milliseconds(node: tree.Expression | null): number | null {
  if (node?.kind !== "number") return null;
  const meaning = numberMeaning(node);
  return "value" in meaning && typeof meaning.value === "number" ? meaning.value : null;
}
