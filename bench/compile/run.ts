/** How long `vgw check` and `vgw build` take, cold, by program size. Bars: 1,000 routes in 0.6 s and 2.5 s; linear to 20,000. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, publish, spread } from "../lib/report.ts";
import { generateProgram } from "./generate-program.ts";

const vgw = join(dirname(fileURLToPath(import.meta.url)), "../../compiler/dist/vgw.mjs");
const SIZES = [1, 100, 1000, 5000, 20_000];
const CHECK_BAR = 0.6;
const BUILD_BAR = 2.5;
/** Twenty times the routes may cost at most this many times the time of 1,000. */
const LINEAR_BAR = 20 * 1.25;

const folder = mkdtempSync(join(tmpdir(), "vgw-bench-compile-"));
const checks = new Map<number, number[]>();
const builds = new Map<number, number[]>();
const rows: string[][] = [];
for (const size of SIZES) {
  const file = join(folder, `${size}.vgw`);
  writeFileSync(file, generateProgram(size));
  const runs = size > 5000 ? 3 : 5;
  checks.set(size, repeat(runs, ["check", file]));
  builds.set(size, repeat(Math.min(3, runs), ["build", file, "-o", join(folder, `out-${size}`)]));
  rows.push([String(size), spread(checks.get(size)!, 2), spread(builds.get(size)!, 2)]);
  process.stderr.write(`${rows[rows.length - 1]!.join("  ")}\n`);
}
rmSync(folder, { recursive: true });

const of = (times: Map<number, number[]>, size: number): number => median(times.get(size)!);
publish({
  name: "compile",
  title: "Compile time by program size",
  method:
    "Whole process, cold, wall seconds: median (least–most) of 5 runs (3 for the largest; 3 for builds) after one that is not counted. Programs by `bench/compile/generate-program.ts`.",
  head: ["routes", "vgw check, s", "vgw build, s"],
  rows,
  bars: [
    { text: `vgw check of 1,000 routes under ${CHECK_BAR} s`, met: of(checks, 1000) < CHECK_BAR },
    { text: `vgw build of 1,000 routes under ${BUILD_BAR} s`, met: of(builds, 1000) < BUILD_BAR },
    {
      text: `vgw check of 20,000 routes at most ${LINEAR_BAR} times that of 1,000 (${(of(checks, 20_000) / of(checks, 1000)).toFixed(1)})`,
      met: of(checks, 20_000) <= LINEAR_BAR * of(checks, 1000),
    },
    {
      text: `vgw build of 20,000 routes at most ${LINEAR_BAR} times that of 1,000 (${(of(builds, 20_000) / of(builds, 1000)).toFixed(1)})`,
      met: of(builds, 20_000) <= LINEAR_BAR * of(builds, 1000),
    },
  ],
});

/** Seconds of each counted run. */
function repeat(runs: number, args: readonly string[]): number[] {
  const seconds: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const begun = process.hrtime.bigint();
    execFileSync(process.execPath, [vgw, ...args], { stdio: ["ignore", "ignore", "inherit"] });
    if (run > 0) seconds.push(Number(process.hrtime.bigint() - begun) / 1e9);
  }
  return seconds;
}
