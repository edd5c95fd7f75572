import { expect, test } from "vitest";
import { Peers } from "./peers.ts";

test("one address is known as long as every open connection is its own", () => {
  const peers = new Peers();
  expect(peers.only).toBe(null);
  peers.opened("10.0.0.1");
  peers.opened("10.0.0.1");
  expect([peers.only, peers.open]).toEqual(["10.0.0.1", 2]);
  peers.opened("10.0.0.2");
  expect(peers.only).toBe(null);
  // Which of them closed is not told.
  peers.closed();
  peers.opened("10.0.0.1");
  expect(peers.only).toBe(null);
  for (let count = 3; count > 0; count--) peers.closed();
  expect([peers.only, peers.open]).toEqual([null, 0]);
  peers.opened("10.0.0.2");
  expect(peers.only).toBe("10.0.0.2");
});

test("an address that is not known is nobody's", () => {
  const peers = new Peers();
  peers.opened("");
  expect(peers.only).toBe(null);
  peers.opened("10.0.0.1");
  expect(peers.only).toBe(null);
});
