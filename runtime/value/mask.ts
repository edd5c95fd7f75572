/** Ways to show less of a value. Each takes one pass over the text. */
import { padStart, textLength, textSlice } from "./text.ts";

/** All but the last `keep` code points as "*"; a text not longer than twice `keep` is hidden whole. */
export function mask(text: string, keep = 4): string {
  const length = textLength(text);
  const shown = keep > 0 && length > 2 * keep ? keep : 0;
  return padStart(shown === 0 ? "" : textSlice(text, -shown), length, "*");
}

// Each pattern begins at a word boundary and has no nested repetition, so that no input makes it slow.
const EMAIL = /\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}\b/g;
const IBAN = /\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b/g;
/** Seven to nineteen digits, with single spaces, dots, hyphens or brackets between: telephone and card numbers. */
const NUMBER = /\+?\b[0-9](?:[ ().-]{0,2}[0-9]){6,18}\b/g;

/** Replaces e-mail addresses, IBANs, and telephone and card numbers by "[hidden]". */
export function redact(text: string): string {
  return text.replace(EMAIL, "[hidden]").replace(IBAN, "[hidden]").replace(NUMBER, "[hidden]");
}
