/** `vgw test`: runs the tests that stand in a program, against the reference interpreter or the compiled bundle. */
import { lower } from "../5-plan/index.ts";
import { renderFailure, runTests, type TestReport } from "../testing/index.ts";
import { CommandError, exit, plural, print, printJson, remark, styleFor } from "./output.ts";
import { checkedOrEnd, findEntry } from "./program.ts";

export interface TestOptions {
  readonly json?: boolean;
  readonly compiled?: boolean;
  readonly only?: string;
}

export async function runTest(path: string | undefined, options: TestOptions): Promise<number> {
  const result = checkedOrEnd(findEntry(path), options);
  const only = options.only;
  const tests = result.program.tests.filter(({ name }) => only === undefined || name.includes(only));
  if (tests.length === 0) {
    const all = result.program.tests.length;
    const message = all === 0 ? "this program has no tests" : `none of its ${plural(all, "test")} contains "${only}"`;
    throw new CommandError(message, exit.usage, 'write one: test "what holds" { send GET "/" expect status == 200 }');
  }
  const program = { ...result.program, tests };
  const plan = lower(result.program);
  const answerer = options.compiled ? await (await import("../testing/compiled.ts")).compiled(plan) : undefined;
  const reports = await runTests(program, plan, answerer);
  const failed = reports.filter((report) => !report.passed).length;
  if (options.json) printJson({ passed: reports.length - failed, failed, tests: reports });
  else show(reports, failed);
  return failed > 0 ? exit.program : exit.good;
}

function show(reports: readonly TestReport[], failed: number): void {
  const style = styleFor(process.stdout);
  for (const report of reports) {
    print(`${report.passed ? "ok  " : style.error("FAIL")} ${report.title}`);
    for (const failure of report.failures) {
      print(`${renderFailure(failure).replace(/^/gm, "     ")}`);
      if (failure.trace !== "") print(style.faint(failure.trace.replace(/^/gm, "       ")));
    }
  }
  remark(`${reports.length - failed} passed, ${failed} failed`);
}
