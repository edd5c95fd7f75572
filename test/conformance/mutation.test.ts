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
import { judge } from "./suite.ts";

/** Cases that wait for a time limit would make this slow. */
const files = corpus().filter((file) => ![...file.upstreams.values()].flat().some((each) => each.kind === "hang"));

/** A small generator of numbers, the same in every run (Lehmer). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

function sample(mutation: Mutation, count: number, seed: number): { file: CaseFile; path: string[] }[] {
  const all = files.flatMap((file) => sites(planOf(file), mutation).map((path) => ({ file, path })));
  const random = generator(seed);
  return Array.from({ length: Math.min(count, all.length) }, () =>
    all.splice(Math.floor(random() * all.length), 1),
  ).flat();
}

/** Whether some case of the file differs from what it expects. A side that does not even start has been caught. */
async function isCaught(driver: Driver, file: CaseFile): Promise<boolean> {
  try {
    const running = await driver.start(file);
    try {
      for (const one of file.cases) {
        const difference = allowed(driver.name, one, file);
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
): Promise<string[]> {
  const chosen = sample(mutation, count, 20_260_301);
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
  return missed;
}

describe("a fault in the interpreter's plan is noticed", () => {
  let total = 0;
  let missed = 0;
  it.each(mutations)("$kind", async (mutation) => {
    const left = await caught(mutation, 12, interpreterDriver);
    total += Math.min(12, files.flatMap((file) => sites(planOf(file), mutation)).length);
    missed += left.length;
  });
  it("nine times out of ten", () => expect(missed / total).toBeLessThan(0.1));
});

describe("a fault in the bundle's plan is noticed", () => {
  it.each(mutations)("$kind", async (mutation) => {
    await caught(mutation, 3, (change) => gatewayDriver("strict", change));
  });
});
