/** Bundles the command `vgw` into `compiler/dist/`: one small entry, a chunk per command, so that each loads only what it needs. */
import { chmodSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "compiler/dist");

export async function buildCompiler() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: { vgw: join(root, "compiler/cli/main.ts") },
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    outExtension: { ".js": ".mjs" },
    chunkNames: "chunk-[hash]",
    minifySyntax: true,
    minifyWhitespace: true,
    // Native or very large: they stay packages of their own. The fast transport's binaries are found by name when running.
    external: ["esbuild", "@btc-vision/uwebsockets.js", "@trufflesuite/uws-js-unofficial", "uWebSockets.js"],
    // Packages written for CommonJS ask for `require`.
    banner: { js: 'import{createRequire as vgwRequire}from"node:module";const require=vgwRequire(import.meta.url);' },
    logLevel: "warning",
  });
  cpSync(join(root, "compiler/diagnostics/pages"), join(out, "pages"), { recursive: true });
  chmodSync(join(out, "vgw.mjs"), 0o755);
}
