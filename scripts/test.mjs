/**
 * `npm test`: every check there is, in the order in which a failure is cheapest to see. Prepares the checkout by itself.
 * Ends with one line, "N passed, N failed"; exit code 1 when anything failed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const bin = join(root, "node_modules/.bin");
const vgw = join(root, "compiler/dist/vgw.mjs");
let passed = 0;
let failed = 0;

check("generated files are up to date", join(bin, "tsx"), ["scripts/generate-catalogue.ts", "--check"]);
check("the reference is up to date", join(bin, "tsx"), ["scripts/generate-reference.ts", "--check"]);
check("types", join(bin, "tsc"), ["-p", "."]);
check("lint and layout", join(bin, "biome"), ["check", "--error-on-warnings"]);
for (const example of examples()) {
  check(`examples/${example}: layout`, process.execPath, [vgw, "fmt", "--check", join("examples", example)]);
  check(`examples/${example}: checks`, process.execPath, [vgw, "check", join("examples", example)]);
  check(`examples/${example}: its tests`, process.execPath, [vgw, "test", join("examples", example)]);
  check(`examples/${example}: its tests, compiled`, process.execPath, [vgw, "test", "--compiled", join("examples", example)]);
}
tests();

process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

function check(name, command, args) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  const good = done.status === 0;
  process.stdout.write(`${good ? "ok  " : "FAIL"} ${name}\n`);
  if (good) passed++;
  else {
    failed++;
    process.stdout.write(`${done.stdout ?? ""}${done.stderr ?? ""}${done.error ? done.error.message : ""}\n`);
  }
}

function examples() {
  return readdirSync(join(root, "examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "examples", entry.name, "gateway.vgw")))
    .map(({ name }) => name)
    .sort();
}

/** Vitest prints for people; its JSON report gives the numbers, and what was left out is named. */
function tests() {
  const folder = mkdtempSync(join(tmpdir(), "vgw-test-"));
  const file = join(folder, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...process.argv.slice(2)];
  try {
    execFileSync(join(bin, "vitest"), args, { cwd: root, stdio: "inherit" });
  } catch {
    // The report says what failed.
  }
  if (!existsSync(file)) {
    process.stdout.write("FAIL vitest gave no report\n");
    failed++;
    return;
  }
  const report = JSON.parse(readFileSync(file, "utf8"));
  rmSync(folder, { recursive: true });
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  // A file that fails to load has no tests to count.
  if (!report.success && report.numFailedTests === 0) failed++;
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === "skipped" || test.status === "pending") process.stdout.write(`left out: ${test.fullName}\n`);
    }
  }
}
