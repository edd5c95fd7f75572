/** Who answers the requests of tests: the interpreter, or whatever runs the compiled bundle. */
import {
  createInterpreter,
  type InterpretedAnswer,
  type InterpretedRequest,
  type World,
} from "../5-plan/interpreter/index.ts";
import type { EnvironmentPlan, Plan } from "../5-plan/plan.ts";

/** `environment` is what the test has given; whoever answers fills in the rest (`testEnvironment`). */
export type Answerer = (
  request: InterpretedRequest,
  world: World,
  environment: { readonly [name: string]: string },
) => Promise<InterpretedAnswer>;

export function interpreted(plan: Plan): Answerer {
  return (request, world, environment) =>
    createInterpreter(plan, testEnvironment(plan, environment)).answer(request, world);
}

const STANDINS: { readonly [type in EnvironmentPlan["type"]]: (variable: string) => string } = {
  string: (variable) => variable,
  int: () => "0",
  float: () => "0",
  bool: () => "false",
  duration: () => "1s",
  size: () => "1KB",
  url: (variable) => `http://${variable.toLowerCase().replaceAll("_", "-")}.test/`,
};

/** A variable without a default that the test says nothing about has a stand-in: a string its own name, a number 0. */
export function testEnvironment(
  plan: Plan,
  given: { readonly [name: string]: string | undefined },
): { [name: string]: string | undefined } {
  const environment: { [name: string]: string | undefined } = { ...given };
  for (const { variable, type, default: usual } of plan.environment) {
    if (environment[variable] === undefined && usual === null) environment[variable] = STANDINS[type](variable);
  }
  return environment;
}
