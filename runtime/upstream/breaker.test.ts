import { describe, expect, it } from "vitest";
import { Breaker } from "./breaker.ts";
import { createTableLayout, SharedTable } from "./shared-table.ts";

const SETTINGS = { failures: 0.5, of: 10, within: 10_000, probe: 5_000 };

/** The same breaker in two threads, and what they told. */
function threads(): { one: Breaker; other: Breaker; changes: boolean[] } {
  const layout = createTableLayout(2, 4);
  const changes: boolean[] = [];
  const [one, other] = [0, 1].map((thread) => {
    return new Breaker(SETTINGS, new SharedTable(layout, thread).acquire("b"), (open) => changes.push(open));
  });
  return { one: one!, other: other!, changes };
}

function record(breaker: Breaker, good: number, bad: number, now: number): void {
  for (let count = 0; count < good; count++) breaker.record(false, false, now);
  for (let count = 0; count < bad; count++) breaker.record(true, false, now);
}

describe("a breaker", () => {
  it("opens for every thread at once when half of enough requests failed, whichever thread saw them", () => {
    const { one, other, changes } = threads();
    record(other, 5, 2, 1);
    record(one, 0, 2, 1);
    expect([one.admit(2), other.admit(2)]).toEqual(["yes", "yes"]);
    record(one, 0, 2, 1);
    expect([one.admit(2), other.admit(2), changes]).toEqual(["no", "no", [true]]);
  });

  it("stays closed for fewer requests, fewer failures, or old ones", () => {
    const { one } = threads();
    record(one, 0, 9, 0);
    expect(one.admit(0)).toBe("yes");
    record(one, 30, 9, 11_001);
    expect(one.admit(11_001)).toBe("yes");
    record(one, 0, 9, 25_000);
    expect(one.admit(25_000)).toBe("yes");
  });

  it("lets one probe through, in one thread, and closes when it succeeds, with counts that begin anew", () => {
    const { one, other, changes } = threads();
    record(one, 0, 10, 0);
    expect(one.admit(4_999)).toBe("no");
    expect([other.admit(5_000), one.admit(5_000), other.admit(99_999)]).toEqual(["probe", "no", "no"]);
    other.record(false, true, 5_100);
    expect([one.admit(5_100), other.admit(5_100), changes]).toEqual(["yes", "yes", [true, false]]);
    record(one, 0, 9, 5_200);
    expect(one.admit(5_200)).toBe("yes");
    record(one, 0, 1, 5_200);
    expect(one.admit(5_200)).toBe("no");
  });

  it("stays open when the probe fails, and lets the next one try at once when it told nothing", () => {
    const { one } = threads();
    record(one, 0, 10, 0);
    expect(one.admit(5_000)).toBe("probe");
    one.record(true, true, 6_000);
    expect(one.admit(10_999)).toBe("no");
    expect(one.admit(11_000)).toBe("probe");
    one.record(null, true, 11_500);
    expect(one.admit(11_500)).toBe("probe");
    one.record(false, true, 11_600);
    expect(one.open).toBe(false);
  });

  it("learns nothing from answers that come while it is open", () => {
    const { one } = threads();
    record(one, 0, 10, 0);
    record(one, 50, 0, 10);
    expect(one.admit(20)).toBe("no");
  });
});
