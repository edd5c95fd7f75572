/** What the operating system and V8 say about this process and thread. */
import { METRICS } from "./metrics.ts";
import { type Sample, sample } from "./sample.ts";

export function processSamples(): Sample[] {
  const cpu = process.cpuUsage();
  const memory = process.memoryUsage();
  const one = (value: number) => [{ value, labels: {} }];
  return [
    sample(METRICS.heapUsed, one(memory.heapUsed)),
    sample(METRICS.processCpu, one((cpu.user + cpu.system) / 1e6)),
    sample(METRICS.processMemory, one(memory.rss)),
    sample(METRICS.processStart, one(Math.round(Date.now() / 1000 - process.uptime()))),
  ];
}
