/**
 * The source map from generated lines to lines of the program (ECMA-426), as an inline comment: esbuild chains it, so that the
 * bundle's own map leads to the `.vgw` file.
 */
import type { Origin, Plan } from "../5-plan/plan.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function variableLength(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}

/** `origins` has one entry per generated line; a line without origin has no mapping. */
export function sourceMap(plan: Plan, origins: readonly (Origin | null)[]): string {
  let file = 0;
  let line = 0;
  let column = 0;
  const mappings = origins.map((origin) => {
    const place = origin === null ? undefined : plan.spans[origin.file]?.[origin.node];
    if (origin === null || place === undefined) return "";
    const segment =
      variableLength(0) +
      variableLength(origin.file - file) +
      variableLength(place[0] - line) +
      variableLength(place[1] - column);
    file = origin.file;
    line = place[0];
    column = place[1];
    return segment;
  });
  return JSON.stringify({
    version: 3,
    sources: plan.files.map((source) => source.path),
    sourcesContent: plan.files.map((source) => source.text),
    names: [],
    mappings: mappings.join(";"),
  });
}

export function inlineMap(map: string): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
}
