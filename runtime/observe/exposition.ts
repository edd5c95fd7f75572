/** The samples of all threads as one text in Prometheus' exposition format. */
import { AggregatorRegistry, type Registry } from "prom-client";
import type { Sample } from "./sample.ts";

export const METRICS_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** `threads`: what each thread's observer gave. */
export function metricsText(threads: readonly (readonly Sample[])[]): Promise<string> {
  // prom-client's types ask for the class of each metric; what it reads are these plain fields.
  const registry: Registry = AggregatorRegistry.aggregate([...threads]);
  return registry.metrics();
}
