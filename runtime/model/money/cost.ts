/** What a call cost, to the last digit: its disjoint counters times their prices. */
import { promptTokens, type Usage } from "../canonical/usage.ts";
import { PICO_PER_MICRO } from "./amount.ts";
import { type Price, type Rates, ratesFor } from "./price.ts";

/** Pico-units. null: a provider told counters that cannot be, or used what has no price. */
export function costOf(price: Price, usage: Usage): bigint | null {
  if (!isUsage(usage)) return null;
  const rates = ratesFor(price, promptTokens(usage));
  const { audioInput = 0, audioOutput = 0, searches = 0 } = usage;
  if (audioInput > 0 && rates.audioInput === null) return null;
  if (audioOutput > 0 && rates.audioOutput === null) return null;
  if (searches > 0 && price.search === null) return null;
  const cost = tokensCost(rates, usage);
  if (price.request === 0 && searches === 0) return cost;
  return cost + (BigInt(price.request) + product(searches, price.search ?? 0)) * PICO_PER_MICRO;
}

/** All counters are whole numbers of at least 0. */
export function isUsage(usage: Usage): boolean {
  return (
    isCount(usage.input) &&
    isCount(usage.cacheRead) &&
    isCount(usage.cacheWrite) &&
    isCount(usage.cacheWriteHour) &&
    isCount(usage.output) &&
    isCount(usage.reasoning) &&
    isCount(usage.audioInput ?? 0) &&
    isCount(usage.audioOutput ?? 0) &&
    isCount(usage.searches ?? 0)
  );
}

/** A million million tokens is more than any provider serves, and keeps every sum of counters whole. */
function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= 1e12;
}

function tokensCost(rates: Rates, usage: Usage): bigint {
  const { audioInput = 0, audioOutput = 0 } = usage;
  const sum =
    usage.input * rates.input +
    usage.cacheRead * rates.cacheRead +
    usage.cacheWrite * rates.cacheWrite +
    usage.cacheWriteHour * rates.cacheWriteHour +
    usage.output * rates.output +
    usage.reasoning * rates.reasoning +
    audioInput * (rates.audioInput ?? 0) +
    audioOutput * (rates.audioOutput ?? 0);
  // Products and sums of whole numbers that never pass 2^53 are whole numbers, exactly. This holds for calls of up to some 9,000 units.
  if (sum <= Number.MAX_SAFE_INTEGER) return BigInt(sum);
  return (
    product(usage.input, rates.input) +
    product(usage.cacheRead, rates.cacheRead) +
    product(usage.cacheWrite, rates.cacheWrite) +
    product(usage.cacheWriteHour, rates.cacheWriteHour) +
    product(usage.output, rates.output) +
    product(usage.reasoning, rates.reasoning) +
    product(audioInput, rates.audioInput ?? 0) +
    product(audioOutput, rates.audioOutput ?? 0)
  );
}

function product(tokens: number, rate: number): bigint {
  return BigInt(tokens) * BigInt(rate);
}
