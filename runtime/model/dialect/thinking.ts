/** Whether a model may have thought where nobody sees it: what it wrote cannot be told from what it showed then. */
import type { ModelRequest } from "../canonical/request.ts";

/** The request wants thoughts, shown or not. */
export function asksToThink({ reasoning }: ModelRequest): boolean {
  return reasoning !== null && reasoning.effort !== "none" && reasoning.budget !== 0;
}

/** OpenAI's models that never think, whatever they are asked; fine-tuned ones have the base's name behind "ft:". */
const THOUGHTLESS = /^(?:ft:)?(?:gpt-3\.5|gpt-4|chatgpt-4o|gpt-5-chat|gpt-5\.\d-chat)/;

/** By the name of a model of OpenAI's; others count as if they did. */
export function mayThink(model: string): boolean {
  return !THOUGHTLESS.test(model);
}

/** The client does not want to see thoughts, or says how they are to be shown in a field of its server's own. */
export function hidesThem({ reasoning, extras }: ModelRequest): boolean {
  return reasoning?.visible === false || FORMATS.some((name) => Object.hasOwn(extras.fields, name));
}

const FORMATS: readonly string[] = ["include_reasoning", "reasoning_format"];
