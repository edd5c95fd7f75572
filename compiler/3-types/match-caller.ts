/** `match caller { staff => …, partner => … }`: each arm knows the caller as what it is there. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedIdentity } from "./checked.ts";
import { type Body, type Local, report } from "./context.ts";
import { NEVER, UNKNOWN } from "./construct.ts";
import { check } from "./expression.ts";
import { CALLER, callerOf } from "./identify.ts";
import { identityNamed } from "./identity.ts";
import { join } from "./join.ts";
import { withLabels } from "./labels.ts";
import { mismatchOfArms, notExhaustive } from "./match.ts";
import { enter } from "./scopes.ts";
import { describe } from "./show.ts";
import type { Type } from "./type.ts";

type KnownCaller = Local & { readonly identities: readonly CheckedIdentity[] };

/** The caller that is told apart; null: the subject is something else, or one whole (`all`). */
export function callerMatched(body: Body, { subject }: tree.Match): KnownCaller | null {
  if (subject.kind !== "reference" || subject.name.text !== CALLER) return null;
  const local = body.scope.find(CALLER);
  return local?.identities ? { ...local, identities: local.identities } : null;
}

export function checkCallerMatch(body: Body, node: tree.Match, caller: KnownCaller, expected: Type | null): Type {
  check(body, node.subject);
  let left = caller.identities;
  let all: Type = NEVER;
  let known = true;
  for (const arm of node.arms) {
    const named = arm.patterns?.map((pattern) => identityOf(body, pattern));
    if (named?.includes(null)) known = false;
    const taken = named ? left.filter((identity) => named.includes(identity)) : left;
    if (known && taken.length === 0) {
      const were = named?.some((identity) => identity && caller.identities.includes(identity)) ?? true;
      const text = were ? "arms before it take all of it" : "nobody is identified by this here";
      report(body, arm.patterns?.[0] ?? arm, "VGW3017", {}, text);
    }
    left = left.filter((identity) => !taken.includes(identity));
    const type = enter(body, () => {
      body.scope.declare(CALLER, { ...caller, type: known ? callerOf(taken) : UNKNOWN, identities: taken });
      return check(body, arm.value, expected);
    });
    const joined = join(all, type);
    if (joined === null) mismatchOfArms(body, arm, type, all);
    all = joined ?? UNKNOWN;
  }
  const missing = left.map(({ name }) => name);
  if (known && missing.length > 0) notExhaustive(body, node, missing);
  return node.arms.length === 0 ? UNKNOWN : withLabels(all, []);
}

/** null: it names none, which has been reported. */
function identityOf(body: Body, pattern: tree.Expression): CheckedIdentity | null {
  if (pattern.kind === "reference") return identityNamed(body, pattern.name);
  const type = check(body, pattern);
  if (type.kind !== "unknown")
    report(
      body,
      pattern,
      "VGW3001",
      { expected: "an identity", found: describe(type) },
      "name an identity of `identify`",
    );
  return null;
}
