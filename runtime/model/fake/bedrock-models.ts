/** What Bedrock refuses since the model of this name cannot do it, in its words: a fake "meta.llama3-3-fake" is as able as its family (`dialect/bedrock/abilities.ts`). */
import type { ModelRequest, Part } from "../canonical/request.ts";
import { UNKNOWN } from "../dialect/bedrock/abilities.ts";
import { abilitiesNamed } from "../dialect/bedrock/family.ts";

const holds = ({ turns }: ModelRequest, type: Part["type"]): boolean =>
  turns.some(({ parts }) => parts.some((part) => part.type === type));

/** `marked`: there are cache points. Null: the model can do all of it, or nothing is known of it. */
export function beyondModel(request: ModelRequest, hasTools: boolean, marked: boolean): string | null {
  const abilities = abilitiesNamed(request.model);
  if (abilities === UNKNOWN) return null;
  const { tools, choices, images, documents, cache, schema, system } = abilities;
  if (request.system.length > 0 && !system) return "This model doesn't support system messages.";
  if (hasTools && tools === "none") return "This model doesn't support tool use.";
  if (hasTools && request.stream && tools === "whole") return "This model doesn't support tool use in streaming mode.";
  const choice = request.toolChoice?.kind ?? "auto";
  if ((choice === "any" && choices === "auto") || (choice === "tool" && choices !== "all"))
    return `This model doesn't support the toolConfig.toolChoice.${choice} field.`;
  if (holds(request, "image") && !images) return "This model doesn't support the image content block.";
  if (holds(request, "file") && !documents) return "This model doesn't support documents.";
  if (marked && cache === "none")
    return "You invoked an unsupported model or your request did not allow prompt caching.";
  return request.format.kind === "schema" && schema !== "format"
    ? "This model doesn't support structured output."
    : null;
}
