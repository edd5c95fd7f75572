/** The environment as a program declares it: read once when the bundle is configured, typed, every problem collected. */
import { StartError } from "../start-error.ts";

export interface Environment {
  readonly [name: string]: string | undefined;
}

/** One variable; `spare` null: it must be set. What is wrong goes to `problems`. */
export function variable<T>(
  environment: Environment,
  name: string,
  type: string,
  parse: (text: string) => T | undefined,
  spare: T | null,
  problems: string[],
): T {
  const text = environment[name];
  const value = text === undefined ? spare : parse(text);
  if (value === null) problems.push(`${name} is not set`);
  else if (value === undefined) problems.push(`${name} is not a value of type ${type}`);
  // With a problem noted the program is not loaded, and the value is never looked at.
  return value as T;
}

/** "30s", "1.5MB": a number and one of `units` (what one of it is in milliseconds or bytes). */
export function withUnit(text: string, units: { readonly [unit: string]: number }, whole: boolean): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]+)$/.exec(text.trim());
  const unit = match?.[2] ?? "";
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (match === null || factor === undefined) return undefined;
  const value = Number(match[1]) * factor;
  return whole && !Number.isSafeInteger(value) ? undefined : value;
}

export function environmentError(problems: readonly string[]): StartError {
  return new StartError(
    "start-environment",
    "the environment is incomplete",
    problems,
    "Set these variables and start again.",
  );
}
