#!/usr/bin/env node
// Stands here before anything is built, since package managers link only commands that are there when they install.
import { existsSync } from "node:fs";

const built = new URL("../dist/vgw.mjs", import.meta.url);
if (existsSync(built)) await import(built.href);
else {
  process.stderr.write("vgw is not built yet.\nnext: npm run build\n");
  process.exitCode = 3;
}
