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

function line(plan: Plan, entry: TraceEntry): string {
  const at = entry.origin === null ? "" : place(plan, entry.origin);
  switch (entry.entry) {
    case "candidate":
      return `route    ${entry.route}  ${VERDICTS[entry.verdict]}  (${at})`;
    case "step":
      return `  ${entry.step.padEnd(8)}${entry.shown === "" ? "" : `${entry.shown}  `}(${at})`;
    case "call":
      return `  ->      ${entry.service} ${entry.method} ${entry.target}: ${entry.outcome}  (${at})`;
    case "failure":
      return `  failed  ${entry.kind}: ${entry.detail}${entry.handled ? "; `else` takes over" : ""}  (${at})`;
    case "end":
      return `answer   ${entry.status}${entry.reason === "" ? "" : ` ${entry.reason}`}${at === "" ? "" : `  (${at})`}`;
  }
}
