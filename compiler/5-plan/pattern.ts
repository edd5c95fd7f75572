/** Path patterns as segments between slashes. Literals are put into the canonical form that paths are matched in. */
import type * as tree from "../1-syntax/tree.ts";
import { splitSegments } from "../4-analysis/pattern.ts";
import type { RoutePlan, Segment, Slot } from "./plan.ts";

export function lowerPattern(
  pattern: tree.PathPattern | tree.Broken,
  slotOf: (parameter: tree.PathParameter) => Slot,
): Pick<RoutePlan, "segments" | "rest"> {
  if (pattern.kind === "broken") throw new Error("a broken pattern cannot be planned");
  const segments: Segment[] = [];
  let rest: Slot | null = null;
  for (const { prefix, parameter, suffix } of splitSegments(pattern)) {
    if (parameter === null) segments.push({ kind: "literal", text: prefix });
    else if (parameter.rest) rest = slotOf(parameter);
    else
      segments.push({
        kind: "parameter",
        prefix,
        suffix,
        slot: slotOf(parameter),
      });
  }
  return { segments, rest };
}
