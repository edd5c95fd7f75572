/** Who answers the requests of tests: the interpreter, or whatever runs the compiled bundle. */
import {
  createInterpreter,
  type InterpretedAnswer,
  type InterpretedRequest,
  type World,
} from "../5-plan/interpreter/index.ts";
import type { StaticValue } from "../3-types/checked.ts";
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

/** More than any hash has bytes. */
const SECRET_LENGTH = 64;

/** The public key of RFC 8037, appendix A. */
const KEY_SET = '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}';

/** Keys that the test does not give: a secret is long enough for every algorithm, key records are none. */
function standInForKeys(
  keys: StaticValue | undefined,
  given: { readonly [name: string]: string | undefined },
  environment: { [name: string]: string | undefined },
): void {
  const standIn = (value: StaticValue | undefined, text: (variable: string) => string): void => {
    if (typeof value !== "object" || value === null || !("variable" in value)) return;
    const variable = String(value.variable);
    if (given[variable] === undefined) environment[variable] = text(variable);
  };
  if (typeof keys !== "object" || keys === null) return;
  standIn(keys, () => "[]");
  if ("secret" in keys) standIn(keys.secret, (variable) => variable.repeat(SECRET_LENGTH));
  if ("text" in keys) standIn(keys.text, () => KEY_SET);
}

/** A variable without a default that the test says nothing about has a stand-in: a string its own name, a number 0. */
export function testEnvironment(
  plan: Plan,
  given: { readonly [name: string]: string | undefined },
): { [name: string]: string | undefined } {
  const environment: { [name: string]: string | undefined } = { ...given };
  for (const { variable, type, default: usual } of plan.environment) {
    if (environment[variable] === undefined && usual === null) environment[variable] = STANDINS[type](variable);
  }
  // Models are asked over https.
  for (const { configuration } of plan.models) {
    const { base } = configuration;
    if (typeof base !== "object" || base === null || !("variable" in base)) continue;
    const variable = String(base.variable);
    if (given[variable] === undefined && base.default === null) environment[variable] = "https://model.test";
  }
  for (const { configuration } of plan.identities) standInForKeys(configuration.keys, given, environment);
  return environment;
}
