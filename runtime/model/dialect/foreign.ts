/** What a request holds that only another dialect can say, and that cannot be left out: each is refused, in one way for all providers. */
import type { ModelRequest, NativePart } from "../canonical/request.ts";
import type { ProviderDialectName, Refusal } from "./dialect.ts";

export function foreignFields({ extras }: ModelRequest, dialect: ProviderDialectName): Refusal[] {
  if (extras.dialect === dialect || extras.essential === undefined) return [];
  return extras.essential.map((field) => ({
    path: field,
    message: `This can only be said to a provider that speaks "${extras.dialect}". Leave it out, or ask for a model of such a provider.`,
  }));
}

export function foreignPart(part: NativePart, path: string): Refusal {
  const kind = typeof part.value.type === "string" ? `A part of type "${part.value.type}"` : "This part";
  return { path, message: `${kind} can only be said to a provider that speaks "${part.dialect}".` };
}
