/**
 * Every metric once: name, type, labels and meaning. The exporter builds its answer from this table and the reference is
 * generated from it. Names follow the Prometheus conventions: base units, `_total` on counters.
 */

export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  readonly help: string;
  /** How the values of several threads become one. */
  readonly over: "sum" | "first" | "max";
}

export const METRICS = {
  requests: {
    name: "vgw_requests_total",
    type: "counter",
    labels: ["route", "method", "status"],
    help: 'Requests answered, by route, method ("other" beside the nine standard ones) and class of status ("2xx"; "aborted": the client left before an answer began)',
    over: "sum",
  },
  requestDuration: {
    name: "vgw_request_duration_seconds",
    type: "histogram",
    labels: ["route"],
    help: "Time from the end of the request's head to the end of its answer",
    over: "sum",
  },
  requestBytes: {
    name: "vgw_request_body_bytes_total",
    type: "counter",
    labels: ["route"],
    help: "Bytes of request bodies received",
    over: "sum",
  },
  responseBytes: {
    name: "vgw_response_body_bytes_total",
    type: "counter",
    labels: ["route"],
    help: "Bytes of response bodies sent",
    over: "sum",
  },
  requestsInFlight: {
    name: "vgw_requests_in_flight",
    type: "gauge",
    labels: [],
    help: "Requests that have begun and not ended",
    over: "sum",
  },
  requestsRefused: {
    name: "vgw_requests_refused_total",
    type: "counter",
    labels: ["code"],
    help: "Requests refused before a route was looked for, by error code",
    over: "sum",
  },
  upstreamRequests: {
    name: "vgw_upstream_requests_total",
    type: "counter",
    labels: ["service", "endpoint", "status"],
    help: "Responses of upstreams, by class of status",
    over: "sum",
  },
  upstreamFailures: {
    name: "vgw_upstream_failures_total",
    type: "counter",
    labels: ["service", "endpoint", "kind"],
    help: "Attempts without a complete response, by kind of failure",
    over: "sum",
  },
  upstreamDuration: {
    name: "vgw_upstream_duration_seconds",
    type: "histogram",
    labels: ["service", "endpoint"],
    help: "Time until the head of an upstream's response, or until the attempt failed",
    over: "sum",
  },
  upstreamInFlight: {
    name: "vgw_upstream_requests_in_flight",
    type: "gauge",
    labels: ["service", "endpoint"],
    help: "Attempts under way",
    over: "sum",
  },
  upstreamConnections: {
    name: "vgw_upstream_connections",
    type: "gauge",
    labels: ["service", "endpoint"],
    help: "Open connections to upstreams, idle ones included",
    over: "sum",
  },
  upstreamConnectionsOpened: {
    name: "vgw_upstream_connections_opened_total",
    type: "counter",
    labels: ["service", "endpoint"],
    help: "Connections to upstreams opened since the start",
    over: "sum",
  },
  upstreamWaiting: {
    name: "vgw_upstream_requests_waiting",
    type: "gauge",
    labels: ["service"],
    help: "Requests that wait for a free connection",
    over: "sum",
  },
  upstreamRejected: {
    name: "vgw_upstream_requests_rejected_total",
    type: "counter",
    labels: ["service"],
    help: "Requests refused, or given up while waiting, because every connection was in use",
    over: "sum",
  },
  limitDecisions: {
    name: "vgw_limit_decisions_total",
    type: "counter",
    labels: ["limit", "result"],
    help: 'Decisions of limits, by where the limit stands and result ("admitted", "limited", or "full": no room to count by this value)',
    over: "sum",
  },
  concurrencyInside: {
    name: "vgw_concurrency_in_use",
    type: "gauge",
    labels: ["limit"],
    help: "Requests between a concurrency limit and their end, by where the limit stands",
    over: "sum",
  },
  concurrencyWaiting: {
    name: "vgw_concurrency_queued",
    type: "gauge",
    labels: ["limit"],
    help: "Requests that wait at a concurrency limit",
    over: "sum",
  },
  concurrencyDecisions: {
    name: "vgw_concurrency_decisions_total",
    type: "counter",
    labels: ["limit", "result"],
    help: 'Decisions of concurrency limits, by where the limit stands and result ("admitted", "refused", "expired": waited for too long, "left": the request was over before its turn, or "full": no room to count by this value)',
    over: "sum",
  },
  upstreamShare: {
    name: "vgw_upstream_endpoint_share",
    type: "gauge",
    labels: ["service", "endpoint"],
    help: "Part of its share of requests that an endpoint gets: 0 while ejected or unhealthy, growing to 1 afterwards",
    over: "max",
  },
  upstreamEjections: {
    name: "vgw_upstream_ejections_total",
    type: "counter",
    labels: ["service", "endpoint"],
    help: "Times an endpoint was left alone because it failed more than the others",
    over: "sum",
  },
  upstreamChecks: {
    name: "vgw_upstream_health_checks_total",
    type: "counter",
    labels: ["service", "endpoint", "result"],
    help: 'Health checks, by result ("passed" or "failed")',
    over: "sum",
  },
  upstreamBreakerOpen: {
    name: "vgw_upstream_breaker_open",
    type: "gauge",
    labels: ["service"],
    help: "1 while the service's breaker is open, or tries whether it can close",
    over: "max",
  },
  upstreamBreakerRefused: {
    name: "vgw_upstream_breaker_refused_total",
    type: "counter",
    labels: ["service"],
    help: "Attempts that an open breaker refused",
    over: "sum",
  },
  upstreamRetries: {
    name: "vgw_upstream_retries_total",
    type: "counter",
    labels: ["service"],
    help: "Attempts beyond a request's first",
    over: "sum",
  },
  upstreamRetriesRefused: {
    name: "vgw_upstream_retries_refused_total",
    type: "counter",
    labels: ["service"],
    help: "Retries that the service's budget did not allow",
    over: "sum",
  },
  generation: {
    name: "vgw_generation_info",
    type: "gauge",
    labels: ["gateway", "generation"],
    help: "Always 1; the generation is the hash of the bundle that new requests go to",
    over: "max",
  },
  generationSwaps: {
    name: "vgw_generation_swaps_total",
    type: "counter",
    labels: ["result"],
    help: 'Swaps and rollbacks since the start, by result ("served" or "refused")',
    over: "sum",
  },
  logDropped: {
    name: "vgw_log_lines_dropped_total",
    type: "counter",
    labels: [],
    help: "Log lines lost because the reader of the log was too slow",
    over: "sum",
  },
  heapUsed: {
    name: "vgw_heap_used_bytes",
    type: "gauge",
    labels: [],
    help: "JavaScript heap in use, all serving threads together",
    over: "sum",
  },
  processCpu: {
    name: "process_cpu_seconds_total",
    type: "counter",
    labels: [],
    help: "User and system CPU time of the process",
    over: "max",
  },
  processMemory: {
    name: "process_resident_memory_bytes",
    type: "gauge",
    labels: [],
    help: "Resident memory of the process",
    over: "max",
  },
  processStart: {
    name: "process_start_time_seconds",
    type: "gauge",
    labels: [],
    help: "Start of the process, seconds since the epoch",
    over: "first",
  },
} as const satisfies { readonly [key: string]: MetricDefinition };
