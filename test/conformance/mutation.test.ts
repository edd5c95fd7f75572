/**
 * Is the corpus sharp? For each kind of fault some seeded places are chosen in the plans of the corpus; the faulty plan is given to one
 * side, whose cases must then differ from what is expected. A place that no case reaches proves nothing, so most, not all, must be
 * caught; a kind of which none is caught fails.
 */
import { describe, expect, it } from "vitest";
import type { Plan } from "../../compiler/5-plan/plan.ts";
import type { CaseFile, Driver } from "./case.ts";
import { corpus } from "./corpus.ts";
import { allowed } from "./differences.ts";
import { gatewayDriver } from "./gateway.ts";
import { interpreterDriver } from "./interpreter.ts";
import { type Mutation, mutated, mutations, sites } from "./mutation.ts";
import { planOf } from "./program.ts";
import { generator } from "./random.ts";
import { judge } from "./suite.ts";

/** Cases that wait for a time limit would make this slow; what hangs beside them is not waited for. One that is not run on one of the sides proves nothing there. */
const files = corpus().filter(
  (file) =>
    file.cases.some((one) => allowed(interpreterDriver(), one, file)?.effect !== "skip") &&
    (file.cases.some(({ request }) => request.beside !== null) ||
      ![...file.upstreams.values()].flat().some((each) => each.kind === "hang")),
);

/** A file first, then a place in it: a file of many routes alike counts no more than another. */
function sample(mutation: Mutation, count: number): { file: CaseFile; path: string[] }[] {
  const left = files
    .map((file) => ({ file, paths: sites(planOf(file), mutation) }))
    .filter(({ paths }) => paths.length > 0);
  const random = generator(20_260_301);
  const chosen: { file: CaseFile; path: string[] }[] = [];
  while (chosen.length < count && left.length > 0) {
    const at = Math.floor(random() * left.length);
    const one = left[at];
    const [path] = one === undefined ? [] : one.paths.splice(Math.floor(random() * one.paths.length), 1);
    if (one === undefined || path === undefined) break;
    chosen.push({ file: one.file, path });
    if (one.paths.length === 0) left.splice(at, 1);
  }
  return chosen;
}

/** Whether some case of the file differs from what it expects. A side that does not even start has been caught. */
async function isCaught(driver: Driver, file: CaseFile): Promise<boolean> {
  try {
    const running = await driver.start(file);
    try {
      for (const one of file.cases) {
        const difference = allowed(driver, one, file);
        if (difference?.effect === "skip") continue;
        if (judge(one, await running.send(one.request), difference).length > 0) return true;
      }
      return false;
    } finally {
      await running.stop();
    }
  } catch {
    return true;
  }
}

async function caught(
  mutation: Mutation,
  count: number,
  driver: (change: (plan: Plan) => Plan) => Driver,
): Promise<{ chosen: number; missed: number }> {
  const chosen = sample(mutation, count);
  expect(chosen.length, "no plan of the corpus has a place for this fault").toBeGreaterThan(0);
  const missed: string[] = [];
  for (const { file, path } of chosen) {
    const isRed = await isCaught(
      driver((plan) => mutated(plan, mutation, path)),
      file,
    );
    if (!isRed) missed.push(`${file.path} ${path.join(".")}`);
  }
  expect(missed.length, `none of these was noticed:\n${missed.join("\n")}`).toBeLessThan(chosen.length);
  return { chosen: chosen.length, missed: missed.length };
}

describe("a fault in the interpreter's plan is noticed", () => {
  let total = 0;
  let missed = 0;
  it.each(mutations)("$kind", async (mutation) => {
    const result = await caught(mutation, 12, interpreterDriver);
    total += result.chosen;
    missed += result.missed;
  });
  // The rest means the same (independent steps swapped, digits that need no encoding) or lies where no case goes.
  it("six times out of seven", () => expect(missed / total).toBeLessThan(1 / 7));
});

describe("a fault in the bundle's plan is noticed", () => {
  it.each(mutations)("$kind", async (mutation) => {
    await caught(mutation, 5, (change) => gatewayDriver("strict", change));
  });
});
