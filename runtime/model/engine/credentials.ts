/** How each provider is told whose request it is. Keys go into these header fields and nowhere else. */
import type { ModelConfiguration } from "../configuration.ts";
import { bedrockCredentials } from "../dialect/bedrock/credentials.ts";
import type { ProviderRequest, WrittenBody } from "../dialect/dialect.ts";

/** Gives the header fields of a request, flat. They are the same for every request but where each is signed (Bedrock, with an AWS key). */
export function credentials(
  configuration: ModelConfiguration,
): (request: ProviderRequest<WrittenBody>) => readonly string[] {
  const { dialect, key, base, settings } = configuration;
  if (dialect === "bedrock" && key !== null) {
    const sign = bedrockCredentials(key, base, settings.region ?? null);
    return (request) => sign(request, Date.now());
  }
  const fields = constant(configuration);
  return () => fields;
}

function constant({ dialect, variant, key }: ModelConfiguration): readonly string[] {
  // Vertex AI is asked with a token, which is had for the key (`vertex/tokens.ts`).
  if (key === null || variant === "vertex") return [];
  if (variant === "azure") return ["api-key", key];
  switch (dialect) {
    case "anthropic":
      return ["x-api-key", key];
    case "gemini":
      return ["x-goog-api-key", key];
    default:
      return ["authorization", `Bearer ${key}`];
  }
}
