/** Loaded into the gateway's processes with `--import`: on SIGUSR2 it collects garbage and writes what is alive into a file. */
import { readdirSync, readlinkSync, renameSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const folder = process.env.VGW_PROBE;
let number = 0;

if (isMainThread && folder !== undefined) {
  process.on("SIGUSR2", () => {
    collect(6).then(() => {
      const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
      const resources = {};
      for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
      const file = `${folder}/probe-${process.pid}-${++number}.json`;
      writeFileSync(`${file}.part`, JSON.stringify({ heapUsed, external, arrayBuffers, rss, resources, sockets: sockets() }));
      renameSync(`${file}.part`, file);
    });
  });
}

/** What a request leaves is released over a few turns of the loop. */
async function collect(times) {
  for (let round = 0; round < times; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

function sockets() {
  try {
    return readdirSync("/proc/self/fd").filter((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`).startsWith("socket:");
      } catch {
        return false;
      }
    }).length;
  } catch {
    return 0;
  }
}
