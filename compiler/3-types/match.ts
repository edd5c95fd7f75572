/** `match subject { pattern => value }`: every value of the subject has its arm, and every arm has a value. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report, sourceOf } from "./context.ts";
import { NEVER, present, UNKNOWN } from "./construct.ts";
import { canMatch, Coverage } from "./coverage.ts";
import { callerMatched, checkCallerMatch } from "./match-caller.ts";
import { check } from "./expression.ts";
import { describeKind, mismatch } from "./expect.ts";
import { base, join, membersOf } from "./join.ts";
import { withLabels } from "./labels.ts";
import { numberMeaning } from "./literal.ts";
import { enter, pathOf } from "./scopes.ts";
import { describe, show } from "./show.ts";
import type { Type } from "./type.ts";

export function checkMatch(body: Body, node: tree.Match, expected: Type | null): Type {
  const caller = callerMatched(body, node);
  if (caller) return checkCallerMatch(body, node, caller, expected);
  const subject = check(body, node.subject);
  const known = subject.kind !== "unknown" && subject.kind !== "never";
  const coverage = new Coverage(subject);
  const path = pathOf(body, node.subject);
  let absenceTaken = false;
  let all: Type = NEVER;
  for (const arm of node.arms) {
    const reachable = takeArm(body, arm, subject, coverage);
    if (known && !reachable)
      report(
        body,
        arm.patterns?.[0] ?? arm,
        "VGW3017",
        {},
        isTaken(body, arm, subject) ? "arms before it take all of it" : `no value of ${show(subject)}`,
      );
    const here = arm.patterns?.some((pattern) => pattern.kind === "none") ?? false;
    const type = enter(body, () => {
      if (path && (absenceTaken || (!here && arm.patterns !== null))) body.scope.prove(path);
      return check(body, arm.value, expected);
    });
    absenceTaken ||= here;
    const joined = join(all, type);
    if (joined === null) mismatchOfArms(body, arm, type, all);
    all = joined ?? UNKNOWN;
  }
  const missing = coverage.missing();
  if (known && missing.length > 0) notExhaustive(body, node, missing);
  return all.kind === "never" && node.arms.length === 0 ? UNKNOWN : withLabels(all, []);
}

/** Whether the arm would have something to take if it stood first. */
function isTaken(body: Body, arm: tree.MatchArm, subject: Type): boolean {
  const fresh = new Coverage(subject);
  return arm.patterns === null || arm.patterns.some((pattern) => pattern.kind === "none" || take(body, pattern, fresh));
}

export function mismatchOfArms(body: Body, arm: tree.MatchArm, type: Type, all: Type): void {
  report(
    body,
    arm.value,
    "VGW3001",
    { expected: describeKind(all), found: describe(type) },
    `each arm before gives ${describeKind(all)}`,
  );
}

export function notExhaustive(body: Body, node: tree.Match, missing: readonly string[]): void {
  const named = missing.filter((name) => name !== "everything else");
  report(body, node.subject, "VGW3016", { cases: missing.join(", ") }, "has values without an arm", {
    help:
      missing.length > named.length
        ? "add an arm for what remains: _ => …"
        : `add ${named
            .slice(0, 3)
            .map((name) => `${name} => …`)
            .join(", ")}`,
  });
}

/** False: nothing is left for this arm. */
function takeArm(body: Body, arm: tree.MatchArm, subject: Type, coverage: Coverage): boolean {
  if (arm.patterns === null) return coverage.takeRest();
  let any = false;
  for (const pattern of arm.patterns) if (takePattern(body, pattern, subject, coverage)) any = true;
  return any;
}

function takePattern(body: Body, pattern: tree.Expression, subject: Type, coverage: Coverage): boolean {
  const type = check(body, pattern, present(subject));
  if (subject.kind === "unknown" || type.kind === "unknown") return true;
  if (pattern.kind === "none") return coverage.take(null);
  const open = base(present(subject));
  const patternType = base(type.kind === "range" ? type.of : type);
  const comparable = membersOf(open).some(
    (member) => base(member).kind === patternType.kind || (isNumeric(member) && isNumeric(patternType)),
  );
  if (!canMatch(subject) || !comparable) {
    mismatch(body, pattern, type.kind === "range" ? type.of : type, present(subject));
    return true;
  }
  return take(body, pattern, coverage);
}

function isNumeric(type: Type): boolean {
  return type.kind === "int" || type.kind === "float";
}

function take(body: Body, pattern: tree.Expression, coverage: Coverage): boolean {
  if (pattern.kind === "string" || pattern.kind === "boolean") return coverage.take(pattern.value);
  const number = wholeNumber(pattern);
  if (number !== null) return coverage.take(number);
  if (pattern.kind === "range") {
    const from = pattern.from ? wholeNumber(pattern.from) : Number.NEGATIVE_INFINITY;
    const to = pattern.to ? wholeNumber(pattern.to) : Number.POSITIVE_INFINITY;
    if (from !== null && to !== null && coverage.takeRange(from, to)) return true;
  }
  return coverage.takeNamed(sourceOf(body.module, pattern));
}

/** The value of a whole number without unit, negative ones included. */
export function wholeNumber(node: tree.Expression): number | null {
  if (node.kind === "unary" && node.operator === "-") {
    const operand = wholeNumber(node.operand);
    return operand === null ? null : -operand;
  }
  if (node.kind !== "number") return null;
  const meaning = numberMeaning(node);
  return "type" in meaning && meaning.type.kind === "int" && typeof meaning.value === "number" ? meaning.value : null;
}
