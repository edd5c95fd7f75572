/**
 * What a dialect can say, feature by feature: the compiler decides with it which pairs of client and provider a route can serve, and shows
 * the table. The codecs do what stands here (test: every pair, every feature).
 */

/**
 * "mapped": said in its own way, nothing lost. "emulated": said in another way with the same effect. "dropped": left out, for it does not change
 * what the answer means (declared so). "refused": cannot be said, and a request with it gets an error.
 */
export type Support = "mapped" | "emulated" | "dropped" | "refused";

export const FEATURES = [
  "system",
  "tools",
  "parallel-tools",
  "tool-choice-none",
  "tool-choice-any",
  "tool-choice-named",
  "tool-result-failed",
  "image-base64",
  "image-url",
  "audio",
  "file",
  "json-object",
  "json-schema",
  "reasoning-effort",
  "reasoning-budget",
  "reasoning-state",
  "cache-markers",
  "stop-strings",
  "temperature",
  "top-p",
  "top-k",
  "seed",
  "penalties",
  "several-answers",
  "stream",
  "user",
] as const;

export type Feature = (typeof FEATURES)[number];

/** For a provider's dialect: what happens with a feature that a request uses. */
export type SupportTable = { readonly [Name in Feature]: { readonly support: Support; readonly note: string } };
