/** The settings of a `limit` step: of one that counts requests in a time, and of one that counts those that are being answered. */
import { type Setting, setting } from "../setting.ts";

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
      "What the header fields call the limit. Limits of the same name, rate and burst count together. Without it: the policy's name, or `default`.",
    example: 'name: "search"',
  }),
  setting({
    key: "when_full",
    type: { kind: "word", words: ["deny", "allow"] },
    default: "deny",
    documentation:
      "What happens to a new value of `by` while the gateway's table (`limits.counters`) has no room: `deny` refuses it, `allow` lets it pass uncounted. Both are counted in `vgw_limit_decisions_total`.",
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
    documentation: "Concurrency limits of the same name count together. Without it: each counts by itself.",
    example: 'name: "reports"',
  }),
  setting({
    key: "when_full",
    type: { kind: "word", words: ["deny", "allow"] },
    default: "deny",
    documentation:
      "What happens to a new value of `by` while the gateway's table (`limits.counters`) has no room: `deny` refuses it, `allow` lets it pass uncounted. Both are counted in `vgw_concurrency_decisions_total`.",
    example: "when_full: allow",
  }),
];
