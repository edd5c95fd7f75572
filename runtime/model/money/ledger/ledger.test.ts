/** The ledger against what was really used: over kills of the process in the middle, files that begin and end, disks that take nothing, garbage. Longer than other files because all of it is about one ledger's promise. */
import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { doBefore, EndOfTurn } from "../../../end-of-turn.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import type { Call } from "../accounts.ts";
import { Budget } from "../budget.ts";
import { priceOf } from "../price.ts";
import { LedgerBook } from "./book.ts";
import { FileJournal } from "./journal.ts";
import { type LoadedSqlite, loadSqlite } from "./sqlite.ts";
import type { UsageBy, UsageQuestion } from "./usage.ts";

const asked = (by: UsageBy, from: number, to: number, most: number): UsageQuestion => ({
  by: [by],
  from,
  to,
  filter: {},
  most,
});

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 5, 12);

function sqlite(): LoadedSqlite {
  const loaded = loadSqlite();
  if (typeof loaded === "string") throw new Error(loaded);
  return loaded;
}

const root = mkdtempSync(join(tmpdir(), "vgw-ledger-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

function setUp() {
  const folder = join(root, `${folders++}`);
  const book = new LedgerBook({ folder, sqlite: sqlite(), boot: "b", now: () => NOW });
  const problems: (string | null)[] = [];
  const journal = new FileJournal({
    folder,
    boot: "b",
    thread: 0,
    problem: (error) => problems.push(error === null ? null : error.message),
    fileLimit: 4096,
  });
  return { folder, book, journal, problems };
}

const money = new Budget(
  { name: "team", unit: "money", currency: "USD", limit: 10n ** 18n, period: DAY, alerts: [] },
  new Int32Array(4),
);
const tokens = new Budget(
  { name: "words", unit: "tokens", currency: "", limit: 10n ** 18n, period: DAY, alerts: [] },
  new Int32Array(4),
);

function call(changes: Partial<Call> = {}): Call {
  return {
    charges: [
      { budget: money, key: 'a "team", with ü' },
      { budget: tokens, key: "" },
    ],
    price: priceOf({ input: 1, output: 1 }),
    worst: 5_000_000_000_000_000_001n,
    worstTokens: 77,
    route: "POST /v1",
    model: "mini",
    upstream: "gpt",
    caller: "c",
    ...changes,
  };
}

/** The number of a call that is opened; -1: it was not written down. */
function opened(journal: FileJournal, one = call()): number {
  const number = journal.next();
  return journal.opened(number, NOW, one) ? number : -1;
}

it("keeps amounts of 64 bits, adds up beyond them, and tells budgets apart", () => {
  const { book, journal } = setUp();
  const huge = 9_000_000_000_000_000_003n;
  for (let index = 0; index < 3; index++) {
    const number = opened(journal, call(index === 2 ? { charges: [], model: "other" } : {}));
    const cost = index === 1 ? 1n : huge;
    journal.settled(number, NOW + 1, "usage", { ...NO_USAGE, input: 2, output: 3 }, cost, 5);
  }
  journal.close();
  book.catchUp();
  expect(book.usage(asked("all", 0, NOW + 1, 10))).toMatchObject([
    {
      groups: ["all"],
      currency: "USD",
      calls: 3,
      tokens: 15n,
      cost: 2n * huge + 1n,
      input: 6n,
      output: 9n,
      inexact: 0,
    },
  ]);
  expect(book.usage(asked("model", 0, NOW + 1, 10)).map(({ groups, cost }) => [groups[0], cost])).toEqual([
    ["mini", huge + 1n],
    ["other", huge],
  ]);
  expect(book.usage(asked("day", NOW, NOW + 1, 10))[0]?.groups[0]).toBe("2026-01-05");
  expect(book.usage(asked("all", 0, NOW, 10))).toEqual([]);
  const start = Date.UTC(2026, 0, 5);
  expect(book.budgets(NOW)).toEqual([
    {
      name: "team",
      unit: "money",
      period: `${DAY}`,
      start,
      end: start + DAY,
      key: 'a "team", with ü',
      currency: "USD",
      spent: huge + 1n,
    },
    { name: "words", unit: "tokens", period: `${DAY}`, start, end: start + DAY, key: "", currency: "", spent: 10n },
  ]);
  expect(book.budgets(NOW + DAY)).toEqual([]);
  book.forget(NOW + 2 * DAY);
  expect(book.usage(asked("all", 0, NOW * 2, 10))).toEqual([]);
});

it("carries on over many files and deletes those that are through", () => {
  const { book, journal, folder } = setUp();
  const numbers: number[] = [];
  for (let index = 0; index < 100; index++) {
    numbers.push(opened(journal));
    if (index >= 10) journal.settled(numbers[index - 10]!, NOW, "usage", NO_USAGE, 1n, 1);
    if (index === 50) book.catchUp();
  }
  book.catchUp();
  expect(book.usage(asked("all", 0, NOW + 1, 1))[0]).toMatchObject({ calls: 89, cost: 89n });
  expect(book.open).toBe(11);
  const before = readdirSync(folder).length;
  book.tidy();
  expect(before - readdirSync(folder).length).toBeGreaterThan(3);
  for (const number of numbers.slice(90)) journal.settled(number, NOW, "usage", NO_USAGE, 1n, 1);
  journal.close();
  // The thread died with nothing open, or with everything: the same ledger.
  book.threadLost(0);
  expect(book.usage(asked("all", 0, NOW + 1, 1))[0]).toMatchObject({ calls: 100, cost: 100n });
  expect([book.open, book.lost]).toEqual([0, 0]);
  book.close();
  expect(readdirSync(folder).filter((name) => name.endsWith(".journal"))).toEqual([]);
});

it("a dead thread's open calls count at their worst case", () => {
  const { book, journal } = setUp();
  opened(journal);
  book.threadLost(1);
  expect(book.lost).toBe(0);
  book.threadLost(0);
  expect(book.usage(asked("all", 0, NOW + 1, 1))[0]).toMatchObject({ cost: call().worst, tokens: 77n, inexact: 1 });
  expect(book.budgets(NOW).map(({ spent }) => spent)).toEqual([call().worst, 77n]);
});

it("what is settled is written down before an answer of the same turn leaves", async () => {
  const { journal, folder } = setUp();
  const number = opened(journal);
  const path = join(folder, readdirSync(folder).find((name) => name.endsWith(".journal")) ?? "");
  const sizes = [statSync(path).size];
  const answers = new EndOfTurn<null>(() => void sizes.push(statSync(path).size));
  answers.add(null);
  journal.settled(number, NOW, "usage", NO_USAGE, 7n, 1);
  expect(statSync(path).size).toBe(sizes[0]);
  await new Promise(setImmediate);
  expect(sizes[1]).toBeGreaterThan(sizes[0] ?? 0);
  // One that leaves at once.
  journal.settled(number, NOW, "usage", NO_USAGE, 7n, 1);
  doBefore();
  expect(statSync(path).size).toBeGreaterThan(sizes[1] ?? 0);
});

it("calls that are sent at the end of the turn are one write in front of it; where that fails, each is told", () => {
  const { journal, folder, book } = setUp();
  const told: number[] = [];
  const open = (number: number) => journal.opened(number, NOW, call(), { unwritten: () => void told.push(number) });
  const bytes = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".journal"))
      .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect([open(1), open(2)]).toEqual([true, true]);
  expect(bytes()).toBe(0);
  doBefore();
  expect(bytes()).toBeGreaterThan(200);
  book.catchUp();
  expect([book.open, told]).toEqual([2, []]);
  journal.close();
  const hidden = `${folder}.hidden`;
  execFileSync("mv", [folder, hidden]);
  expect([open(3), open(4)]).toEqual([true, true]);
  journal.settled(1, NOW, "usage", NO_USAGE, 7n, 1);
  doBefore();
  expect(told).toEqual([3, 4]);
  // From now on nobody sets out in vain.
  expect(open(5)).toBe(false);
  execFileSync("mv", [hidden, folder]);
  expect(open(6)).toBe(true);
  journal.close();
  book.catchUp();
  expect([book.open, told]).toEqual([2, [3, 4]]);
});

it("garbage in a journal is counted and skipped; what was told twice counts once", () => {
  const { book, journal, folder } = setUp();
  const number = opened(journal);
  journal.settled(number, NOW, "usage", NO_USAGE, 7n, 1);
  journal.close();
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".journal"));
  const path = join(folder, file ?? "");
  const bytes = readFileSync(path);
  // The second record, once more; then nothing that a record is.
  const settled = bytes.subarray(bytes.length - 112);
  appendFileSync(path, settled);
  appendFileSync(path, `[]\nnull\n${"y".repeat(200_000)}`);
  book.catchUp();
  expect(book.usage(asked("all", 0, NOW + 1, 1))[0]).toMatchObject({ calls: 1, cost: 7n });
  expect(book.damaged).toBe(1);
});

it("a folder that is gone refuses calls, and settled ones wait until it is back", () => {
  const { book, journal, folder, problems } = setUp();
  const number = opened(journal);
  book.catchUp();
  // The file is full, and the next one cannot begin.
  while (readdirSync(folder).filter((name) => name.endsWith(".journal")).length < 2) opened(journal);
  journal.close();
  const hidden = `${folder}.hidden`;
  execFileSync("mv", [folder, hidden]);
  expect(opened(journal)).toBe(-1);
  journal.settled(number, NOW, "usage", NO_USAGE, 7n, 1);
  execFileSync("mv", [hidden, folder]);
  expect(opened(journal)).toBeGreaterThan(0);
  expect(problems.map((problem) => problem === null)).toEqual([false, true]);
  book.catchUp();
  expect(book.usage(asked("all", 0, NOW + 1, 1))[0]).toMatchObject({ calls: 1, cost: 7n });
});

/** SQLite that takes no transaction while `failing` says so. */
function stubborn(): { readonly sqlite: LoadedSqlite; failing: boolean; commits: number } {
  const { module, file } = sqlite();
  const state = {
    failing: false,
    commits: 0,
    sqlite: {
      file,
      module: {
        ...module,
        databaseExecSync(this: object, sql: string): void {
          if (sql === "COMMIT" && state.failing) throw new Error("disk I/O error");
          if (sql === "COMMIT") state.commits++;
          module.databaseExecSync.call(this, sql);
        },
      },
    },
  };
  return state;
}

/** The next process's, of a copy: SQLite lets go of a file when its statements are collected. */
function copied(folder: string): LedgerBook {
  const copy = join(root, `${folders++}`);
  execFileSync("cp", ["-r", folder, copy]);
  return new LedgerBook({ folder: copy, sqlite: sqlite(), boot: "c", now: () => NOW });
}

it("pieces that SQLite does not take are carried over once it does: once, in few transactions, over all files", () => {
  const folder = join(root, `${folders++}`);
  const disk = stubborn();
  const book = new LedgerBook({ folder, sqlite: disk.sqlite, boot: "b", now: () => NOW });
  const problem = (error: Error | null): void => expect(error).toBeNull();
  const journal = new FileJournal({ folder, boot: "b", thread: 0, problem, fileLimit: 200_000 });
  const CALLS = 3000;
  const work = (from: number): void => {
    for (let index = from; index < from + CALLS; index++) {
      // Some hundred callers: more rows than one transaction takes.
      const number = opened(journal, call({ caller: `caller ${index % 700}`, charges: [{ budget: money, key: "k" }] }));
      journal.settled(number, NOW, "usage", { ...NO_USAGE, input: 2 }, 7n, 2);
    }
    doBefore();
  };
  work(0);
  disk.failing = true;
  for (let time = 0; time < 3; time++) expect(() => book.catchUp()).toThrow("disk I/O error");
  work(CALLS);
  expect(() => book.catchUp()).toThrow("disk I/O error");
  expect(() => book.tidy()).toThrow("disk I/O error");
  disk.failing = false;
  const before = disk.commits;
  book.catchUp();
  expect(disk.commits - before).toBeLessThan(20);
  book.tidy();
  const all = { calls: 2 * CALLS, cost: 7n * BigInt(2 * CALLS), input: 2n * BigInt(2 * CALLS) };
  expect(book.usage(asked("all", 0, NOW + 1, 1))[0]).toMatchObject(all);
  expect(book.usage(asked("caller", 0, NOW + 1, 1000))).toHaveLength(700);
  expect(book.budgets(NOW)[0]).toMatchObject({ spent: all.cost });
  journal.close();
  book.close();
  expect(readdirSync(folder).filter((name) => name.endsWith(".journal"))).toEqual([]);
  const later = copied(folder);
  expect(later.lost).toBe(0);
  expect(later.usage(asked("all", 0, NOW + 1, 1))[0]).toMatchObject(all);
  later.close();
});

it("what was read and not yet written is there before a file of it goes", () => {
  const { book, journal, folder } = setUp();
  const small = call({ worst: 13n });
  const early = opened(journal, small);
  // Of the second file, which is not read to its end.
  while (readdirSync(folder).filter((name) => name.endsWith(".journal")).length < 2) opened(journal, small);
  journal.settled(early, NOW, "usage", NO_USAGE, 11n, 1);
  doBefore();
  while (readdirSync(folder).filter((name) => name.endsWith(".journal")).length < 3) opened(journal, small);
  for (let time = 0; time < 4; time++) {
    book.follow();
    book.tidy();
  }
  journal.close();
  // As after a kill: what is in the table and the files is all that there is.
  book.catchUp();
  const { open } = book;
  book.close();
  const later = copied(folder);
  expect(later.lost).toBe(open);
  expect(later.usage(asked("all", 0, NOW + 1, 1))[0]).toMatchObject({
    calls: open + 1,
    cost: 11n + 13n * BigInt(open),
  });
  later.close();
});

const WORK = `
  import { appendFileSync, mkdirSync, writeSync, openSync } from "node:fs";
  import { Accounts, OpenCall } from "./accounts.ts";
  import { BudgetTable, createBudgetMemory } from "./budget-table.ts";
  import { LedgerBook } from "./ledger/book.ts";
  import { FileJournal } from "./ledger/journal.ts";
  import { loadSqlite } from "./ledger/sqlite.ts";
  import { priceOf } from "./price.ts";
  import { doBefore } from "../../end-of-turn.ts";
  const [, , folder, boot, truth, from] = process.argv;
  const book = new LedgerBook({ folder, sqlite: loadSqlite({ from }), boot, now: Date.now });
  const journal = new FileJournal({ folder, boot, thread: 0, problem: (error) => { throw error; }, fileLimit: 20000 });
  const table = new BudgetTable(createBudgetMemory(64, 1, new Int32Array(4)), 0);
  const accounts = new Accounts({ table, journal, now: Date.now, alert: () => {} });
  const budget = accounts.budget({ name: "team", unit: "money", currency: "USD", limit: 2n ** 60n, period: "month", alerts: [] });
  const price = priceOf({ input: 400_000, output: 1_600_001 });
  const descriptor = openSync(truth, "a");
  // The provider's own book, which no gateway sees: what was sent, and what it used.
  const say = (line) => writeSync(descriptor, line + "\\n");
  if (process.argv[6] === "stop") { book.catchUp(); const all = book.usage({ by: ["all"], from: 0, to: 1e15, filter: {}, most: 1 })[0]; const sum = book.budgets(Date.now()).reduce((s, row) => s + row.spent, 0n); console.log(JSON.stringify({ calls: all.calls, cost: String(all.cost), budget: String(sum), inexact: all.inexact, lost: book.lost, damaged: book.damaged })); journal.close(); book.close(); process.exit(0); }
  process.stdout.write("ready\\n");
  let number = 0;
  const step = () => {
    for (let index = 0; index < 3; index++) {
      const id = boot + "/" + number++;
      const call = accounts.open({ charges: [{ budget, key: "k" }], price, worst: 3_000_000_000n, worstTokens: 9, route: "r", model: "m", upstream: "u", caller: "" }, true);
      if (!(call instanceof OpenCall)) throw new Error(call.reason);
      // As whatever leaves at the end of the turn.
      setImmediate(() => { doBefore(); say("sent " + id); });
      setTimeout(() => {
        const usage = { input: number % 1000, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: number % 700, reasoning: 0 };
        const { cost } = call.settle({ kind: "usage", usage });
        // The client has its answer in the next turn at the earliest.
        setImmediate(() => setImmediate(() => say("done " + id + " " + cost)));
      }, number % 7);
    }
    if (number % 30 === 0) { book.follow(); book.tidy(); }
    setImmediate(step);
  };
  step();
`;

let script = "";
beforeAll(async () => {
  script = join(root, "work.cjs");
  await build({
    stdin: { contents: WORK, resolveDir: join(import.meta.dirname, ".."), loader: "ts" },
    bundle: true,
    format: "cjs",
    platform: "node",
    outfile: script,
    define: { "import.meta.url": "__filename" },
    logLevel: "error",
  });
});

it("equals what was used to the last digit after kills in the middle; what was under way counts at its worst case", async () => {
  const folder = join(root, "killed");
  const truth = join(root, "truth");
  mkdirSync(folder);
  writeFileSync(truth, "");
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, [script, folder, `boot${round}`, truth, import.meta.filename], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    // By what it has done, not by time.
    const enough = readFileSync(truth, "utf8").length + 4000 + 900 * round;
    while (readFileSync(truth, "utf8").length < enough) await new Promise((resolve) => setImmediate(resolve));
    child.kill("SIGKILL");
    await ended;
  }
  const tell = () =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [script, folder, `end${Math.random().toString(36).slice(2)}`, truth, import.meta.filename, "stop"],
        { encoding: "utf8" },
      ),
    ) as { calls: number; cost: string; budget: string; inexact: number; lost: number; damaged: number };
  const told = tell();
  const sent = new Set<string>();
  const done = new Map<string, bigint>();
  for (const line of readFileSync(truth, "utf8").trim().split("\n")) {
    const [what, id = "", cost = "0"] = line.split(" ");
    if (what === "sent") sent.add(id);
    else done.set(id, BigInt(cost));
  }
  expect(done.size).toBeGreaterThan(100);
  const exact = [...done.values()].reduce((sum, cost) => sum + cost, 0n);
  // Written down before they were sent: at most those of the turn in which each kill came are not among those sent.
  expect(told.calls).toBeGreaterThanOrEqual(sent.size);
  expect(told.calls).toBeLessThanOrEqual(sent.size + 4 * 3);
  expect(told.budget).toBe(told.cost);
  expect(told.damaged).toBe(0);
  // Answers that nobody had yet when the kill came are lost or settled; all others are settled exactly.
  expect(told.inexact).toBeLessThanOrEqual(told.calls - done.size);
  const open = BigInt(told.cost) - exact;
  const undone = BigInt(told.calls - done.size);
  expect(open).toBeLessThanOrEqual(undone * 3_000_000_000n);
  expect(open).toBeGreaterThanOrEqual(BigInt(told.inexact) * 3_000_000_000n);
  // Nothing counts again at the next start.
  expect(tell()).toMatchObject({ calls: told.calls, cost: told.cost, budget: told.budget, lost: 0 });
  expect(existsSync(join(folder, "ledger.db"))).toBe(true);
  expect(readdirSync(folder).filter((name) => name.endsWith(".journal"))).toEqual([]);
});

it("tells as this ledger's share what another place was told of, and nothing that it was not, over pages", async () => {
  const folder = join(root, `${folders++}`);
  const book = new LedgerBook({ folder, sqlite: sqlite(), boot: "b", now: () => NOW, elsewhere: true });
  const journal = new FileJournal({ folder, boot: "b", thread: 0, problem: () => {} });
  const shares = (): (readonly [string, bigint])[] => {
    const all: (readonly [string, bigint])[] = [];
    let after = null;
    for (;;) {
      const page: ReturnType<LedgerBook["shares"]> = book.shares(NOW, after, 1);
      if (page === null || page.length === 0) return all;
      after = page.at(-1)!;
      all.push(...page.map(({ name, key, spent }) => [`${name} ${key}`, spent] as const));
    }
  };
  const numbers = Array.from({ length: 4 }, () => opened(journal));
  const key = 'team a "team", with ü';
  for (const number of numbers.slice(0, 3)) journal.settled(number, NOW, "usage", NO_USAGE, 100n, 7);
  // What is settled is written at the end of the turn.
  await new Promise((resolve) => setTimeout(resolve));
  book.catchUp();
  expect(shares()).toEqual([
    [key, 0n],
    ["words ", 0n],
  ]);
  journal.told(numbers[0]!);
  journal.told(numbers[1]!);
  journal.close();
  book.catchUp();
  expect(shares()).toEqual([
    [key, 200n],
    ["words ", 14n],
  ]);
  // The thread is no more: of two the other place was not told, of one that was settled, and of one that is lost.
  book.threadLost(0);
  expect(book.untold(9).size).toBe(2);
  expect(book.shares(NOW, null, 9)).toBeNull();
  book.told(book.untold(9).keys());
  expect(shares()).toEqual([
    [key, 300n + call().worst],
    ["words ", 21n + 77n],
  ]);
  book.close();
});

it("is open in one process at a time", () => {
  const { folder } = setUp();
  const result = execFileSync(
    process.execPath,
    [
      "-e",
      `try { process.argv.splice(1, 0, "x"); require(${JSON.stringify(script)}) } catch (error) { console.log(error.code) }`,
      folder,
      "other",
      join(root, "truth"),
      import.meta.filename,
      "stop",
    ],
    { encoding: "utf8" },
  );
  expect(result.trim()).toBe("SQLITE_BUSY");
});
