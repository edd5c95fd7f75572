/** Bundles the command `vgw` into `compiler/dist/`: one small entry, a chunk per command, so that each loads only what it needs. */
import { chmodSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "compiler/dist");

/** What chevrotain finds out about the grammar, worked out now: the command holds the result in place of the analysis. */
async function analysedGrammar() {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { analyse } from "./analysis.ts";
        import { ProgramGrammar } from "./declaration.ts";
        export const decisions = JSON.stringify(analyse(new ProgramGrammar()));`,
      resolveDir: join(root, "compiler/1-syntax"),
    },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "warning",
  });
  const { decisions } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
  return {
    name: "analysed-grammar",
    setup({ onLoad }) {
      onLoad({ filter: /1-syntax[/\\\\]analysis\.ts$/ }, () => ({
        contents: `const decisions = ${JSON.stringify(decisions)};\nexport const analyse = () => JSON.parse(decisions);`,
      }));
    },
  };
}

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
    plugins: [await analysedGrammar()],
  });
  cpSync(join(root, "compiler/diagnostics/pages"), join(out, "pages"), { recursive: true });
  chmodSync(join(out, "vgw.mjs"), 0o755);
}
