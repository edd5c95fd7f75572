/** The built command keeps V8's code from run to run, and works just as well where that cannot be. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const built = mkdtempSync(join(tmpdir(), "vgw-launch-"));
let folder = "";

beforeAll(async () => {
  const entryPoints = [join(import.meta.dirname, "launch.ts")];
  await build({ entryPoints, outfile: join(built, "vgw.mjs"), format: "esm", platform: "node" });
});
afterAll(() => rmSync(built, { recursive: true }));

/** A command that uses what a CommonJS file may use, and its place. */
const front = `"use strict";
const { basename } = require("node:path");
process.stdout.write([process.argv[2], basename(__filename), basename(__dirname), new URL("x", moduleUrl).href, module.exports === exports].join(" "));
process.exitCode = 1;`;

beforeEach(() => {
  folder = mkdtempSync(join(built, "dist-"));
  copyFileSync(join(built, "vgw.mjs"), join(folder, "vgw.mjs"));
  writeFileSync(join(folder, "front.cjs"), front);
  writeFileSync(join(folder, "whole.cjs"), `process.stdout.write("whole " + process.argv[2])`);
});

function run(...args: string[]): string {
  try {
    return execFileSync(process.execPath, [join(folder, "vgw.mjs"), ...args], { encoding: "utf8" });
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 1 && "stdout" in error)
      return String(error.stdout);
    throw error;
  }
}

const kept = (): string[] => readdirSync(join(folder, "cache"));
const answer = () => `check front.cjs ${folder.split("/").at(-1)} file://${folder}/x true`;

test("the first run keeps its code, the next one takes it as it is", () => {
  expect(run("check")).toBe(answer());
  expect(kept()).toEqual([`check-${process.version}-${process.arch}`]);
  const file = join(folder, "cache", kept()[0]!);
  const { mtimeMs, ino } = statSync(file);
  expect(run("check")).toBe(answer());
  expect(statSync(file)).toMatchObject({ mtimeMs, ino });
});

test("code of something else is replaced", () => {
  expect(run("check")).toBe(answer());
  const file = join(folder, "cache", kept()[0]!);
  const good = readFileSync(file);
  for (const bad of [Buffer.alloc(0), Buffer.alloc(100, 7), good.subarray(0, good.length - 9)]) {
    writeFileSync(file, bad);
    expect(run("check")).toBe(answer());
    expect(readFileSync(file).length).toBe(good.length);
  }
  const later = new Date(Date.now() + 5000);
  writeFileSync(join(folder, "front.cjs"), front.replace("[process.argv[2],", '["another one!!",'));
  utimesSync(join(folder, "front.cjs"), later, later);
  expect(run("check")).toBe(answer().replace("check", "another one!!"));
});

test("a folder that cannot hold it is no error", () => {
  writeFileSync(join(folder, "cache"), "a file where the folder should be");
  expect(run("check")).toBe(answer());
  rmSync(join(folder, "cache"));
  mkdirSync(join(folder, "cache", `check-${process.version}-${process.arch}`), { recursive: true });
  expect(run("check")).toBe(answer());
});

test("everything that is not a command of the front end runs the whole", () => {
  expect(run("build")).toBe("whole build");
  expect(run("--version")).toBe("whole --version");
  expect(run("../../etc")).toBe("whole ../../etc");
  expect(run()).toBe("whole undefined");
  expect(kept().sort()).toEqual(["build", "other"].map((name) => `${name}-${process.version}-${process.arch}`));
});
