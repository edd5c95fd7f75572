/** Expressions of tests, lowered and evaluated like those of routes; what a test observes are slots with known values. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedModel, CheckedModule, CheckedPolicy, CheckedProgram } from "../3-types/checked.ts";
import type { Type } from "../3-types/type.ts";
import { budgetNamesOf } from "../5-plan/budget.ts";
import type { Context, Program } from "../5-plan/context.ts";
import { lower } from "../5-plan/expression.ts";
import { prepare } from "../5-plan/index.ts";
import { createInterpreter, type World } from "../5-plan/interpreter/index.ts";
import { Names } from "../5-plan/names.ts";
import type { Expr, Plan, Step } from "../5-plan/plan.ts";
import { lowerTarget } from "../5-plan/target.ts";
import { Failure } from "../../runtime/failure.ts";
import { testEnvironment } from "./answerer.ts";

/** An expression of a test has no value, and so the test cannot go on. */
export class Unworkable extends Error {
  readonly node: tree.Expression;
  constructor(node: tree.Expression, message: string) {
    super(message);
    this.node = node;
  }
}

export class Expressions {
  readonly #program: Program;
  readonly #plan: Plan;
  readonly #environment: ReadonlyMap<string, string>;

  /** `environment` is what the test gives; it may grow while the test runs. */
  constructor(checked: CheckedProgram, plan: Plan, environment: ReadonlyMap<string, string>) {
    this.#program = prepare(checked);
    this.#plan = plan;
    this.#environment = environment;
  }

  serviceName(service: CheckedProgram["services"][number]): string {
    return this.#program.services.get(service) ?? service.name;
  }

  modelName(model: CheckedProgram["models"][number]): string {
    return this.#program.models.get(model) ?? model.name;
  }

  identityName(identity: CheckedProgram["identities"][number]): string {
    return this.#program.identities.get(identity) ?? identity.name;
  }

  /** Of the budgets of a model, a choice or a policy, or of steps with this name. */
  budgetNames(of: CheckedModel | CheckedPolicy | string): readonly string[] {
    return budgetNamesOf(this.#program, of);
  }

  value(
    module: CheckedModule,
    node: tree.Expression,
    slots: ReadonlyMap<string, unknown>,
    world: World,
  ): Promise<unknown> {
    return this.#evaluate(module, node, slots, world, lower);
  }

  /** A path with its holes encoded. */
  async target(module: CheckedModule, node: tree.Expression, world: World): Promise<string> {
    return String(await this.#evaluate(module, node, new Map(), world, lowerTarget));
  }

  /** What the program reads a variable as; a string where it does not. */
  variableType(variable: string): string {
    return this.#plan.environment.find((one) => one.variable === variable)?.type ?? "string";
  }

  typeOf(module: CheckedModule, node: tree.Expression): Type | undefined {
    return module.types.get(node.id);
  }

  async #evaluate(
    module: CheckedModule,
    node: tree.Expression,
    slots: ReadonlyMap<string, unknown>,
    world: World,
    how: (context: Context, node: tree.Expression) => Expr,
  ): Promise<unknown> {
    const steps: Step[] = [];
    const context: Context = {
      body: {
        program: this.#program,
        names: new Names(),
        limits: new Names(),
        bindings: new Map(),
        rests: new Set(),
        faults: null,
      },
      module,
      out: { mode: "steps", steps },
      hint: "value",
      prefix: "",
      failure: null,
    };
    const value = how(context, node);
    // Tests may call functions and read variables that no route does.
    const variables = [...this.#program.environment.values(), ...this.#plan.environment];
    const plan: Plan = {
      ...this.#plan,
      functions: [
        ...new Map([...this.#plan.functions, ...this.#program.called.values()].map((one) => [one.name, one])).values(),
      ],
      environment: [...new Map(variables.map((one) => [one.variable, one])).values()],
    };
    const interpreter = createInterpreter(plan, testEnvironment(plan, Object.fromEntries(this.#environment)));
    const result = await interpreter.evaluate(steps, value, slots, world);
    if (result instanceof Failure) throw new Unworkable(node, `this has no value: ${result.detail}`);
    return result;
  }
}
