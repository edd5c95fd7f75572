/**
 * The order of turns for providers that insist on one (Anthropic, Bedrock): the roles alternate, no text is empty, results of tools come before anything
 * else in the turn behind their calls, and thoughts come first.
 */
import type { CacheMarker, Part, Turn } from "../canonical/request.ts";
import { isBlankText } from "../canonical/sizes.ts";

/** Neighbours of one role as one turn; turns of which nothing will be written do not keep their neighbours apart. */
export function mergeTurns(turns: readonly Turn[]): Turn[] {
  const merged: { readonly role: Turn["role"]; readonly parts: Part[] }[] = [];
  for (const { role, parts } of turns) {
    if (!parts.some((part) => !isBlank(part))) continue;
    const before = merged.at(-1);
    if (before?.role === role) for (const part of parts) before.parts.push(part);
    else merged.push({ role, parts: [...parts] });
  }
  return merged;
}

export function isBlank(part: Part): boolean {
  return (part.type === "text" || part.type === "refusal") && isBlankText(part);
}

export function resultsFirst(parts: readonly Part[]): readonly Part[] {
  const isResult = (part: Part) =>
    part.type === "tool-result" || (part.type === "native" && part.value.type === "tool_result");
  const results = parts.filter(isResult);
  return results.length === 0 ? parts : [...results, ...parts.filter((part) => !isResult(part))];
}

/** Thoughts between calls stay where they are; only a turn that would begin with something else is put right. */
export function thoughtsFirst(parts: readonly Part[]): readonly Part[] {
  const first = parts.findIndex((part) => part.type === "reasoning");
  if (first <= 0) return parts;
  let end = first;
  while (parts[end]?.type === "reasoning") end++;
  return [...parts.slice(first, end), ...parts.slice(0, first), ...parts.slice(end)];
}

/** An empty text's cache marker goes to the part before it: it says "up to here". */
export function withoutEmptyTexts(parts: readonly Part[]): Part[] {
  const kept: Part[] = [];
  for (const part of parts) {
    if (!isBlank(part)) kept.push(part);
    else if (part.type === "text" && part.cache !== undefined) {
      const before = kept.at(-1);
      if (before !== undefined && "cache" in markable(before)) kept[kept.length - 1] = marked(before, part.cache);
    }
  }
  return kept;
}

function markable(part: Part): { cache?: CacheMarker | undefined } {
  const can = part.type !== "reasoning" && part.type !== "refusal" && part.type !== "native";
  return can ? { cache: part.cache } : {};
}

function marked(part: Part, cache: CacheMarker): Part {
  return part.type === "reasoning" || part.type === "refusal" || part.type === "native" ? part : { ...part, cache };
}
