/** When to ask again, as providers say it in header fields. */

/** The first value of a field; `headers` flat, names in lower case. */
export function headerValue(headers: readonly string[], name: string): string | null {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index] === name) return headers[index + 1] ?? null;
  }
  return null;
}

/** A year: more is nonsense, and would not fit into a timer. */
const MOST = 366 * 86_400_000;

/** Milliseconds of `retry-after-ms`, `x-ms-retry-after-ms` or `retry-after` (RFC 9110 §10.2.3: seconds or a date), whichever is there first; null: none is. */
export function retryAfter(headers: readonly string[], now: number = Date.now()): number | null {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const value = headerValue(headers, name);
    if (value !== null && /^\d{1,15}(\.\d{1,9})?$/.test(value.trim())) return bounded(Number(value));
  }
  const value = headerValue(headers, "retry-after")?.trim();
  if (value === undefined) return null;
  if (/^\d{1,12}(\.\d{1,9})?$/.test(value)) return bounded(Number(value) * 1000);
  const date = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : bounded(Math.max(0, date - now));
}

const UNITS: { readonly [unit: string]: number } = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a duration such as "6m0s", "1h2m3s", "20ms" or "1.5s"; null: it is none. */
export function parseDuration(text: string): number | null {
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|d|h|m|s))+$/.test(text)) return null;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|d|h|m|s)/g)) sum += Number(count) * (UNITS[unit ?? ""] ?? 0);
  return bounded(sum);
}

function bounded(milliseconds: number): number {
  return Math.min(Math.ceil(milliseconds), MOST);
}
