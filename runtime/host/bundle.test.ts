/** Bundles that are loaded again: compiled once, and yet nothing of one generation is seen by the next. */
import * as vm from "node:vm";
import { expect, test, vi } from "vitest";
import { compileBundle } from "./bundle.ts";

vi.mock("node:vm", async (original) => {
  const actual = await original<typeof vm>();
  return { ...actual, compileFunction: vi.fn(actual.compileFunction) };
});

const compiles = (): number => vi.mocked(vm.compileFunction).mock.calls.length;

/** Counts how often it was configured, in a variable of the module. */
const counting = (name: string): string => `
"use strict";
let count = 0;
exports.configure = () => ({ name: "${name}", count: ++count });
exports.load = () => ({});`;

function load(name: string): () => unknown {
  const { configure } = compileBundle(counting(name), `bundle-${name}.cjs`);
  return () => configure({});
}

test("a bundle that comes again is not compiled again, and begins anew", () => {
  const before = compiles();
  const first = load("a");
  expect(first()).toEqual({ name: "a", count: 1 });
  expect(first()).toEqual({ name: "a", count: 2 });
  const again = load("a");
  expect(again()).toEqual({ name: "a", count: 1 });
  expect(first()).toEqual({ name: "a", count: 3 });
  expect(compiles() - before).toBe(1);
});

test("two that take turns are compiled once each; a third takes the older one's place", () => {
  const before = compiles();
  for (const name of ["x", "y", "x", "y"]) load(name);
  expect(compiles() - before).toBe(2);
  for (const name of ["z", "y", "x"]) load(name);
  expect(compiles() - before).toBe(4);
});

test("another text under the same name is compiled", () => {
  const name = "bundle-same.cjs";
  expect(compileBundle(counting("one"), name).configure({})).toMatchObject({ name: "one" });
  expect(compileBundle(counting("two"), name).configure({})).toMatchObject({ name: "two" });
});

test("what does not compile, or throws while it is loaded, is refused each time", () => {
  for (let time = 0; time < 2; time++) {
    expect(() => compileBundle("exports.configure = (", "bundle-broken.cjs")).toThrow("the bundle does not load");
    expect(() => compileBundle("throw new Error('no')", "bundle-throws.cjs")).toThrow("the bundle does not load");
  }
});
