/** Writes what is generated from examples 01 and 02 to `compiler/6-emit/golden/`, for people to read and for a test to hold. */
import { writeFileSync } from "node:fs";
import { goldenFiles } from "../compiler/6-emit/golden/golden.ts";

for (const { path, text } of goldenFiles()) writeFileSync(path, text);
