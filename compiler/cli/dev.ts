/**
 * `vgw dev`: serves a program and swaps every edit in. A broken edit leaves the old generation serving and says why; an edit
 * that changes where the gateway listens restarts it.
 */
import type { Stats } from "node:fs";
import { dirname } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { type Gateway, startErrorText, startGateway } from "../../runtime/host/index.ts";
import { StartError } from "../../runtime/start-error.ts";
import { FileError } from "../5-plan/file.ts";
import { compile } from "../build.ts";
import { humanLine } from "./dev-log.ts";
import { CommandError, exit, remark, styleFor } from "./output.ts";
import { checkEntry, findEntry, report, summary } from "./program.ts";

export interface DevOptions {
  readonly threads: string;
}

/** Editors write a file in several steps; this long nothing may change before it is read. Milliseconds. */
const SETTLE = 30;
/** After this long a program is read once more, whatever the watcher said. Milliseconds. */
const SECOND_LOOK = 300;

/** Null: nothing that an edit could mend. */
function toldOf(error: unknown): string | null {
  if (error instanceof StartError) return startErrorText(error);
  return error instanceof FileError ? `${error.message}\nhelp: ${error.next}` : null;
}

export async function runDev(path: string | undefined, options: DevOptions): Promise<number> {
  const entry = findEntry(path);
  const session = new DevSession(entry, parseThreads(options.threads));
  await session.follow();
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await session.close();
  return exit.good;
}

export function parseThreads(text: string): number {
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 1 || threads > 256) {
    throw new CommandError(`--threads ${text} is not a number of threads`, exit.usage, "a whole number from 1 to 256");
  }
  return threads;
}

/** Whole lines. A terminal gets them for people, anything else as they are. */
function writeLog(lines: string): void {
  if (!process.stdout.isTTY) {
    process.stdout.write(lines);
    return;
  }
  const style = styleFor(process.stdout);
  for (const line of lines.split("\n")) {
    const human = line === "" ? "" : humanLine(line, style);
    if (human !== "") process.stdout.write(`${human}\n`);
  }
}

/** Packages, builds and whatever else lies in the folder are nobody's edit of the program. */
function isOther(path: string, stats?: Stats): boolean {
  return stats?.isFile() === true && !path.endsWith(".vgw");
}

class DevSession {
  readonly #entry: string;
  readonly #threads: number;
  readonly #watcher: FSWatcher;
  readonly #watched = new Set<string>();
  #gateway: Gateway | null = null;
  #timer: NodeJS.Timeout | null = null;
  #building: Promise<void> = Promise.resolve();
  /** The program's texts when it was last looked at: saving without a change, or in several steps, is no edit. */
  #seen = "";

  constructor(entry: string, threads: number) {
    this.#entry = entry;
    // Folders are watched, because many editors replace a file instead of writing it.
    this.#watcher = watch(dirname(entry), { ignoreInitial: true, depth: 0, ignored: isOther });
    this.#watched.add(dirname(entry));
    this.#threads = threads;
  }

  /** Builds once, then after every change. */
  async follow(): Promise<void> {
    // Before it is ready a change would go unnoticed, so nothing is read before.
    await new Promise<void>((resolve) => this.#watcher.once("ready", resolve));
    this.#watcher.on("all", () => this.#look(SETTLE));
    await this.#rebuild();
  }

  /** Rebuilds when nothing has changed for so many milliseconds. */
  #look(wait: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#building = this.#building.then(() => this.#rebuild());
    }, wait);
  }

  /** An imported file may lie elsewhere; what changes before its folder is watched is found by looking once more. */
  #watchFolder(folder: string): void {
    if (this.#watched.has(folder)) return;
    this.#watched.add(folder);
    this.#watcher.add(folder);
    this.#look(SECOND_LOOK);
  }

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#watcher.close();
    await this.#building;
    await this.#gateway?.close();
  }

  async #rebuild(): Promise<void> {
    const begun = performance.now();
    const style = styleFor(process.stderr);
    const result = checkEntry(this.#entry);
    for (const { tree } of result.program.modules) this.#watchFolder(dirname(tree.file));
    const texts = result.program.modules.map(({ tree }) => `${tree.file}\0${tree.text}`).join("\0");
    if (texts === this.#seen) return;
    this.#seen = texts;
    // The watcher tells only one of two changes that follow each other within some 50 ms: nothing newer may be left lying.
    this.#look(SECOND_LOOK);
    if (result.diagnostics.length > 0) report(result, {});
    if (result.hasErrors) {
      remark(
        `${style.error(summary(result))}; ${this.#gateway ? "the program before it serves on" : "waiting for an edit"}`,
      );
      return;
    }
    try {
      const { code, map } = await compile(result.program);
      const done = await this.#serve({ code, map });
      remark(`${style.strong(done)} in ${Math.round(performance.now() - begun)} ms`);
    } catch (error) {
      const told = toldOf(error);
      if (told === null) throw error;
      // Saving again tries again: a port may be free by then, a file be there.
      this.#seen = "";
      remark(`${style.error("error")} ${told}`);
      remark(this.#gateway ? "the program before it serves on" : "waiting for an edit");
    }
  }

  async #serve(source: { readonly code: string; readonly map: string | null }): Promise<string> {
    if (!this.#gateway) {
      this.#gateway = await this.#start(source);
      return `serving on ${this.#addresses()}`;
    }
    try {
      const generation = await this.#gateway.swap(source);
      return `generation ${generation.id} is serving`;
    } catch (error) {
      if (!(error instanceof StartError) || error.code !== "swap-restart") throw error;
      await this.#gateway.close(0);
      this.#gateway = null;
      this.#gateway = await this.#start(source);
      return `listening anew on ${this.#addresses()}`;
    }
  }

  #start(source: { readonly code: string; readonly map: string | null }): Promise<Gateway> {
    return startGateway({
      source,
      environment: process.env,
      overrides: { threads: this.#threads },
      files: dirname(this.#entry),
      write: writeLog,
    });
  }

  #addresses(): string {
    return (this.#gateway?.listeners ?? [])
      .map(({ scheme, address, port }) => `${scheme}://${address}:${port}`)
      .join(", ");
  }
}
