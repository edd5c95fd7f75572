/** The forms in which clients are told which models there are: what stands behind `as` of `reply models(…)`. */

export const listingForms = ["openai.models", "anthropic.models", "gemini.models"] as const;

export type ListingForm = (typeof listingForms)[number];

export function isListingForm(text: string): text is ListingForm {
  return (listingForms as readonly string[]).includes(text);
}
