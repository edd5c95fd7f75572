/** The one suite that every driver runs: all cases of the corpus, but for the differences that are allowed. */
import { afterAll, describe, expect, it } from "vitest";
import type { Case, CaseFile, Driver, Running, Seen } from "./case.ts";
import { differences } from "./compare.ts";
import { corpus } from "./corpus.ts";
import { allowed, type Difference } from "./differences.ts";

export function conformance(driver: Driver): void {
  for (const file of corpus()) {
    describe(`${file.path} (${file.rule})`, () => {
      const running = once(() => driver.start(file));
      afterAll(async () => (await running.started)?.stop());
      for (const one of file.cases) {
        const difference = allowed(driver, one, file);
        if (difference?.effect === "skip") it.skip(`${one.title}: ${difference.reason}`);
        else it(one.title, () => run(running.get(), file, one, difference));
      }
    });
  }
}

async function run(running: Promise<Running>, file: CaseFile, one: Case, difference: Difference | null): Promise<void> {
  const seen = await (await running).send(one.request);
  expect(judge(one, seen, difference), `${file.path}:${one.line}`).toEqual([]);
}

/** What is wrong, given the difference that is allowed. */
export function judge(one: Case, seen: Seen, difference: Difference | null): string[] {
  const effect = difference?.effect ?? [];
  const isRefusal = effect === "refused" && seen.answer.status >= 400;
  if (isRefusal || ((effect === "may-close" || effect === "refused") && seen.answer.status === 0))
    return seen.calls.length === 0 ? [] : ["an upstream heard of it"];
  if (typeof effect === "string") return differences(one, seen);
  const headers = one.answer.headers.filter(({ name }) => !effect.includes(name));
  return differences({ ...one, answer: { ...one.answer, headers } }, seen);
}

/** Starts at the first use; `started` is undefined where nothing was, or where starting failed. */
function once<T>(make: () => Promise<T>): { get(): Promise<T>; readonly started: Promise<T | undefined> } {
  let made: Promise<T> | null = null;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    get started() {
      return made === null ? Promise.resolve(undefined) : made.catch(() => undefined);
    },
  };
}
