/** `vgw run`: builds into a folder of its own and starts that, exactly as a deployed artifact is started. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startBundler, writeArtifact } from "../7-bundle/index.ts";
import { compile } from "../build.ts";
import { parseThreads } from "./dev.ts";
import { exit } from "./output.ts";
import { checkedOrEnd, findEntry } from "./program.ts";

export interface RunOptions {
  readonly threads?: string;
  readonly requireFast?: boolean;
}

export async function runRun(path: string | undefined, options: RunOptions): Promise<number> {
  startBundler();
  const entry = findEntry(path);
  const result = checkedOrEnd(entry, {});
  const bundle = await compile(result.program);
  const folder = join(mkdtempSync(join(tmpdir(), "vgw-run-")), "artifact");
  await writeArtifact(folder, bundle);
  const args = [join(folder, "gateway.mjs"), "--files", dirname(entry)];
  if (options.threads) args.push("--threads", String(parseThreads(options.threads)));
  if (options.requireFast) args.push("--require-fast");
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  // The terminal reaches the child as well; what only this process gets is passed on.
  const pass = (signal: NodeJS.Signals) => () => child.kill(signal);
  process.on("SIGTERM", pass("SIGTERM"));
  process.on("SIGHUP", pass("SIGHUP"));
  process.on("SIGINT", () => undefined);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  rmSync(join(folder, ".."), { recursive: true, force: true });
  return code ?? exit.environment;
}
