/** What a model costs: as its program says, else by the built-in list. */
import { priceOf, type Rates } from "../../runtime/model/money/price.ts";
import type { PriceConfiguration } from "../../runtime/model/money/configuration.ts";
import { listPrice } from "../../runtime/model/money/prices.ts";
import type { CheckedModel, StaticValue } from "./checked.ts";

/** Of a model that nothing is known of: more than any is known to make of an image. */
const IMAGE_TOKENS = 50_000;

/** `currency`: of what is free. null: no price is known. */
export function modelPrice({ provider, settings }: CheckedModel, currency = "USD"): PriceConfiguration | null {
  if (provider === null) return null;
  const listed = listPrice(provider.word, provider.model);
  const context = listed?.context ?? null;
  const imageTokens = listed?.imageTokens ?? IMAGE_TOKENS;
  const { price } = settings;
  if (isRecord(price)) {
    const rate = (key: string): number | undefined => {
      const value = price[key];
      return typeof value === "number" ? value : undefined;
    };
    const input = rate("in") ?? 0;
    const cacheRead = rate("cached") ?? input;
    // Anthropic asks more for what it caches than for what it reads: whoever leaves it out must not be charged too little.
    const claude = provider.dialect === "anthropic" || /\bclaude\b/i.test(provider.model);
    const cacheWrite = rate("cache_write") ?? (claude ? Math.ceil((input * 5) / 4) : input);
    const output = rate("out") ?? 0;
    const rates: Rates = {
      input,
      cacheRead,
      cacheWrite,
      cacheWriteHour: rate("cache_write_hour") ?? (claude ? Math.ceil((cacheWrite * 8) / 5) : cacheWrite),
      output,
      reasoning: rate("reasoning") ?? output,
      audioInput: price.currency === null ? 0 : null,
      audioOutput: price.currency === null ? 0 : null,
    };
    const named = typeof price.currency === "string" ? price.currency : currency;
    return { ...priceOf({ input, output }), currency: named, rates, context, imageTokens };
  }
  // Somebody else's server may have a model of the same name.
  if (listed === null || (settings.url !== undefined && settings.url !== null)) return null;
  return { ...listed.price, context, imageTokens };
}

function isRecord(value: StaticValue | undefined): value is { readonly [key: string]: StaticValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
