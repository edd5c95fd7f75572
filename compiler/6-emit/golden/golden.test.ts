/** Guards the readable output: a change of the emitter shows up as a change of these files (`npm run generate` writes them). */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { goldenFiles } from "./golden.ts";

for (const { path, text } of goldenFiles()) {
  test(`${basename(path)} is what the emitter writes`, () => {
    expect(readFileSync(path, "utf8")).toBe(text);
  });
}
