/** The settings of a `limit` step: of one that counts requests in a time, and of one that counts those that are being answered. */
import { type Setting, setting } from "../setting.ts";

const whenAway = setting({
  key: "when_away",
  type: { kind: "word", words: ["refuse", "allow"] },
  documentation:
    "What happens while the Redis of `state` does not answer; needs `shared`. `refuse`: requests get 503 with `Retry-After`, or what `else` says. `allow`: each gateway counts alone, exactly over its threads, against the whole limit, so together they may admit as many times the limit as there are gateways. Without it: what `when_away` of `state` says.",
  example: "when_away: allow",
});

export const rateLimitSettings: readonly Setting[] = [
  setting({
    key: "burst",
    type: { kind: "expression", type: "int" },
    documentation: "How many are admitted at once, after a time without any. Without it: the count of the rate.",
    example: "burst: 10",
  }),
  setting({
    key: "cost",
    type: { kind: "expression", type: "int" },
    documentation: "How many a request counts for; 0 counts nothing and is always admitted. Without it: 1.",
    example: "cost: 5",
  }),
  setting({
    key: "headers",
    type: { kind: "bool" },
    default: true,
    documentation:
      "Whether answers say what is left, in `RateLimit-Policy` and `RateLimit`. `Retry-After` stands with every refusal either way.",
    example: "headers: false",
  }),
  setting({
    key: "name",
    type: { kind: "string" },
    documentation:
      "What the header fields call the limit. Limits of the same name, rate and burst count together (those that are `shared` apart from those that are not). Without it: the policy's name, or `default`.",
    example: 'name: "search"',
  }),
  setting({
    key: "shared",
    type: { kind: "word", words: ["exact", "leased"] },
    documentation:
      "Counts together with all gateways of the same `state`, by Redis's clock. `exact`: each request that may be admitted asks Redis, all of one turn together in one script, and all gateways together admit what one would, to the last request; a key that was refused is refused without asking for as long as it must be (a second at most). `leased`: a gateway takes some in advance, as many as it used lately and at most a quarter of what is left, so that most requests ask nobody; together they never admit more than the limit, but a request may be admitted up to a tenth of the rate's time (20 ms to 1 s) after it was counted, what one gateway holds another may be refused until it is given back, and the header fields tell what this gateway knows. Without it each gateway admits that much. Without `by`, or where few values of `by` make most of the traffic, `leased` is much cheaper. Redis keeps a key (some hundred bytes, and no word of the value) for each value of `by` for as long as it owes something.",
    example: "shared: exact",
  }),
  whenAway,
  setting({
    key: "when_full",
    type: { kind: "word", words: ["deny", "allow"] },
    default: "deny",
    documentation:
      "What happens to a new value of `by` while the gateway's table (`limits.counters`) has no room: `deny` refuses it, `allow` lets it pass uncounted (a `shared` limit uses that table only while Redis is away). Both are counted in `vgw_limit_decisions_total`.",
    example: "when_full: allow",
  }),
];

export const concurrencySettings: readonly Setting[] = [
  setting({
    key: "queue",
    type: { kind: "int", min: 1, max: 100_000 },
    documentation:
      "How many requests wait, for each value of `by`, while there is no room: first come, first served, over all threads. Needs `wait`. Without it: nobody waits.",
    example: "queue: 50",
  }),
  setting({
    key: "wait",
    type: { kind: "duration", min: 1, max: 60 * 60 * 1000 },
    documentation:
      "How long a request waits at most; the route's `deadline` holds beside it. Needs `queue`. A client that goes away leaves its place.",
    example: "wait: 2s",
  }),
  setting({
    key: "name",
    type: { kind: "string" },
    documentation:
      "Concurrency limits of the same name count together (those that are `shared` apart from those that are not). Without it: each counts by itself.",
    example: 'name: "reports"',
  }),
  setting({
    key: "shared",
    type: { kind: "word", words: ["exact"] },
    documentation:
      "Counts together with all gateways of the same `state`: each request asks Redis for its place, all of one turn together in one script. What a gateway has inside counts for 10 s after its last sign of life, so the places of one that was killed come back by themselves; one that was only paused for longer states anew what it has. There is no `queue` over gateways. Without it each gateway lets that many in.",
    example: "shared: exact",
  }),
  whenAway,
  setting({
    key: "when_full",
    type: { kind: "word", words: ["deny", "allow"] },
    default: "deny",
    documentation:
      "What happens to a new value of `by` while the gateway's table (`limits.counters`) has no room: `deny` refuses it, `allow` lets it pass uncounted (a `shared` limit uses that table only while Redis is away). Both are counted in `vgw_concurrency_decisions_total`.",
    example: "when_full: allow",
  }),
];
