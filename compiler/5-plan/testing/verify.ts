/** Whether a plan holds together: every slot is written before it is read, on every way; names exist; all is plain data. */
import type { Expr, Plan, Slot, Step } from "../plan.ts";
import { exprsOf } from "../walk.ts";

/** What is wrong, one sentence each; empty: nothing. */
export function verify(plan: Plan): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  const say = (problem: string): void => {
    problems.push(problem);
  };
  for (const service of plan.services) {
    if (names.has(service.name)) say(`two services are called ${service.name}`);
    names.add(service.name);
  }
  for (const constant of plan.constants)
    new Verifier(plan, say, `constant ${constant.name}`).expr(constant.value, new Set());
  for (const one of plan.functions) {
    new Verifier(plan, say, `function ${one.name}`).expr(one.body, new Set(one.parameters.map((slot) => slot.name)));
  }
  for (const route of plan.routes) {
    const verifier = new Verifier(plan, say, `route ${route.name}`);
    const known = new Set<string>();
    for (const segment of route.segments) if (segment.kind === "parameter") known.add(segment.slot.name);
    if (route.rest !== null) known.add(route.rest.name);
    if (route.guard !== null) verifier.expr(route.guard, known);
    if (verifier.steps(route.steps, known)) say(`route ${route.name} ends without an answer`);
  }
  return problems;
}

class Verifier {
  readonly #plan: Plan;
  readonly #say: (problem: string) => void;

  constructor(plan: Plan, say: (problem: string) => void, where: string) {
    this.#plan = plan;
    this.#say = (problem) => say(`${where}: ${problem}`);
  }

  /** Adds to `known` what is written on every way through; answers whether any way goes on behind the steps. */
  steps(steps: readonly Step[], known: Set<string>): boolean {
    for (const [index, step] of steps.entries()) {
      if (this.#step(step, known)) continue;
      if (index < steps.length - 1) this.#say(`steps behind a ${step.step} are never reached`);
      return false;
    }
    return true;
  }

  #step(step: Step, known: Set<string>): boolean {
    if (step.step === "gather") return this.#gather(step, known);
    for (const expr of exprsOf(step)) this.expr(expr, known);
    switch (step.step) {
      case "together":
        return step.branches.every((branch) => this.steps(branch, known));
      case "attempt": {
        const then = new Set(known);
        const otherwise = new Set(known);
        return this.#merge(known, then, this.steps(step.steps, then), otherwise, this.steps(step.otherwise, otherwise));
      }
      case "if": {
        const then = new Set(known);
        const otherwise = new Set(known);
        return this.#merge(known, then, this.steps(step.then, then), otherwise, this.steps(step.otherwise, otherwise));
      }
      case "forward":
        this.#service(step.service);
        this.steps(step.answer, new Set(known));
        return false;
      case "call":
        this.#service(step.service);
        known.add(step.slot.name);
        return true;
      case "identify":
        for (const { identity } of step.identities)
          if (!this.#plan.identities.some(({ name }) => name === identity))
            this.#say(`there is no identity ${identity}`);
        known.add(step.slot.name);
        return true;
      case "model":
        if (![...this.#plan.models, ...this.#plan.pools].some(({ name }) => name === step.model))
          this.#say(`there is no model ${step.model}`);
        return false;
      case "reply":
      case "deny":
      case "fail":
        return false;
      default:
        if ("slot" in step) known.add(step.slot.name);
        return true;
    }
  }

  #merge(
    known: Set<string>,
    then: Set<string>,
    thenGoesOn: boolean,
    otherwise: Set<string>,
    otherwiseGoesOn: boolean,
  ): boolean {
    for (const name of new Set([...then, ...otherwise])) {
      if ((!thenGoesOn || then.has(name)) && (!otherwiseGoesOn || otherwise.has(name))) known.add(name);
    }
    return thenGoesOn || otherwiseGoesOn;
  }

  #gather(step: Extract<Step, { step: "gather" }>, known: Set<string>): boolean {
    this.expr(step.list, known);
    const inner = new Set([...known, step.item.name]);
    this.steps(step.steps, inner);
    this.expr(step.result, inner);
    known.add(step.slot.name);
    return true;
  }

  #service(name: string): void {
    if (!this.#plan.services.some((service) => service.name === name)) this.#say(`there is no service ${name}`);
  }

  expr(expr: Expr, known: ReadonlySet<string>): void {
    const scoped = (slots: readonly Slot[], body: Expr): void =>
      this.expr(body, new Set([...known, ...slots.map((slot) => slot.name)]));
    switch (expr.expr) {
      case "slot":
        if (!known.has(expr.name)) this.#say(`the slot ${expr.name} is read where it may not have been written`);
        return;
      case "let":
        this.expr(expr.value, known);
        scoped([expr.slot], expr.body);
        return;
      case "lambda":
        scoped(expr.parameters, expr.body);
        return;
      case "global":
        if (!this.#plan.constants.some((one) => one.name === expr.name)) this.#say(`there is no constant ${expr.name}`);
        return;
      case "environment":
        if (!this.#plan.environment.some((one) => one.variable === expr.variable)) {
          this.#say(`${expr.variable} is not among the variables that are read`);
        }
        return;
      case "match":
        if (expr.arms.at(-1)?.test !== null) this.#say("the last arm of a match has a test");
        break;
      case "call":
        if (!this.#plan.functions.some((one) => one.name === expr.function))
          this.#say(`there is no function ${expr.function}`);
        break;
    }
    for (const part of Object.values(expr)) this.#parts(part, known);
  }

  #parts(part: unknown, known: ReadonlySet<string>): void {
    if (typeof part !== "object" || part === null) return;
    if (isExpr(part)) this.expr(part, known);
    else if (Array.isArray(part)) for (const item of part) this.#parts(item, known);
    else if ("value" in part) {
      this.#parts(part.value, known);
      if ("test" in part) this.#parts(part.test, known);
    }
  }
}

function isExpr(value: object): value is Expr {
  return "expr" in value;
}
