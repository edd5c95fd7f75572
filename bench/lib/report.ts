/** Where figures go: a table on the terminal and, with `--write`, a dated file with the machine's description in `bench/results/`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const results = join(dirname(fileURLToPath(import.meta.url)), "../results");

export interface Report {
  readonly name: string;
  readonly title: string;
  readonly method: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Bars that were asked for, and whether they were met. */
  readonly bars: readonly { readonly text: string; readonly met: boolean }[];
}

export function publish(report: Report): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const processor = cpus()[0]?.model ?? "unknown processor";
  const text = [
    `# ${report.title}`,
    "",
    `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}.`,
    report.method,
    "",
    line(report.head),
    line(report.head.map(() => "---")),
    ...report.rows.map(line),
    "",
    ...report.bars.map(({ text: bar, met }) => `- ${met ? "met" : "**not met**"}: ${bar}`),
    "",
  ].join("\n");
  process.stdout.write(`\n${text}\n`);
  if (!process.argv.includes("--write")) return;
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${report.name}.md`), text);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const spread = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
