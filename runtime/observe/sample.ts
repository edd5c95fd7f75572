/** Metric values in the form prom-client aggregates and prints: plain data that crosses threads. */
import type { Histogram } from "./histogram.ts";
import type { MetricDefinition } from "./metrics.ts";

export interface Labels {
  readonly [name: string]: string;
}

export interface SampleValue {
  readonly value: number;
  readonly labels: { readonly [name: string]: string | number };
  /** Histograms: the series within the metric. */
  readonly metricName?: string;
}

/** One metric of one thread with all its values. */
export interface Sample {
  readonly name: string;
  readonly help: string;
  readonly type: MetricDefinition["type"];
  readonly aggregator: MetricDefinition["over"];
  readonly values: readonly SampleValue[];
}

export function sample(definition: MetricDefinition, values: readonly SampleValue[]): Sample {
  const { name, help, type, over } = definition;
  return { name, help, type, aggregator: over, values };
}

export function histogramValues(definition: MetricDefinition, labels: Labels, histogram: Histogram): SampleValue[] {
  const { name } = definition;
  const values: SampleValue[] = [];
  let count = 0;
  const { bounds } = histogram;
  for (let index = 0; index < bounds.length; index++) {
    count += histogram.counts[index]!;
    values.push({ value: count, labels: { le: bounds[index]!, ...labels }, metricName: `${name}_bucket` });
  }
  count += histogram.counts[bounds.length]!;
  values.push({ value: count, labels: { le: "+Inf", ...labels }, metricName: `${name}_bucket` });
  values.push({ value: histogram.sum, labels, metricName: `${name}_sum` });
  values.push({ value: count, labels, metricName: `${name}_count` });
  return values;
}
