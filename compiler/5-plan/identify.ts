/** `identify`: the caller goes to a slot, which `caller` reads from there on. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedIdentity } from "../3-types/checked.ts";
import { STRING, UNKNOWN } from "../3-types/construct.ts";
import { NONE, type RecordType, type Type } from "../3-types/type.ts";
import { binary, text } from "./build.ts";
import {
  bindingOfCaller,
  bindingOfIdentity,
  type Context,
  meaningOf,
  newSlot,
  originOf,
  readSlot,
  toSteps,
} from "./context.ts";
import { lowerOtherwise } from "./else.ts";
import { callerType } from "./identity.ts";
import type { Expr, Step } from "./plan.ts";

export function lowerIdentify(context: Context, node: tree.IdentifyStep): void {
  if (context.out.mode !== "steps") return;
  const { body, out } = context;
  const origin = originOf(context, node);
  const { how } = node;
  const named = node.identities.map((name) => {
    const meant = identityMeant(context, name);
    const identity = identityName(context, meant);
    return { name: how === "all" ? name.text : identity, identity, caller: callerType(identity, meant) };
  });
  const slot = newSlot(context, "caller", slotType(how, named));
  const identities = named.map(({ name, identity }) => ({ name, identity }));
  const identify = { step: "identify", origin, how, identities, slot } as const;
  if (node.otherwise === null) out.steps.push(identify);
  else {
    const otherwise: Step[] = [];
    lowerOtherwise(toSteps(context, otherwise), node.otherwise, null);
    out.steps.push({ step: "attempt", origin, steps: [identify], otherwise });
  }
  const read = readSlot(slot);
  const any = how === "any";
  // As a place in the program knows it: the arms of `match caller` know more than what is around them.
  body.bindings.set(bindingOfCaller, any ? { expr: "field", type: UNKNOWN, of: read, name: "claims" } : read);
  if (any) body.bindings.set(bindingOfIdentity, { expr: "field", type: STRING, of: read, name: "identity" });
}

interface Named {
  readonly name: string;
  readonly identity: string;
  readonly caller: RecordType;
}

function slotType(how: tree.IdentifyStep["how"], named: readonly Named[]): Type {
  const [first] = named;
  if (first === undefined) return UNKNOWN;
  if (how === "one") return first.caller;
  if (how === "all") return record(named.map(({ name, caller }) => [name, caller]));
  const members = named.map(({ identity, caller }) =>
    record([
      ["identity", { kind: "literal", value: identity, labels: NONE }],
      ["claims", caller],
    ]),
  );
  return { kind: "union", members, labels: NONE };
}

function record(fields: readonly (readonly [string, Type])[]): RecordType {
  const typed = fields.map(([name, type]) => ({ name, type, default: undefined }));
  return { kind: "record", name: null, fields: typed, labels: NONE };
}

function identityMeant(context: Context, name: tree.Name): CheckedIdentity {
  const meaning = meaningOf(context, name);
  if (meaning?.kind !== "identity") throw new Error("`identify` and `match caller` name identities");
  return meaning.identity;
}

function identityName(context: Context, identity: CheckedIdentity): string {
  return context.body.program.identities.get(identity) ?? identity.name;
}

/** Whether identities are told apart, not values. */
export function isCallerMatch(context: Context, node: tree.Match): boolean {
  return meaningOf(context, node.subject)?.kind === "caller";
}

/** Of an arm of `match caller`: whether the caller is of this identity. */
export function identityTest(context: Context, pattern: tree.Expression): Expr {
  if (pattern.kind !== "reference") throw new Error("`match caller` names identities");
  const identity = context.body.bindings.get(bindingOfIdentity);
  if (identity === undefined) throw new Error("a caller of one identity is not told apart");
  return binary("==", identity, text(identityName(context, identityMeant(context, pattern.name))));
}
