/** Builds everything that is run from a `dist/` folder. */
import { buildRuntime } from "./build-runtime.mjs";

await buildRuntime();
