/** What a provider asks for a model: whole micro-units of a currency for a million tokens (`$0.40/Mtok` is 400000), by kind of token. */

/** Micro-units for a million tokens. */
export interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  /** Into a cache that lives five minutes, or as long as the provider decides. */
  readonly cacheWrite: number;
  /** Into a cache that lives an hour. */
  readonly cacheWriteHour: number;
  readonly output: number;
  readonly reasoning: number;
  /** null: not priced, so a call that used such tokens has no known cost. */
  readonly audioInput: number | null;
  readonly audioOutput: number | null;
}

export interface Price {
  /** ISO 4217. */
  readonly currency: string;
  readonly rates: Rates;
  /** Other rates for the whole call where its prompt, cached tokens included, has more than `above` tokens; ascending. */
  readonly bands: readonly Band[];
  /** Micro-units for each call. */
  readonly request: number;
  /** Micro-units for each search that the provider makes; null: not priced. */
  readonly search: number | null;
}

export interface Band {
  readonly above: number;
  readonly rates: Rates;
}

/** Rates as people write them; what is left out follows from the others. */
export interface WrittenRates {
  readonly input: number;
  /** Left out: cached tokens cost as much as others. */
  readonly cacheRead?: number;
  /** Left out: as `input`. */
  readonly cacheWrite?: number;
  /** Left out: as `cacheWrite`. */
  readonly cacheWriteHour?: number;
  readonly output: number;
  /** Left out: as `output`. */
  readonly reasoning?: number;
  readonly audioInput?: number;
  readonly audioOutput?: number;
}

export interface WrittenPrice extends WrittenRates {
  readonly currency?: string;
  readonly bands?: readonly (WrittenRates & { readonly above: number })[];
  readonly request?: number;
  readonly search?: number;
}

export function priceOf(written: WrittenPrice): Price {
  return {
    currency: written.currency ?? "USD",
    rates: ratesOf(written),
    bands: (written.bands ?? []).map((band) => ({ above: band.above, rates: ratesOf(band) })),
    request: written.request ?? 0,
    search: written.search ?? null,
  };
}

function ratesOf(written: WrittenRates): Rates {
  const { input, output, cacheRead = input, cacheWrite = input, cacheWriteHour = cacheWrite } = written;
  return {
    input,
    cacheRead,
    cacheWrite,
    cacheWriteHour,
    output,
    reasoning: written.reasoning ?? output,
    audioInput: written.audioInput ?? null,
    audioOutput: written.audioOutput ?? null,
  };
}

/** Of models that cost nothing. */
export const FREE: Price = priceOf({ input: 0, output: 0, audioInput: 0, audioOutput: 0, search: 0 });

/** The rates for a prompt of so many tokens. */
export function ratesFor(price: Price, prompt: number): Rates {
  let { rates } = price;
  for (const band of price.bands) if (prompt > band.above) rates = band.rates;
  return rates;
}

/** Nothing that a call may use costs anything. */
export function isFree({ rates, bands, request, search }: Price): boolean {
  return request === 0 && search === 0 && [rates, ...bands.map((band) => band.rates)].every(isNothing);
}

function isNothing(rates: Rates): boolean {
  return Object.values(rates).every((rate) => rate === 0);
}
