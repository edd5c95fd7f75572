/**
 * Amounts of money, exactly: whole pico-units, 10⁻¹² of a currency. A price is whole micro-units for a million tokens, so tokens times price is
 * pico-units without a remainder, and nothing is ever rounded.
 */

/** Pico-units of one micro-unit, of one whole unit, and digits behind the point. */
export const PICO_PER_MICRO = 1_000_000n;
export const PICO_PER_UNIT = 1_000_000_000_000n;
const DIGITS = 12;

/** The largest amount that is counted (shared memory and SQLite hold 64 bits): a little over nine million units. */
export const MOST = 2n ** 63n - 1n;

/** As decimal digits, without an exponent or zeros at the end: "0.0004", "12", "-3.5". */
export function formatAmount(pico: bigint): string {
  const digits = `${pico < 0n ? -pico : pico}`.padStart(DIGITS + 1, "0");
  const whole = digits.slice(0, -DIGITS);
  const fraction = digits.slice(-DIGITS).replace(/0+$/, "");
  return `${pico < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Micro-units, as money is in programs. */
export function fromMicros(micros: number): bigint {
  return BigInt(micros) * PICO_PER_MICRO;
}
