/** The settings of `service` and the named arguments of a call of one. */
import { type Setting, setting } from "../setting.ts";
import { breakerSettings, ejectSettings, healthSettings, hedgeSettings, retrySettings } from "./resilience.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** Of one endpoint in `url`, where it says more than its address. */
export const endpointSettings: readonly Setting[] = [
  setting({
    key: "at",
    type: { kind: "url" },
    required: true,
    environment: true,
    documentation: "The endpoint's origin, as it could stand alone.",
    example: 'at: "http://10.0.0.11:8080"',
  }),
  setting({
    key: "weight",
    type: { kind: "int", min: 1, max: 1000 },
    default: 1,
    documentation: "How much of the requests this endpoint gets, in proportion to the other endpoints' weights.",
    example: "weight: 3",
  }),
];

export const tlsSettings: readonly Setting[] = [
  setting({
    key: "ca",
    type: { kind: "file" },
    documentation:
      "The authorities whose certificates are believed, in place of those that Node brings (to which `NODE_EXTRA_CA_CERTS` adds): a PEM file, read when the gateway starts, not when building. A certificate that was signed by nobody else is its own authority.",
    example: 'ca: file("internal-ca.pem")',
  }),
  setting({
    key: "server_name",
    type: { kind: "hostname" },
    documentation:
      "The name that the endpoints' certificate must be for, and that they are asked for (SNI). Left out: the host of each endpoint's URL.",
    example: 'server_name: "orders.internal"',
  }),
  setting({
    key: "certificate",
    type: { kind: "certificate", folder: false },
    documentation:
      "What this gateway shows when it is asked who it is (mutual TLS). As in a listener's `certificates`.",
    example: 'certificate: certificate("edge.pem", key: "edge.key")',
  }),
  setting({
    key: "minimum",
    type: { kind: "word", words: ["tls1_2", "tls1_3"] },
    default: "tls1_2",
    documentation: "The oldest version of TLS that is spoken.",
    example: "minimum: tls1_3",
  }),
];

export const serviceSettings: readonly Setting[] = [
  setting({
    key: "url",
    type: {
      kind: "list",
      of: { kind: "either", of: [{ kind: "url" }, { kind: "record", settings: endpointSettings }] },
      min: 1,
      single: true,
    },
    required: true,
    environment: true,
    documentation:
      "Where the service is: one origin or several that serve the same, with an optional path that goes before each request's path. With `https` the endpoint's certificate is verified before a byte leaves; see `tls`. Endpoints are equal unless they have a `weight`, which every way to `balance` respects.",
    example: 'url: ["http://10.0.0.11:8080", { at: "http://10.0.0.12:8080", weight: 3 }]',
  }),
  setting({
    key: "tls",
    type: { kind: "record", settings: tlsSettings, without: "usual" },
    documentation:
      "How endpoints with `https` prove what they are, and this gateway to them. Certificates are always verified: there is no way to leave it out, but `ca` may be any certificate, and `server_name` any name. A check that fails is a failed connection (502, `upstream-unreachable`); the log says which. Sessions are taken up again. Left out: Node's authorities, the host of each endpoint's URL, and nothing to show.",
    example:
      'tls: { ca: file("internal-ca.pem"), server_name: "orders.internal", certificate: certificate("edge.pem", key: "edge.key") }',
  }),
  setting({
    key: "balance",
    type: { kind: "word", words: ["least_requests", "round_robin", "latency"], computed: "hash" },
    default: "least_requests",
    documentation:
      "Which of several endpoints gets the next request. `least_requests`: the one with the fewest requests in flight, counted over all threads. `round_robin`: one after the other. `latency`: the one that answers fastest (a moving mean that rises at once and falls slowly) for how much it has to do; errors count as slow, however fast they come. `hash(…)`: requests for which the expression gives the same text go to the same endpoint, as long as it is well and has a free connection; an endpoint that comes or goes moves only its own share of them. Where the expression is absent: as `least_requests`.",
    example: 'balance: hash(request.header("x-tenant"))',
  }),
  setting({
    key: "timeout",
    type: { kind: "duration", min: 1, max: HOUR },
    default: 30 * SECOND,
    environment: true,
    documentation:
      "How long one attempt may take until the answer's head has arrived. A route's `deadline` bounds the whole answer.",
    example: "timeout: 800ms",
  }),
  setting({
    key: "connect_timeout",
    type: { kind: "duration", min: 1, max: 10 * 60 * SECOND },
    default: 2 * SECOND,
    environment: true,
    documentation: "How long opening a connection to an endpoint may take.",
    example: "connect_timeout: 2s",
  }),
  setting({
    key: "idle",
    type: { kind: "duration", min: 100, max: HOUR },
    default: 30 * SECOND,
    environment: true,
    documentation: "How long an unused connection to an endpoint is kept.",
    example: "idle: 30s",
  }),
  setting({
    key: "silence",
    type: { kind: "duration", min: 100, max: 24 * HOUR },
    default: 30 * SECOND,
    environment: true,
    documentation:
      "How long the body of an answer may stand still. Then the answer is cut, so that the client sees that it is not whole. Time for which the client holds it back does not count. A `forward` may say otherwise, as is due for event streams that may be quiet for long.",
    example: "silence: 30s",
  }),
  setting({
    key: "connections",
    type: { kind: "int", min: 1, max: 100_000 },
    default: 128,
    environment: true,
    documentation: "How many connections one thread may have open to one endpoint.",
    example: "connections: 128",
  }),
  setting({
    key: "answer_limit",
    type: { kind: "size", min: 1, max: 1024 ** 3 },
    default: 10_000_000,
    environment: true,
    documentation:
      "The longest answer that a call may read into memory. Answers that are forwarded stream and have no limit.",
    example: "answer_limit: 10MB",
  }),
  setting({
    key: "pipelining",
    type: { kind: "int", min: 0, max: 1024 },
    default: 0,
    environment: true,
    documentation:
      "So many connections (per endpoint and thread) are shared by safe requests without a body (GET, HEAD, OPTIONS): they are sent behind one another, many in one write, and answered in that order (RFC 9112 §9.3.2). It saves the most CPU time that a proxy can save, where answers come quickly; an answer that takes long keeps those behind it waiting, for two seconds at most: then they are made again, alone. Only for a service whose framing can be trusted: an answer too many would reach the wrong client. Requests that a connection leaves unanswered when it closes are made again on connections of their own, and nothing is pipelined to that endpoint for 10 seconds. Other requests always have a connection of their own, of `connections`. `0`: never.",
    example: "pipelining: 8",
  }),
  setting({
    key: "preserve_host",
    type: { kind: "bool" },
    default: false,
    environment: true,
    documentation: "Whether the service sees the `Host` that the client asked for instead of its own.",
    example: "preserve_host: true",
  }),
  setting({
    key: "eject",
    type: { kind: "record", settings: ejectSettings, without: "possible" },
    documentation:
      "When one of several endpoints is left alone for a while: when it surely (the lower end of Wilson's interval) fails more than 10% of its requests and more than three times as often as the endpoint in the middle. A lost connection, a timeout and a status of 500 or more are failures. By the same rule one is left alone for being slow: an answer is slow when its head takes about three times as long (and 10 ms more) than is usual for the endpoint in the middle, or when a hedge overtook it. At most half of the endpoints are left alone for each of the two reasons, and three of ten are always asked, who fails sooner left alone than who is slow. `none`: never.",
    example: "eject: { requests: 5, within: 10s, time: 10s, longest: 5min, slow: true }",
  }),
  setting({
    key: "health",
    type: { kind: "record", settings: healthSettings, without: "usual" },
    documentation:
      "How the gateway asks each endpoint how it is, over a connection of its own, once for the whole process. A status from 200 to 399 is well. Where (nearly) all endpoints are unwell, all get requests: what says so may be wrong. Left out: nobody asks.",
    example: 'health: { get: "/healthz", every: 5s, timeout: 1s, healthy: 2, unhealthy: 3 }',
  }),
  setting({
    key: "slow_start",
    type: { kind: "duration", min: 0, max: HOUR },
    default: 10 * SECOND,
    environment: true,
    documentation:
      "Over what time an endpoint that was left alone or unwell gets its whole share back, from a tenth at first. `0s`: at once.",
    example: "slow_start: 10s",
  }),
  setting({
    key: "breaker",
    type: { kind: "record", settings: breakerSettings, without: "usual" },
    documentation:
      "When the whole service is left alone: requests then fail at once (503, `upstream-open`, kind `overload`), until one that is let through as a probe succeeds. All threads share one breaker. Left out: never.",
    example: "breaker: { failures: 50%, of: 20, within: 10s, probe: 5s }",
  }),
  setting({
    key: "retry",
    type: { kind: "record", settings: retrySettings, without: "usual" },
    documentation:
      "When a request is sent again, to another endpoint where there is one: only if that is safe (GET, HEAD, OPTIONS, TRACE, PUT, DELETE; other methods only where no connection came about), if its body is at hand (up to 64 KB of known length, or made by the program), if nothing has been answered and the deadline allows it. The second attempt carries `vgw-attempt: 2`, and so on; a request that comes with this field is never sent again here. Left out: never.",
    example: "retry: { times: 2, on: [connect, timeout, 502, 503, 504], budget: 20%, wait: 25ms..250ms }",
  }),
  setting({
    key: "hedge",
    type: { kind: "record", settings: hedgeSettings, without: "usual" },
    documentation:
      "When a request goes to another endpoint too because the first takes its time (with a single endpoint: over another connection): the first head wins, unless it is an error (429, or 500 and more) while another may still answer, and the losers' connections are closed. Only for requests that may be sent twice (`methods`) and have their body at hand (as for `retry`, without it up to 16 KB), never while the breaker is open or no other endpoint has a free connection. The second carries `vgw-attempt: 2`; a request that comes with this field is not hedged here. Losing is no failure of an endpoint, but it counts as slow. Left out: never.",
    example: "hedge: { after: p95, most: 1, budget: 10% }",
  }),
  setting({
    key: "pass_deadline",
    type: { kind: "bool" },
    default: false,
    environment: true,
    documentation:
      "Whether the service is told, in `x-request-timeout-ms`, for how many milliseconds its answer is waited for: the timeout, or what is left of the route's deadline where that is less.",
    example: "pass_deadline: true",
  }),
  setting({
    key: "max_age",
    type: { kind: "duration", min: SECOND, max: 24 * HOUR },
    default: 5 * 60 * SECOND,
    environment: true,
    documentation:
      "How long connections are used before new ones are made. Names are looked up for each new connection, so this is how long an address that has changed is still asked. Nothing is looked up at the start.",
    example: "max_age: 5min",
  }),
  setting({
    key: "clearance",
    type: { kind: "labels" },
    default: [],
    documentation:
      "Labels of data that may be sent to this service. Data with another label does not compile on its way there.",
    example: "clearance: [pii]",
  }),
];

/** Of `orders.get("/path", …)`. */
export const callSettings: readonly Setting[] = [
  setting({
    key: "body",
    type: { kind: "expression", type: "T" },
    documentation: "The request's body: a string is sent as text, bytes as they are, anything else as JSON.",
    example: "body: { id: order.id }",
  }),
  setting({
    key: "headers",
    type: { kind: "entries", of: "string" },
    documentation: "Header fields of the request.",
    example: 'headers: { "x-tenant": tenant }',
  }),
  setting({
    key: "query",
    type: { kind: "entries", of: "string" },
    documentation:
      "Query parameters, encoded and added to those of the path. An absent value leaves its parameter out.",
    example: "query: { page: page }",
  }),
  setting({
    key: "timeout",
    type: { kind: "duration", min: 1, max: HOUR },
    documentation: "Instead of the service's `timeout`, for this call.",
    example: "timeout: 200ms",
  }),
];
