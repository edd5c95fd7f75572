/** Shared limits where there is one gateway and nobody to ask: in tests of programs. */
import type { ConcurrencyLimiter, Limiter, SharedConcurrencyLimiter, SharedLimiter } from "../../abi.ts";

export function aloneLimiter(limiter: Limiter): SharedLimiter {
  return {
    take: (key, rate, burst, cost) => {
      const admitted = limiter.take(key, rate, burst, cost);
      const { remaining, reset, retryAfter } = limiter;
      return { admitted, away: false, remaining, reset, retryAfter };
    },
  };
}

export function aloneConcurrency(limiter: ConcurrencyLimiter): SharedConcurrencyLimiter {
  return { enter: (exchange, key, most) => (limiter.enter(exchange, key, most) ? "inside" : "refused") };
}
