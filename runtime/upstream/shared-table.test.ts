import { describe, expect, it } from "vitest";
import { createTableLayout, SharedTable } from "./shared-table.ts";

describe("the table of what threads share", () => {
  it("gives one key the same slot in every thread, and sums over threads", () => {
    const layout = createTableLayout(3, 8);
    const slots = [0, 1, 2].map((thread) => new SharedTable(layout, thread).acquire("a"));
    const other = new SharedTable(layout, 0).acquire("b");
    for (const slot of slots) {
      slot.enter();
      slot.count(true);
    }
    slots[1]!.count(false);
    expect([slots[0]!.load, slots[2]!.total, slots[1]!.bad]).toEqual([3, 4, 3]);
    expect([other.load, other.total]).toEqual([0, 0]);
    slots[0]!.leave();
    expect(slots[2]!.load).toBe(2);
  });

  it("clears a slot that nobody uses any more before somebody else gets it", () => {
    const layout = createTableLayout(1, 1);
    const table = new SharedTable(layout);
    const slot = table.acquire("a");
    const again = table.acquire("a");
    slot.enter();
    slot.count(true);
    slot.reduce(1000, 1);
    slot.time = 5;
    slot.change(0, 2);
    slot.release();
    // Still in use: the newcomer is on its own.
    expect(table.acquire("b").load).toBe(0);
    expect(again.load).toBe(1);
    again.release();
    const next = table.acquire("b");
    expect([next.load, next.total, next.bad, next.reduced, next.reasons, next.time, next.state]).toEqual([
      0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it("tells of a change of share by its version, once", () => {
    const layout = createTableLayout(2, 4);
    const [one, other] = [0, 1].map((thread) => new SharedTable(layout, thread)) as [SharedTable, SharedTable];
    const slot = one.acquire("a");
    const before = other.version;
    slot.reduce(500, 0);
    slot.reduce(500, 0);
    expect(other.version).toBe(before + 1);
    expect(other.acquire("a").reduced).toBe(500);
  });

  it("lets one thread alone change a state", () => {
    const layout = createTableLayout(2, 4);
    const [one, other] = [0, 1].map((thread) => new SharedTable(layout, thread).acquire("a"));
    expect([one!.change(0, 1), other!.change(0, 1), other!.state]).toEqual([true, false, 1]);
  });
});
