/** The test engine: programs whose own tests must pass, both ways, and tests that must fail with the right words. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, compileText } from "../5-plan/testing/program.ts";
import { compiled as compiledAnswerer } from "./compiled.ts";
import { patternMatches } from "./fake.ts";
import { renderFailure, runTests, type TestReport } from "./index.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string | null => (existsSync(path) ? readFileSync(path, "utf8") : null);

const examples = readdirSync(join(ROOT, "examples"))
  .map((name) => join(ROOT, "examples", name, "gateway.vgw"))
  .filter((path) => existsSync(path));
/** Behind the first three: gateways as their authors would write them. */
const own = ["whole", "narrow", "models", "teams", "documents", "demo", "coding", "migration"].map((name) =>
  join(import.meta.dirname, `programs/${name}.vgw`),
);
const programs = [...examples, ...own];

const failuresOf = (reports: readonly TestReport[]): string[] =>
  reports.flatMap(({ failures }) => failures.map(renderFailure));

describe.each(programs.map((path) => ({ name: path.slice(ROOT.length + 1), path })))("$name", ({ path }) => {
  const program = compile(path, read);
  test("its tests pass", async () => {
    expect(program).not.toBeNull();
    if (program === null) return;
    const reports = await runTests(program.checked, program.plan);
    expect(failuresOf(reports)).toEqual([]);
    expect(reports.length).toBeGreaterThan(0);
  });
  test("they pass against the compiled bundle", async () => {
    if (program === null) return;
    const reports = await runTests(program.checked, program.plan, await compiledAnswerer(program.plan));
    expect(failuresOf(reports)).toEqual([]);
  });
});

const PROGRAM = `
service orders { url: "http://127.0.0.1:1" }
type Order { id: int, total: money }
route GET "/orders/{id: int}" open {
  let order = orders.get("/orders/{id}") as Order else deny 502 "away"
  log { id: order.id }
  reply { id: order.id, total: order.total }
}
route GET "/now" open { reply { now: now, share: share("a"), number: random_int(1, 1000000), env: env("PLACE", int) } }
`;

async function run(source: string): Promise<TestReport[]> {
  const { checked, plan } = compileText(`${PROGRAM}${source}`);
  return runTests(checked, plan);
}

/** What the first failure of the only test says, behind the place. */
async function failureOf(steps: string): Promise<string> {
  const [report] = await run(`test "t" {\n${steps}\n}`);
  expect(report?.passed).toBe(false);
  const [failure] = report?.failures ?? [];
  return failure === undefined ? "" : renderFailure(failure);
}

test("a failed expectation shows its expression and what its parts were", async () => {
  const text = await failureOf(`  given orders.get("/orders/*") = { id: 3, total: $4.20 }
  send GET "/orders/3"
  expect status == 200
  expect body.id == 4 and header("content-type") != "application/json", body.total in [1.0, 2.0]`);
  expect(text).toBe(`main.vgw:15:10: this does not hold
    body.id == 4 and header("content-type") != "application/json"
    body.id is 3
    header("content-type") is "application/json"`);
});

test("every condition of an expectation is judged", async () => {
  const [report] = await run(
    `test "t" { send GET "/nowhere"; expect status == 200, reason == "reply", status == 404 }`,
  );
  expect(report?.failures.map((failure) => failure.expression)).toEqual(["status == 200", 'reason == "reply"']);
  expect(report?.failures[0]?.trace).toContain("answer   404 not-found");
});

test("a call without a fake fails the test, and the rest of it is not run", async () => {
  const [report] = await run(
    `test "t" { given orders.get("/orders/2") = timeout; send GET "/orders/3"; send GET "/now" }`,
  );
  expect(report?.failures.map((failure) => failure.message)).toEqual([
    'orders.get("/orders/3") was called, and no `given` says what it answers',
  ]);
  expect(report?.sends).toBe(1);
});

test("an expectation before any request says so", async () => {
  expect(await failureOf("  expect status == 200")).toContain("nothing was sent before this `expect`");
});

test.each([
  [
    "a value is a 200 with that JSON",
    "= { id: 3, total: $4.20 }",
    "status == 200, body.total == 4.2, logs == [{ id: 3 }]",
  ],
  ["a number is a status", "= 503", 'status == 502, body.detail == "away"'],
  ["a service can be out of reach", "= connect", "status == 502"],
  ["a service can be late", "= timeout", "status == 502, calls(orders) == 1"],
  ["a service can answer nonsense", '= "nonsense"', "status == 502, logs == []"],
  ["a service can break off", "= protocol", "status == 502"],
  ["the latest fake that fits counts", '= 500, orders.get("/orders/3") = { id: 3, total: $1 }', "status == 200"],
  [
    "a fake with a query is for that query only",
    '= 500, orders.get("/orders/3?x=1") = { id: 3, total: $1 }',
    "status == 502",
  ],
])("%s", async (_, given, expected) => {
  const reports = await run(
    `test "t" { given orders.get("/orders/*") ${given}; send GET "/orders/3"; expect ${expected} }`,
  );
  expect(failuresOf(reports)).toEqual([]);
});

test("clock, share, randomness and environment are the test's own, and the same in every run", async () => {
  const source = `test "t" {
    send GET "/now"
    expect body.now == "2026-01-01T00:00:00.000Z", body.env == 0, body.number as int in 1..1000000
    given now = 2026-05-05T05:05:05Z, share = 3%, env("PLACE") = 7
    advance 90s
    send GET "/now"
    expect body.now == "2026-05-05T05:06:35.000Z", body.share == 0.03, body.env == env("PLACE", int)
  }
  test "afresh" { send GET "/now"; expect body.now == "2026-01-01T00:00:00.000Z", body.env == 0 }`;
  expect(failuresOf(await run(source))).toEqual([]);
});

test.each([
  ["/a", "/a", true],
  ["/a", "/a?x=1", true],
  ["/a?x=1", "/a", false],
  ["/a*", "/a/b?c", true],
  ["/a/*/c", "/a/b/c", true],
  ["/a/*/c", "/a/c", false],
  ["*", "/anything", true],
  ["/a*a", "/a", false],
])("the pattern %s and the target %s", (pattern, target, fits) => {
  expect(patternMatches(pattern, target)).toBe(fits);
});
