/** Many swaps under load, in a process of its own: nothing fails, no connection is closed, nothing is kept. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const SWAPS = 300;

interface Report {
  readonly requests: number;
  readonly upstreamConnections: { readonly opened: number; readonly closed: number };
  readonly heapBefore: number;
  readonly heapAfter: number;
}

describe(`${SWAPS} swaps between two bundles under load`, () => {
  it.each(["strict", "fast"])("on the %s transport", { timeout: 120_000 }, async (transport) => {
    const program = join(import.meta.dirname, "testing/swap-load.ts");
    const args = ["--expose-gc", "--import", "tsx", program, transport, String(SWAPS)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const report: Report = JSON.parse(stdout);
    expect(report).toMatchObject({
      failures: [],
      bundles: ["a", "b"],
      // The clients' connections and the upstream's: none was closed, and no more were opened than clients ask at once.
      clientConnections: 4,
      upstreamConnections: { closed: 0 },
      generations: [1],
      pools: [1],
      lastId: SWAPS + 21,
    });
    expect(report.upstreamConnections.opened).toBeLessThanOrEqual(4);
    expect(report.requests).toBeGreaterThan(SWAPS * 4);
    expect(report.heapAfter).toBeLessThan(report.heapBefore * 1.1);
  });
});
