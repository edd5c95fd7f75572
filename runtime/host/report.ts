/** A refused start as text for a terminal, and the exit code that goes with it. */
import { StartError } from "../start-error.ts";

export function startErrorText(error: unknown): string {
  if (!(error instanceof StartError)) {
    return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  }
  const problems = error.problems.map((problem) => `  - ${problem}\n`).join("");
  return `error ${error.code}: ${error.message}\n${problems}next: ${error.next}\n`;
}

/** 2: wrong usage; 3: the environment, the artifact or the machine does not allow it. */
export function startErrorExit(error: unknown): number {
  return error instanceof StartError && error.code === "start-usage" ? 2 : 3;
}
