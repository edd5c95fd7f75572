/** How a service meets endpoints that fail or are slow: the tables inside `eject`, `health`, `breaker`, `retry` and `hedge`. */
import { type Setting, setting } from "../setting.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;

export const ejectSettings: readonly Setting[] = [
  setting({
    key: "requests",
    type: { kind: "int", min: 1, max: 1_000_000 },
    default: 5,
    documentation: "So many requests an endpoint must have had before anything is held against it.",
    example: "requests: 5",
  }),
  setting({
    key: "within",
    type: { kind: "duration", min: SECOND, max: HOUR },
    default: 10 * SECOND,
    documentation: "How far back requests are looked at.",
    example: "within: 10s",
  }),
  setting({
    key: "time",
    type: { kind: "duration", min: 100, max: HOUR },
    default: 10 * SECOND,
    documentation: "How long an endpoint is left alone the first time; twice as long each further time.",
    example: "time: 10s",
  }),
  setting({
    key: "longest",
    type: { kind: "duration", min: 100, max: 24 * HOUR },
    default: 5 * 60 * SECOND,
    documentation: "How long an endpoint is left alone at most.",
    example: "longest: 5min",
  }),
  setting({
    key: "slow",
    type: { kind: "bool" },
    default: true,
    documentation:
      "Whether an endpoint that is slow beside the others is left alone too. `false` where endpoints are slow by nature, such as those in another region.",
    example: "slow: false",
  }),
];

export const healthSettings: readonly Setting[] = [
  setting({
    key: "get",
    type: { kind: "path" },
    required: true,
    documentation: "The path that is asked for, behind the endpoint's own.",
    example: 'get: "/healthz"',
  }),
  setting({
    key: "every",
    type: { kind: "duration", min: 100, max: HOUR },
    default: 5 * SECOND,
    documentation: "Time between two checks of an endpoint, a tenth more or less.",
    example: "every: 5s",
  }),
  setting({
    key: "timeout",
    type: { kind: "duration", min: 1, max: HOUR },
    default: SECOND,
    documentation: "How long an answer may take to begin.",
    example: "timeout: 1s",
  }),
  setting({
    key: "healthy",
    type: { kind: "int", min: 1, max: 100 },
    default: 2,
    documentation: "Checks in a row that must pass before an endpoint counts as well again.",
    example: "healthy: 2",
  }),
  setting({
    key: "unhealthy",
    type: { kind: "int", min: 1, max: 100 },
    default: 3,
    documentation: "Checks in a row that must fail before an endpoint counts as unwell.",
    example: "unhealthy: 3",
  }),
];

export const breakerSettings: readonly Setting[] = [
  setting({
    key: "failures",
    type: { kind: "percent" },
    default: 0.5,
    documentation: "The breaker opens when so many of the requests failed.",
    example: "failures: 50%",
  }),
  setting({
    key: "of",
    type: { kind: "int", min: 1, max: 1_000_000 },
    default: 20,
    documentation: "So many requests there must have been.",
    example: "of: 20",
  }),
  setting({
    key: "within",
    type: { kind: "duration", min: 100, max: HOUR },
    default: 10 * SECOND,
    documentation: "How far back requests are looked at.",
    example: "within: 10s",
  }),
  setting({
    key: "probe",
    type: { kind: "duration", min: 10, max: HOUR },
    default: 5 * SECOND,
    documentation: "Time from its opening, or from a probe that failed, to the next request that is let through.",
    example: "probe: 5s",
  }),
];

export const retrySettings: readonly Setting[] = [
  setting({
    key: "times",
    type: { kind: "int", min: 1, max: 5 },
    default: 2,
    documentation: "How often at most one request is sent again.",
    example: "times: 2",
  }),
  setting({
    key: "on",
    type: {
      kind: "list",
      of: {
        kind: "either",
        of: [
          { kind: "word", words: ["connect", "timeout", "closed"] },
          { kind: "int", min: 400, max: 599 },
        ],
      },
      min: 1,
      single: true,
    },
    default: ["connect", "closed", 502, 503, 504],
    documentation:
      "For what: `connect`, no connection came about; `timeout`, no answer in time; `closed`, the connection was lost before the answer; or a status.",
    example: "on: [connect, timeout, 502, 503, 504]",
  }),
  setting({
    key: "budget",
    type: { kind: "percent" },
    default: 0.2,
    documentation:
      "How many retries there may be for the requests of the last ten seconds, over all threads, so that a service in trouble does not get more load still; ten are always allowed.",
    example: "budget: 20%",
  }),
  setting({
    key: "wait",
    type: { kind: "span", min: 0, max: 60 * SECOND },
    default: { from: 25, to: 250 },
    documentation:
      "How long to wait before: the shorter time at first, twice as long each further time, up to the longer one, half of it left to chance. A `Retry-After` that asks for more is obeyed up to the longer time; beyond that the answer is passed on instead.",
    example: "wait: 25ms..250ms",
  }),
];

export const hedgeSettings: readonly Setting[] = [
  setting({
    key: "after",
    type: {
      kind: "either",
      of: [
        { kind: "duration", min: 1, max: HOUR },
        { kind: "word", words: ["p50", "p75", "p90", "p95", "p99"] },
      ],
    },
    default: "p95",
    documentation:
      "How long the answer is waited for before another endpoint is asked too: a time, or the time within which so many of a hundred answers of this service have begun lately (`p95`: 95), as far as each thread has seen; nothing is hedged before 50 answers.",
    example: "after: p95",
  }),
  setting({
    key: "most",
    type: { kind: "int", min: 1, max: 3 },
    default: 1,
    documentation: "How many further endpoints at most are asked for one request, one after the other.",
    example: "most: 1",
  }),
  setting({
    key: "budget",
    type: { kind: "percent" },
    default: 0.1,
    documentation:
      "How many hedges there may be for the requests of the last ten seconds, over all threads; ten are always allowed. Where the service retries, they count as retries too.",
    example: "budget: 10%",
  }),
  setting({
    key: "methods",
    type: { kind: "word", words: ["safe", "idempotent"] },
    default: "safe",
    documentation:
      "Which requests: `safe`, those that change nothing (GET, HEAD, OPTIONS, TRACE); `idempotent`, also PUT and DELETE, whose loser may take effect after the client's next request.",
    example: "methods: idempotent",
  }),
];

/** Of a choice of models. */
export const modelHedgeSettings: readonly Setting[] = [
  setting({
    key: "after",
    type: { kind: "duration", min: 1, max: HOUR },
    default: 2 * SECOND,
    documentation:
      "How long a streamed answer is waited for, without any content of it, until another model is asked too.",
    example: "after: 2s",
  }),
  setting({
    key: "most",
    type: { kind: "int", min: 1, max: 3 },
    default: 1,
    documentation: "How many further models at most are asked for one request, each `after` the one before.",
    example: "most: 1",
  }),
  setting({
    key: "budget",
    type: { kind: "percent" },
    default: 0.1,
    documentation:
      "How many hedges there may be for the streamed requests of the last ten seconds, on each thread; ten are always allowed.",
    example: "budget: 10%",
  }),
];

/** Of a choice of models. */
export const shadowSettings: readonly Setting[] = [
  setting({
    key: "model",
    type: { kind: "models" },
    required: true,
    documentation: "Who gets the copies: one model.",
    example: "model: large",
  }),
  setting({
    key: "share",
    type: { kind: "percent" },
    required: true,
    documentation: "Of which part of the requests, by chance.",
    example: "share: 5%",
  }),
  setting({
    key: "at_once",
    type: { kind: "int", min: 1, max: 10_000 },
    default: 10,
    documentation: "How many copies one thread may have under way; further ones are dropped.",
    example: "at_once: 10",
  }),
];
