/** Reads what `node --cpu-prof` wrote: which functions the processor was in, by self time. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** The parts of the file that are needed. Times are in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  /** Such as "gateway.mjs:120:7"; empty for what is no function, such as the garbage collector. */
  readonly place: string;
  readonly microseconds: number;
}

/** Of the file in the folder that shows the most work: each process writes one. The largest first, idle time left out. */
export function busiestProfile(folder: string): SelfTime[] {
  const profiles = readdirSync(folder)
    .filter((name) => name.endsWith(".cpuprofile"))
    .map((name) => selfTimes(JSON.parse(readFileSync(join(folder, name), "utf8"))));
  const work = (times: readonly SelfTime[]): number => times.reduce((sum, { microseconds }) => sum + microseconds, 0);
  return profiles.sort((a, b) => work(b) - work(a))[0] ?? [];
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const sums = new Map<string, SelfTime>();
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === "(idle)") continue;
    const name = frame.functionName || "(anonymous)";
    const place = frame.url === "" ? "" : `${basename(frame.url)}:${frame.lineNumber + 1}:${frame.columnNumber + 1}`;
    const key = `${name} ${place}`;
    const before = sums.get(key)?.microseconds ?? 0;
    sums.set(key, { name, place, microseconds: before + (timeDeltas[index] ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.microseconds - a.microseconds);
}
