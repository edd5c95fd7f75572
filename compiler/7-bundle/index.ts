/** Phase 7: the generated file and what it uses of the runtime as one CommonJS bundle, with its map and manifest. */
import { fileURLToPath } from "node:url";
import { build, initialize, type Plugin } from "esbuild";
import type { Manifest } from "../../runtime/manifest.ts";
import type { Plan } from "../5-plan/plan.ts";
import type { Emitted } from "../6-emit/index.ts";
import { manifestOf } from "./manifest.ts";
import { serialisersModule } from "./serialisers.ts";

export { ArtifactError, writeArtifact } from "./artifact.ts";

export interface Bundle {
  /** CommonJS that exports a `BundleModule`. */
  readonly code: string;
  /** Source map of the code, leading to the `.vgw` files. */
  readonly map: string;
  /** Bytes of the code. */
  readonly size: number;
  readonly manifest: Manifest;
  /** The module "./serialisers.js" that the generated file imports, for `--emit-ts`; null: it imports none. */
  readonly serialisers: string | null;
}

const RUNTIME = fileURLToPath(new URL("../../runtime/index.ts", import.meta.url));
/** Paths in the bundle and its map begin here, so that they are the same wherever the command is run. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));

let started = false;

/** Starts esbuild's process beside what comes before bundling. Nothing waits for it, and it ends with this process. */
export function startBundler(): void {
  if (!started) void initialize({});
  started = true;
}

export async function bundle(plan: Plan, emitted: Emitted): Promise<Bundle> {
  const serialisers = emitted.serialisers.length === 0 ? null : serialisersModule(emitted.serialisers);
  const result = await build({
    stdin: { contents: emitted.text, sourcefile: "program.ts", loader: "ts", resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    // Names and lines are kept: a bundle is read when something goes wrong, and V8 does not care.
    minify: false,
    treeShaking: true,
    legalComments: "none",
    sourcemap: "external",
    sourcesContent: true,
    outfile: "bundle.cjs",
    write: false,
    logLevel: "silent",
    plugins: [modules(serialisers)],
  });
  const code = textOf(result.outputFiles, "bundle.cjs");
  const map = textOf(result.outputFiles, "bundle.cjs.map");
  return { code, map, size: Buffer.byteLength(code), manifest: manifestOf(plan, code), serialisers };
}

function textOf(files: readonly { readonly path: string; readonly text: string }[], name: string): string {
  const file = files.find((candidate) => candidate.path.endsWith(name));
  if (file === undefined) throw new Error(`esbuild wrote no ${name}`);
  return file.text;
}

/** What the generated file imports: the runtime, and the serialisers that are compiled here. */
function modules(serialisers: string | null): Plugin {
  return {
    name: "vgw",
    setup(setup) {
      setup.onResolve({ filter: /^@vivremotion\/runtime$/ }, () => ({ path: RUNTIME, sideEffects: false }));
      setup.onResolve({ filter: /^\.\/serialisers\.js$/ }, () => ({ path: "serialisers.js", namespace: "vgw" }));
      setup.onLoad({ filter: /.*/, namespace: "vgw" }, () => ({
        contents: serialisers ?? "",
        loader: "js",
        resolveDir: HERE,
      }));
    },
  };
}
