/** The one suite that every driver runs: all cases of the corpus, but for the differences that are allowed. */
import { afterAll, describe, expect, it } from "vitest";
import type { Case, CaseFile, Driver, Running } from "./case.ts";
import { differences } from "./compare.ts";
import { corpus } from "./corpus.ts";
import { allowed } from "./differences.ts";

export function conformance(driver: Driver): void {
  for (const file of corpus()) {
    describe(`${file.path} (${file.rule})`, () => {
      const running = once(() => driver.start(file));
      afterAll(async () => (await running.started)?.stop());
      for (const one of file.cases) {
        const difference = allowed(driver.name, one, file);
        if (difference !== null && difference.headers === undefined) it.skip(`${one.title}: ${difference.reason}`);
        else it(one.title, () => run(running.get(), file, without(one, difference?.headers ?? [])));
      }
    });
  }
}

async function run(running: Promise<Running>, file: CaseFile, one: Case): Promise<void> {
  const seen = await (await running).send(one.request);
  expect(differences(one, seen), `${file.path}:${one.line}`).toEqual([]);
}

function without(one: Case, names: readonly string[]): Case {
  const headers = one.answer.headers.filter(({ name }) => !names.includes(name));
  return { ...one, answer: { ...one.answer, headers } };
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
