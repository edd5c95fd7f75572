/** A decision trace as text, one line per entry, each with the place in the source that it comes from: what `vgw why` prints. */
import type { Origin, Plan } from "../plan.ts";
import type { TraceEntry } from "./trace.ts";

const VERDICTS = {
  matched: "matches",
  host: "is for another host",
  path: "is for another path",
  method: "is for another method",
  guard: "its `when` does not hold",
} as const;

export function renderTrace(plan: Plan, trace: readonly TraceEntry[]): string {
  return trace.map((entry) => line(plan, entry)).join("\n");
}

/** "shop.vgw:12:3", both counted from 1. */
export function place(plan: Plan, origin: Origin): string {
  const [row, column] = plan.spans[origin.file]?.[origin.node] ?? [0, 0];
  return `${plan.files[origin.file]?.path ?? "?"}:${row + 1}:${column + 1}`;
}

const LONGEST = 70;

/** The place and the source line that begins there, as far as it fits. */
function source(plan: Plan, origin: Origin): string {
  const [row, column] = plan.spans[origin.file]?.[origin.node] ?? [0, 0];
  const text = (plan.files[origin.file]?.text.split("\n")[row] ?? "").slice(column).trim();
  const shown = text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
  return `(${place(plan, origin)}${shown === "" ? "" : ` ${shown}`})`;
}

function line(plan: Plan, entry: TraceEntry): string {
  switch (entry.entry) {
    case "candidate":
      return `route    ${entry.route}  ${VERDICTS[entry.verdict]}  (${place(plan, entry.origin)})`;
    case "step":
      return `  ${entry.step.padEnd(7)} ${entry.shown === "" ? "" : `${entry.shown}  `}${source(plan, entry.origin)}`;
    case "call":
      return `  ->      ${entry.service} ${entry.method} ${entry.target}: ${entry.outcome}  (${place(plan, entry.origin)})`;
    case "failure": {
      const problems = entry.problems
        .map((problem) => `\n            ${problem.path || "/"} ${problem.message}`)
        .join("");
      const handled = entry.handled ? "; `else` takes over" : "";
      return `  failed  ${entry.kind}: ${entry.detail}${handled}  ${source(plan, entry.origin)}${problems}`;
    }
    case "end": {
      const at = entry.origin === null ? "" : `  (${place(plan, entry.origin)})`;
      return `answer   ${entry.status}${entry.reason === "" ? "" : ` ${entry.reason}`}${at}`;
    }
  }
}
