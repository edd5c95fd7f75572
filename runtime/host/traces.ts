/** Traces of a gateway: what its threads are told of the collector, and what of it the log is told. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { GatewayConfiguration } from "../abi.ts";
import { Tracing } from "../observe/index.ts";
import type { Artifact } from "./artifact.ts";
import type { HostLog } from "./host-log.ts";

/** Of the gateway, as the scope of its spans. */
const VERSION = "0.1.0";
const PATH = "/v1/traces";

/** Plain data: it is posted to worker threads. */
export interface TraceSettings {
  readonly url: string;
  readonly sample: number;
  readonly headers: { readonly [name: string]: string };
  readonly resource: { readonly [name: string]: string };
}

/** null: nothing is recorded. */
export function traceSettings({ name, traces }: GatewayConfiguration, artifact: Artifact): TraceSettings | null {
  if (traces === undefined) return null;
  const base = traces.url.replace(/\/+$/, "");
  return {
    url: base.endsWith(PATH) ? base : base + PATH,
    sample: traces.sample,
    headers: Object.fromEntries(traces.headers.map((one) => [one.name, one.value])),
    // Those that OpenTelemetry's conventions ask of every service.
    resource: {
      "service.name": name,
      "service.version": artifact.hash.slice(0, 12),
      "service.instance.id": randomUUID(),
      "host.name": hostname(),
      "telemetry.sdk.name": "vivremotion",
      "telemetry.sdk.language": "nodejs",
      "telemetry.sdk.version": VERSION,
    },
  };
}

export function openTracing(settings: TraceSettings, random: () => number, log: HostLog): Tracing {
  return new Tracing({
    ...settings,
    version: VERSION,
    random,
    note: (problem) => {
      if (problem === null) log("info", "traces.back", { message: "the collector takes spans again" });
      else
        log("warn", "traces.away", { message: `spans of requests cannot be sent, and are lost in time: ${problem}` });
    },
  });
}
