/** How each provider is told whose request it is. Keys go into these header fields and nowhere else. */
import type { ModelConfiguration } from "../configuration.ts";

/** Header fields, flat, the same for every request of the model. */
export function credentials({ dialect, variant, key }: ModelConfiguration): readonly string[] {
  if (key === null) return [];
  if (variant === "azure") return ["api-key", key];
  if (variant === "vertex") return ["authorization", `Bearer ${key}`];
  switch (dialect) {
    case "anthropic":
      return ["x-api-key", key];
    case "gemini":
      return ["x-goog-api-key", key];
    default:
      return ["authorization", `Bearer ${key}`];
  }
}
