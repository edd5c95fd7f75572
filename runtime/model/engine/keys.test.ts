/** Which key goes next, and which rests: in one thread and over several. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Limiter } from "../../abi.ts";
import { EMPTY_REQUEST } from "../canonical/request.ts";
import type { ModelErrorClass } from "../canonical/error.ts";
import type { KeyConfiguration } from "../configuration.ts";
import { error } from "./failures.ts";
import { createKeyMemory, type KeyEvent, type KeyMemory, type KeyRing, KeyTable, keyRing } from "./keys.ts";

let now = 0;
let events: string[] = [];
beforeEach(() => {
  now = 1_000_000;
  events = [];
});

const key = (name: string, changes: Partial<KeyConfiguration> = {}): KeyConfiguration => ({
  name,
  key: `sk-${name}`,
  limit: null,
  tokens: null,
  ...changes,
});

/** Counts down and never back. */
class Counter implements Limiter {
  remaining = 0;
  reset = 0;
  retryAfter = 7;
  #spent = 0;

  take(_: string, __: object, burst: number, cost: number): boolean {
    if (this.#spent + cost > burst) return false;
    this.#spent += cost;
    return true;
  }
}

function ring(keys: readonly KeyConfiguration[], memory: KeyMemory = createKeyMemory(1), thread = 0): KeyRing {
  const made = keyRing("m", keys, {
    table: new KeyTable(memory, thread, () => now),
    limiter: () => new Counter(),
    note: (_, name: string, event: KeyEvent, fresh: boolean) => events.push(`${name} ${event}${fresh ? "!" : ""}`),
  });
  if (made === null) throw new Error("no ring");
  return made;
}

function took(from: KeyRing): string {
  return from.take(EMPTY_REQUEST, [])?.name ?? "none";
}

function tell(from: KeyRing, name: string, kind: ModelErrorClass, retryAfter: number | null = null): boolean {
  const found = from.keys.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return from.told(found, { ...error(kind, 400, ""), retryAfter });
}

describe("the least used", () => {
  test("goes next; what was long ago weighs little", () => {
    const keys = ring([key("a"), key("b"), key("c")]);
    expect([1, 2, 3, 4].map(() => took(keys))).toEqual(["a", "b", "c", "a"]);
    now += 600_000;
    // Who was used last still has most of what is left.
    expect(took(keys)).toBe("b");
  });

  test("by what each may do", () => {
    const limit = { count: 3, per: 60_000 };
    const keys = ring([
      key("small", { limit: { ...limit, count: 1 } }),
      key("large", { limit: { ...limit, count: 3 } }),
    ]);
    expect([1, 2, 3, 4].map(() => took(keys)).sort()).toEqual(["large", "large", "large", "small"]);
    expect(took(keys)).toBe("none");
    expect(keys.exhausted).toMatchObject({ class: "rate", status: 429, retryAfter: 7000 });
  });

  test("over all threads", () => {
    const memory = createKeyMemory(2);
    const keys = [key("a"), key("b")];
    const [one, other] = [ring(keys, memory, 0), ring(keys, memory, 1)];
    expect([took(one), took(other), took(one), took(other)]).toEqual(["a", "b", "a", "b"]);
  });

  test("within its tokens", () => {
    const tokens = { count: 1500, per: 60_000 };
    const keys = ring([key("a", { tokens }), key("b", { tokens })]);
    // A thousand each, since nobody caps the answer.
    expect([1, 2, 3].map(() => took(keys))).toEqual(["a", "b", "none"]);
  });
});

describe("who is refused rests", () => {
  test.each([
    ["rate", 30_000, 30_000],
    ["rate", null, 10_000],
    ["rate", 86_400_000, 3_600_000],
    ["quota", 1000, 600_000],
    ["auth", null, 600_000],
  ] as const)("%s, to be asked again after %s: for %s ms, in every thread", (kind, retryAfter, rest) => {
    const memory = createKeyMemory(2);
    const [one, other] = [ring([key("a")], memory, 0), ring([key("a")], memory, 1)];
    expect(tell(one, "a", kind, retryAfter)).toBe(true);
    now += rest - 1;
    expect(took(other)).toBe("none");
    expect(other.exhausted.class).toBe(kind);
    now += 1;
    expect(took(other)).toBe("a");
  });

  test.each(["client", "upstream", "timeout", "overloaded", "policy", "context", "not-found"] as const)(
    "%s is not the key's",
    (kind) => {
      const keys = ring([key("a")]);
      expect(tell(keys, "a", kind)).toBe(false);
      expect(took(keys)).toBe("a");
    },
  );

  test("once, for the log, however many requests were under way", () => {
    const keys = ring([key("a"), key("b")]);
    for (let count = 0; count < 3; count++) tell(keys, "a", "auth");
    expect(events).toEqual(["a auth!", "a auth", "a auth"]);
  });

  test("a shorter rest does not end a longer one", () => {
    const keys = ring([key("a")]);
    tell(keys, "a", "auth");
    tell(keys, "a", "rate", 1);
    now += 10;
    expect(took(keys)).toBe("none");
    expect(keys.exhausted.class).toBe("auth");
  });

  test("another key under the same name begins anew", () => {
    const memory = createKeyMemory(1);
    tell(ring([key("a")], memory), "a", "auth");
    expect(took(ring([key("a", { key: "sk-new" })], memory))).toBe("a");
  });
});

test("a table that is full leaves each thread to itself", () => {
  const keys = ring([key("a"), key("b"), key("c")], createKeyMemory(1, 1));
  expect([1, 2, 3].map(() => took(keys))).toEqual(["a", "b", "c"]);
});
