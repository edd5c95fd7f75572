/**
 * What a provider's dialect can say, feature by feature: the reference shows it (`docs/reference/models.md`), and the codecs do what stands here
 * (test: every provider, every feature). A request that asks for what is refused gets an error that names the field.
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
