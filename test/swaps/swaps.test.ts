/**
 * Swaps under load with long downloads, uploads, event streams and WebSockets open, all in processes of their own: no request fails, no stream breaks, nothing is
 * kept. `npm run swaps` does a thousand, and compares latency.
 */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { swapRun } from "./swap-run.ts";

const SWAPS = 60;

test.runIf(existsSync("/proc/self/fd")).each(["fast", "strict"] as const)(
  `${SWAPS} swaps on the %s transport`,
  { timeout: 120_000 },
  async (transport) => {
    const report = await swapRun({ transport, swaps: SWAPS, blocks: 2, every: 60, streamFor: 1500 });
    expect(report).toMatchObject({ failures: [], bundles: ["a", "b"], generation: SWAPS + 1, generations: 1 });
    expect(report.requests).toBeGreaterThan(SWAPS);
    for (const [kind, count] of Object.entries(report.streams)) expect(count, kind).toBeGreaterThan(0);
    // A generation that is kept is some 200 KB: forty would be twice as much.
    const { first, last } = report.memory;
    expect(last.heapUsed).toBeLessThan(first.heapUsed + 4_000_000);
    expect(last.sockets).toBeLessThanOrEqual(first.sockets + 20);
  },
);
