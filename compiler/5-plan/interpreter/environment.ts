/** The environment as the program declares it: read once, typed, defaults filled in. */
import { boolFromText, floatFromText, intFromText, urlFromText } from "../../../runtime/value/index.ts";
import { StartError } from "../../../runtime/start-error.ts";
import { units } from "../../vocabulary/index.ts";
import type { EnvironmentPlan, Plan } from "../plan.ts";

/** Throws a `StartError` that names every variable which is missing or malformed. */
export function readEnvironment(
  plan: Plan,
  environment: { readonly [name: string]: string | undefined },
): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  for (const entry of plan.environment) {
    const text = environment[entry.variable];
    const value = text === undefined ? entry.default : fromText(text, entry.type);
    if (value === null) problems.push(`${entry.variable} is not set`);
    else if (value === undefined) problems.push(`${entry.variable} is not of type ${entry.type}`);
    else values.set(entry.variable, value);
  }
  if (problems.length > 0) {
    throw new StartError("start.environment", "the environment is incomplete", problems, "Set these variables.");
  }
  return values;
}

function fromText(text: string, type: EnvironmentPlan["type"]): unknown {
  switch (type) {
    case "string":
      return text;
    case "int":
      return intFromText(text);
    case "float":
      return floatFromText(text);
    case "bool":
      return boolFromText(text);
    case "url":
      return urlFromText(text);
    case "duration":
    case "size":
      return withUnit(text, type);
  }
}

/** "30s", "1.5MB": a number and one of the language's units. */
function withUnit(text: string, type: "duration" | "size"): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]+)$/.exec(text.trim());
  const unit = units.get(match?.[2] ?? "");
  if (unit === undefined || unit.type !== type) return undefined;
  const value = (Number(match?.[1]) * unit.times) / unit.over;
  return type === "size" && !Number.isSafeInteger(value) ? undefined : value;
}
