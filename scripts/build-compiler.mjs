/**
 * Bundles the command `vgw` into `compiler/dist/`: a small entry, `vgw.mjs`, that runs `front.cjs` for what needs no more than
 * the front end and `whole.cjs` for the rest. They are CommonJS because V8's code for them can be kept (`compiler/cli/launch.ts`).
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
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

/** Bundles without a command: the launcher runs the whole for those. */
function without(commands) {
  return {
    name: "without-commands",
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`^\\./(?:${commands.join("|")})\\.ts$`) }, ({ path, kind }) =>
        kind === "dynamic-import" ? { path, external: true } : undefined,
      );
    },
  };
}

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: "warning",
};

async function commands(name, plugins) {
  await build({
    ...common,
    entryPoints: [join(root, "compiler/cli/main.ts")],
    outfile: join(out, name),
    format: "cjs",
    define: { "import.meta.url": "moduleUrl" },
    // Native or very large: they stay packages of their own. The fast transport's binaries are found by name when running.
    external: ["esbuild", "@btc-vision/uwebsockets.js", "@trufflesuite/uws-js-unofficial", "uWebSockets.js"],
    plugins,
  });
}

export async function buildCompiler() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const analysed = await analysedGrammar();
  await Promise.all([
    build({ ...common, entryPoints: { vgw: join(root, "compiler/cli/launch.ts") }, outdir: out, format: "esm", outExtension: { ".js": ".mjs" } }),
    commands("front.cjs", [analysed, without(["build", "test", "why", "run", "dev", "deploy", "rollback", "status", "fake-provider"])]),
    commands("whole.cjs", [analysed]),
  ]);
  cpSync(join(root, "compiler/diagnostics/pages"), join(out, "pages"), { recursive: true });
  chmodSync(join(out, "vgw.mjs"), 0o755);
  keepCode();
}

/** The first run of a command writes V8's code for it; these are the two that people wait for. Without it they are only slower. */
function keepCode() {
  const program = join(root, "examples/03-compose/gateway.vgw");
  const folder = mkdtempSync(join(tmpdir(), "vgw-first-run-"));
  try {
    for (const args of [["check", program], ["build", program, "-o", folder]])
      execFileSync(process.execPath, [join(out, "vgw.mjs"), ...args], { stdio: "ignore" });
  } catch (error) {
    process.stderr.write(`the first run of the command failed: ${error.message}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
