/** What processes hold in memory, from the kernel's accounting. */
import { readFileSync } from "node:fs";
import { withDescendants } from "./process.ts";

/** Bytes of the process and its descendants; what they share counts once (proportional set size, proc(5)). */
export function memoryBytes(pid: number): number {
  let sum = 0;
  for (const member of withDescendants(pid)) {
    try {
      const text = readFileSync(`/proc/${member}/smaps_rollup`, "utf8");
      sum += Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return sum;
}
