/** Which maker's model it is: Converse is one form for all of them, but what only some can do goes beside it in the maker's own words. */
import type { ProviderTarget } from "../dialect.ts";

export type Family = "anthropic" | "nova" | "openai" | "other";

/** `settings.family` says it for inference profiles and imported models, whose names do not. */
export function familyOf({ model, settings }: ProviderTarget): Family {
  const named = settings.family;
  if (named === "anthropic" || named === "nova" || named === "openai") return named;
  if (/(^|[./])anthropic\./.test(model)) return "anthropic";
  if (/(^|[./])amazon\.nova/.test(model)) return "nova";
  return /(^|[./])openai\./.test(model) ? "openai" : "other";
}
