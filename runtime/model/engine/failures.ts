/** Between the two ways in which things go wrong here: errors of models, which clients are told in their dialect, and failures, which programs handle. */
import { Failure, type FailureKind } from "../../failure.ts";
import type { ModelError, ModelErrorClass } from "../canonical/error.ts";
import type { Refusal } from "../dialect/dialect.ts";

/** What a client is told where a provider could not be asked, or its connection failed. Hosts and causes are for the log. */
export function errorOf(failure: Failure): ModelError {
  switch (failure.kind) {
    case "timeout":
      return error("timeout", 504, "The model did not answer in time.");
    case "overload":
      return error("overloaded", 503, "The model takes no more requests just now.");
    case "invalid":
      return error("client", failure.status, failure.detail);
    default:
      return error("upstream", 502, "The model's provider cannot be reached, or broke off.");
  }
}

/** For an `else` of the program. */
export function failureOf(problem: ModelError, model: string): Failure {
  const [kind, code] = KINDS[problem.class];
  return new Failure(
    kind,
    problem.status,
    code,
    `${model}: ${problem.class}${problem.code === "" ? "" : ` (${problem.code})`}`,
  );
}

const KINDS: { readonly [Class in ModelErrorClass]: readonly [FailureKind, string] } = {
  client: ["invalid", "invalid-input"],
  policy: ["invalid", "invalid-input"],
  context: ["invalid", "invalid-input"],
  "not-found": ["status", "upstream-status"],
  auth: ["status", "upstream-status"],
  quota: ["status", "upstream-status"],
  rate: ["status", "upstream-status"],
  overloaded: ["overload", "upstream-overloaded"],
  timeout: ["timeout", "upstream-timeout"],
  upstream: ["protocol", "upstream-invalid"],
};

const MOST_REFUSALS = 8;

/** What of a request cannot be taken, in one error. */
export function refused(refusals: readonly Refusal[]): ModelError {
  const told = refusals.slice(0, MOST_REFUSALS);
  const texts = told.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  if (refusals.length > told.length) texts.push(`And ${refusals.length - told.length} more.`);
  const [first] = told;
  return {
    ...error("client", 400, texts.join(" ")),
    parameter: first === undefined || first.path === "" ? null : first.path,
  };
}

export function error(kind: ModelErrorClass, status: number, message: string): ModelError {
  return { class: kind, status, code: "", message, parameter: null, retryAfter: null };
}
