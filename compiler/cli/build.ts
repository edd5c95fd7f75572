/** `vgw build`: a folder that runs alone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startBundler, writeArtifact } from "../7-bundle/index.ts";
import { compile } from "../build.ts";
import { exit, plural, print, printJson, remark } from "./output.ts";
import { checkedOrEnd, findEntry } from "./program.ts";

export interface BuildOptions {
  readonly output: string;
  readonly json?: boolean;
  readonly emitTs?: boolean;
}

export async function runBuild(path: string | undefined, options: BuildOptions): Promise<number> {
  const begun = performance.now();
  startBundler();
  const result = checkedOrEnd(findEntry(path), options);
  const bundle = await compile(result.program);
  const manifest = await writeArtifact(options.output, bundle);
  if (options.emitTs) {
    writeFileSync(join(options.output, "bundle.ts"), bundle.typescript);
    if (bundle.serialisers !== null) writeFileSync(join(options.output, "serialisers.js"), bundle.serialisers);
  }
  const seconds = (performance.now() - begun) / 1000;
  if (options.json) {
    printJson({ folder: options.output, manifest, seconds });
    return exit.good;
  }
  const routes = plural(result.program.routes.length, "route");
  print(
    `${options.output}: ${manifest.name}, ${routes}, bundle ${kilobytes(manifest.size)}, hash ${manifest.hash.slice(0, 12)}, in ${seconds.toFixed(2)} s`,
  );
  print(`  listens on ${manifest.listen.map(({ address, port }) => `${address}:${port}`).join(", ")}`);
  for (const { variable, required, secret } of manifest.environment) {
    print(`  reads ${variable}${secret ? " (secret)" : ""}${required ? ", which must be set" : ""}`);
  }
  remark(`start it with: node ${join(options.output, "gateway.mjs")}`);
  return exit.good;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
