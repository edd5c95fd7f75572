import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Timed, TimerWheel } from "./timer-wheel.ts";

class Limit extends Timed {
  passed: number[] = [];
  then: () => void = () => {};
  override expired(): void {
    this.passed.push(performance.now());
    this.then();
  }
}

describe("limits", () => {
  let wheel: TimerWheel;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.advanceTimersByTime(1234.5);
    wheel = new TimerWheel();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function set(milliseconds: number, limit = new Limit()): Limit {
    const now = performance.now();
    wheel.set(limit, now + milliseconds, now);
    return limit;
  }

  it.each([0, 1, 9.5, 10, 333, 5119, 5120, 5121, 60_000])("pass once, after %d ms, never early", (milliseconds) => {
    const due = performance.now() + milliseconds;
    const limit = set(milliseconds);
    vi.advanceTimersByTime(200_000);
    expect(limit.passed).toHaveLength(1);
    expect(limit.passed[0]).toBeGreaterThanOrEqual(due);
    expect(limit.passed[0]).toBeLessThanOrEqual(due + 20);
  });

  it("do not pass when they were dropped, wherever they hung among others", () => {
    const limits = Array.from({ length: 5 }, () => set(50));
    for (const index of [0, 2, 4, 2]) wheel.drop(limits[index]!);
    vi.advanceTimersByTime(10_000);
    expect(limits.map(({ passed }) => passed.length)).toEqual([0, 1, 0, 1, 0]);
  });

  it("replace what was set before", () => {
    const limit = set(50);
    vi.advanceTimersByTime(30);
    set(50, limit);
    vi.advanceTimersByTime(40);
    expect(limit.passed).toEqual([]);
    vi.advanceTimersByTime(40);
    expect(limit.passed).toHaveLength(1);
  });

  it("may set and drop others, and themselves anew, when they pass", () => {
    const [first, second, third] = [set(50), set(50), set(50)];
    third.then = () => {
      wheel.drop(second);
      if (third.passed.length === 1) set(50, third);
      set(20, first);
    };
    vi.advanceTimersByTime(1000);
    expect([first.passed.length > 0, second.passed.length, third.passed.length]).toEqual([true, 0, 2]);
  });

  it("need a timer only while there are any", () => {
    const limit = set(10_000);
    expect(vi.getTimerCount()).toBe(1);
    wheel.drop(limit);
    vi.advanceTimersByTime(20);
    expect(vi.getTimerCount()).toBe(0);
    const later = set(30);
    vi.advanceTimersByTime(100);
    expect([later.passed.length, vi.getTimerCount()]).toEqual([1, 0]);
  });
});
