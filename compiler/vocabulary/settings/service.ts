/** The settings of `service` and the named arguments of a call of one. */
import { type Setting, setting } from "../setting.ts";

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
      "Where the service is: one origin or several that serve the same, with an optional path that goes before each request's path. `http` only for now. Endpoints are equal unless they have a `weight`, which every way to `balance` respects.",
    example: 'url: ["http://10.0.0.11:8080", { at: "http://10.0.0.12:8080", weight: 3 }]',
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
    key: "preserve_host",
    type: { kind: "bool" },
    default: false,
    environment: true,
    documentation: "Whether the service sees the `Host` that the client asked for instead of its own.",
    example: "preserve_host: true",
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
