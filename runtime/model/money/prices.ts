/**
 * What models cost where the program does not say: list prices in US dollars for calls of the ordinary tier, by provider, each with the page it is from and the day for
 * which it was checked. A row stands here only if sources that are kept independently of each other agree on every rate of it, or the provider's page says it;
 * models whose price depends on the time of day, or was not to be confirmed, are left out, since no price is better than a wrong one.
 * A name means exactly that name: a snapshot has its own row or is listed with its model, and nothing is guessed from a prefix.
 */
import { type Price, priceOf, type WrittenPrice } from "./price.ts";

export interface PricedModel {
  readonly price: Price;
  /** Context in tokens: prompt and answer together are at most so long. null: it does not bound a request, which may hold several texts of that length (vectors). */
  readonly context: number | null;
  /** The most tokens that the model makes of one image. */
  readonly imageTokens: number;
  readonly source: string;
  /** Such as "2026-08-21". */
  readonly checked: string;
}

interface Row extends WrittenPrice {
  /** The name of the model, and of snapshots that cost the same. */
  readonly names: readonly string[];
  readonly context: number | null;
}

/** Makes vectors: what goes in is paid for, and nothing comes out that is counted. */
const vectors = (name: string, input: number): Row => ({ names: [name], context: null, input, output: 0 });

interface ProviderPrices {
  readonly source: string;
  readonly checked: string;
  readonly imageTokens: number;
  readonly rows: readonly Row[];
}

/** Micro-units for a million tokens. */
const DOLLAR = 1_000_000;
const CENT = 10_000;

/** Anthropic's multipliers: writing to a cache costs 1.25 times (five minutes) or twice (an hour) the input's price, reading a tenth unless said otherwise. */
const anthropic = (input: number, output: number, cacheRead = input / 10) => ({
  input,
  cacheRead,
  cacheWrite: (input / 4) * 5,
  cacheWriteHour: input * 2,
  output,
});

const PRICES: { readonly [provider: string]: ProviderPrices } = {
  openai: {
    source: "https://developers.openai.com/api/docs/pricing",
    checked: "2026-08-21",
    // The most tiles of an image that is looked at closely, at the small models' multiplier.
    imageTokens: 50_000,
    rows: [
      {
        names: ["gpt-4.1", "gpt-4.1-2025-04-14"],
        context: 1_047_576,
        input: 2 * DOLLAR,
        cacheRead: 50 * CENT,
        output: 8 * DOLLAR,
      },
      {
        names: ["gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"],
        context: 1_047_576,
        input: 40 * CENT,
        cacheRead: 10 * CENT,
        output: 160 * CENT,
      },
      {
        names: ["gpt-4.1-nano", "gpt-4.1-nano-2025-04-14"],
        context: 1_047_576,
        input: 10 * CENT,
        cacheRead: 25_000,
        output: 40 * CENT,
      },
      {
        names: ["gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-2024-11-20"],
        context: 128_000,
        input: 250 * CENT,
        cacheRead: 125 * CENT,
        output: 10 * DOLLAR,
      },
      {
        names: ["gpt-4o-mini", "gpt-4o-mini-2024-07-18"],
        context: 128_000,
        input: 15 * CENT,
        cacheRead: 75_000,
        output: 60 * CENT,
      },
      {
        names: ["gpt-5", "gpt-5-2025-08-07"],
        context: 400_000,
        input: 125 * CENT,
        cacheRead: 125_000,
        output: 10 * DOLLAR,
      },
      {
        names: ["gpt-5-mini", "gpt-5-mini-2025-08-07"],
        context: 400_000,
        input: 25 * CENT,
        cacheRead: 25_000,
        output: 2 * DOLLAR,
      },
      { names: ["gpt-5-nano"], context: 400_000, input: 5 * CENT, cacheRead: 5000, output: 40 * CENT },
      { names: ["gpt-5-pro", "gpt-5-pro-2025-10-06"], context: 400_000, input: 15 * DOLLAR, output: 120 * DOLLAR },
      {
        names: ["gpt-5.1", "gpt-5.1-2025-11-13"],
        context: 400_000,
        input: 125 * CENT,
        cacheRead: 125_000,
        output: 10 * DOLLAR,
      },
      {
        names: ["gpt-5.2", "gpt-5.2-2025-12-11"],
        context: 400_000,
        input: 175 * CENT,
        cacheRead: 175_000,
        output: 14 * DOLLAR,
      },
      { names: ["o3", "o3-2025-04-16"], context: 200_000, input: 2 * DOLLAR, cacheRead: 50 * CENT, output: 8 * DOLLAR },
      {
        names: ["o4-mini", "o4-mini-2025-04-16"],
        context: 200_000,
        input: 110 * CENT,
        cacheRead: 275_000,
        output: 440 * CENT,
      },
      {
        names: ["o3-mini", "o3-mini-2025-01-31"],
        context: 200_000,
        input: 110 * CENT,
        cacheRead: 55 * CENT,
        output: 440 * CENT,
      },
      vectors("text-embedding-3-small", 2 * CENT),
      vectors("text-embedding-3-large", 13 * CENT),
      vectors("text-embedding-ada-002", 10 * CENT),
    ],
  },
  anthropic: {
    source: "https://platform.claude.com/docs/en/about-claude/pricing",
    checked: "2026-10-24",
    imageTokens: 5000,
    rows: [
      { names: ["claude-fable-5"], context: 1_000_000, ...anthropic(10 * DOLLAR, 50 * DOLLAR) },
      { names: ["claude-opus-5-5"], context: 1_000_000, ...anthropic(4 * DOLLAR, 20 * DOLLAR, 20 * CENT) },
      { names: ["claude-opus-5"], context: 1_000_000, ...anthropic(5 * DOLLAR, 25 * DOLLAR) },
      { names: ["claude-opus-4-8"], context: 1_000_000, ...anthropic(5 * DOLLAR, 25 * DOLLAR) },
      {
        names: ["claude-opus-4-7", "claude-opus-4-7-20260416"],
        context: 1_000_000,
        ...anthropic(5 * DOLLAR, 25 * DOLLAR),
      },
      {
        names: ["claude-opus-4-6", "claude-opus-4-6-20260205"],
        context: 1_000_000,
        ...anthropic(5 * DOLLAR, 25 * DOLLAR),
      },
      {
        names: ["claude-opus-4-5", "claude-opus-4-5-20251101"],
        context: 200_000,
        ...anthropic(5 * DOLLAR, 25 * DOLLAR),
      },
      { names: ["claude-sonnet-5-5"], context: 1_000_000, ...anthropic(2 * DOLLAR, 10 * DOLLAR, 10 * CENT) },
      { names: ["claude-sonnet-4-6"], context: 1_000_000, ...anthropic(3 * DOLLAR, 15 * DOLLAR) },
      {
        names: ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"],
        context: 1_000_000,
        ...anthropic(3 * DOLLAR, 15 * DOLLAR),
        bands: [{ above: 200_000, ...anthropic(6 * DOLLAR, 2250 * CENT) }],
      },
      {
        names: ["claude-haiku-5-5"],
        context: 1_000_000,
        ...anthropic(10 * CENT, 50 * CENT),
        bands: [{ above: 100_000, ...anthropic(50 * CENT, 250 * CENT) }],
      },
      { names: ["claude-haiku-4-5", "claude-haiku-4-5-20251001"], context: 200_000, ...anthropic(DOLLAR, 5 * DOLLAR) },
    ],
  },
  gemini: {
    source: "https://ai.google.dev/gemini-api/docs/pricing",
    checked: "2026-08-21",
    imageTokens: 50_000,
    rows: [
      {
        names: ["gemini-3.1-pro-preview"],
        context: 1_048_576,
        input: 2 * DOLLAR,
        cacheRead: 20 * CENT,
        output: 12 * DOLLAR,
        bands: [{ above: 200_000, input: 4 * DOLLAR, cacheRead: 40 * CENT, output: 18 * DOLLAR }],
      },
      { names: ["gemini-3.5-flash"], context: 1_048_576, input: 150 * CENT, cacheRead: 15 * CENT, output: 9 * DOLLAR },
      {
        names: ["gemini-3.5-flash-lite"],
        context: 1_048_576,
        input: 30 * CENT,
        cacheRead: 3 * CENT,
        output: 250 * CENT,
      },
      { names: ["gemini-3.6-flash"], context: 1_048_576, input: 150 * CENT, cacheRead: 15 * CENT, output: 750 * CENT },
      {
        names: ["gemini-2.5-pro"],
        context: 1_048_576,
        input: 125 * CENT,
        cacheRead: 125_000,
        output: 10 * DOLLAR,
        bands: [{ above: 200_000, input: 250 * CENT, cacheRead: 25 * CENT, output: 15 * DOLLAR }],
      },
      {
        names: ["gemini-2.5-flash"],
        context: 1_048_576,
        input: 30 * CENT,
        cacheRead: 3 * CENT,
        output: 250 * CENT,
        audioInput: DOLLAR,
      },
      {
        names: ["gemini-2.5-flash-lite"],
        context: 1_048_576,
        input: 10 * CENT,
        cacheRead: CENT,
        output: 40 * CENT,
        audioInput: 30 * CENT,
      },
      vectors("gemini-embedding-001", 15 * CENT),
    ],
  },
  mistral: {
    source: "https://mistral.ai/pricing",
    checked: "2026-10-08",
    imageTokens: 50_000,
    rows: [vectors("mistral-embed", 10 * CENT)],
  },
  groq: {
    source: "https://groq.com/pricing",
    checked: "2026-08-21",
    imageTokens: 50_000,
    rows: [
      { names: ["llama-3.3-70b-versatile"], context: 131_072, input: 59 * CENT, output: 79 * CENT },
      { names: ["llama-3.1-8b-instant"], context: 131_072, input: 5 * CENT, output: 8 * CENT },
      { names: ["openai/gpt-oss-120b"], context: 131_072, input: 15 * CENT, cacheRead: 75_000, output: 60 * CENT },
    ],
  },
  cohere: {
    source: "https://cohere.com/pricing",
    checked: "2026-06-30",
    imageTokens: 50_000,
    rows: [
      { names: ["command-r-08-2024"], context: 128_000, input: 15 * CENT, output: 60 * CENT },
      { names: ["command-r7b-12-2024"], context: 128_000, input: 37_500, output: 15 * CENT },
      vectors("embed-v4.0", 12 * CENT),
      vectors("embed-multilingual-v3.0", 10 * CENT),
    ],
  },
};

/** `provider`: as programs name it. null: no price is known. */
export function listPrice(provider: string, model: string): PricedModel | null {
  const prices = Object.hasOwn(PRICES, provider) ? PRICES[provider] : undefined;
  const row = prices?.rows.find(({ names }) => names.includes(model));
  if (prices === undefined || row === undefined) return null;
  const { source, checked, imageTokens } = prices;
  return { price: priceOf(row), context: row.context, imageTokens, source, checked };
}

/** All of it, for the reference. */
export function listPrices(): readonly (PricedModel & {
  readonly provider: string;
  readonly names: readonly string[];
})[] {
  return Object.entries(PRICES).flatMap(([provider, { rows, source, checked, imageTokens }]) =>
    rows.map((row) => ({
      provider,
      names: row.names,
      price: priceOf(row),
      context: row.context,
      imageTokens,
      source,
      checked,
    })),
  );
}
