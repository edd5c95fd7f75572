/** Builds everything that is run from a `dist/` folder: the gateway's host first, because the command carries a copy of it. */
import { buildCompiler } from "./build-compiler.mjs";
import { buildRuntime } from "./build-runtime.mjs";

await buildRuntime();
await buildCompiler();
