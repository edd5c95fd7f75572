/** Path patterns as segments between slashes. Literals are put into the canonical form that paths are matched in. */
import type * as tree from "../1-syntax/tree.ts";
import { canonicalPath } from "../../runtime/http/path.ts";
import type { RoutePlan, Segment, Slot } from "./plan.ts";

interface Part {
  prefix: string;
  parameter: tree.PathParameter | null;
  suffix: string;
}

export function lowerPattern(
  pattern: tree.PathPattern | tree.Broken,
  slotOf: (parameter: tree.PathParameter) => Slot,
): Pick<RoutePlan, "segments" | "rest"> {
  if (pattern.kind === "broken") throw new Error("a broken pattern cannot be planned");
  const segments: Segment[] = [];
  let rest: Slot | null = null;
  for (const { prefix, parameter, suffix } of split(pattern)) {
    if (parameter === null) segments.push({ kind: "literal", text: canonical(prefix) });
    else if (parameter.rest) rest = slotOf(parameter);
    else
      segments.push({
        kind: "parameter",
        prefix: canonical(prefix),
        suffix: canonical(suffix),
        slot: slotOf(parameter),
      });
  }
  return { segments, rest };
}

function canonical(text: string): string {
  return canonicalPath(`/${text}`)?.slice(1) ?? text;
}

/** The pattern begins with a slash, so what stands before the first one is empty and falls away. */
function split(pattern: tree.PathPattern): Part[] {
  const parts: Part[] = [];
  let current: Part = { prefix: "", parameter: null, suffix: "" };
  const append = (text: string): void => {
    if (current.parameter === null) current.prefix += text;
    else current.suffix += text;
  };
  for (const part of pattern.parts) {
    if (part.kind === "path-parameter") {
      current.parameter = part;
      continue;
    }
    const [first = "", ...others] = part.text.split("/");
    append(first);
    for (const text of others) {
      current = { prefix: "", parameter: null, suffix: "" };
      parts.push(current);
      append(text);
    }
  }
  return parts;
}
