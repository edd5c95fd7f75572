/** What is known again, and that nothing else is. */
import { expect, it } from "vitest";
import { RecentKeys } from "./recent-keys.ts";

it("a text that was kept is found, and no other one", () => {
  const keys = new RecentKeys<string>(2);
  expect(keys.find("one")).toBeNull();
  keys.keep("first");
  expect(keys.find("one")).toBe("first");
  for (const other of ["", "on", "one ", "One", "ono", "o\0n\0e", "one".repeat(300)])
    expect(keys.find(other)).toBeNull();
  expect(keys.find("one")).toBe("first");
});

it("more texts than places: each is found or is not, and never as another", () => {
  const keys = new RecentKeys<number>(1);
  let found = 0;
  for (let round = 0; round < 3; round++) {
    for (let number = 0; number < 200; number++) {
      const known = keys.find(`key-${number}`);
      if (known === null) keys.keep(number);
      else {
        expect(known).toBe(number);
        found++;
      }
    }
  }
  expect(found).toBeLessThan(3 * 16);
});

it("two of them have no fingerprint in common", () => {
  const [one, other] = [new RecentKeys<string>(512), new RecentKeys<string>(512)];
  const prints = [one, other].map((keys) => {
    const found = new Set<number>();
    for (let number = 0; number < 1000; number++) {
      keys.find(`${number}`);
      keys.keep(`${number}`);
    }
    for (let number = 0; number < 1000; number++) if (keys.find(`${number}`) !== null) found.add(number);
    return [...found].join();
  });
  // Which texts share a place is the secret's doing.
  expect(prints[0]).not.toBe(prints[1]);
});
