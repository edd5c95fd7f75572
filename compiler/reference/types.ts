/** A page per type, and one for all units. */
import { currencies, units } from "../vocabulary/index.ts";
import { types } from "../vocabulary/types.ts";
import { code, page, program, type ReferencePage, table } from "./markdown.ts";

export function typePages(): readonly ReferencePage[] {
  const pages = [...types.values()].map((entry) => {
    const rules: readonly (readonly [string, string])[] = [
      ["When running", entry.representation],
      ["Range", entry.range],
      ["Overflow", entry.overflow],
      ["Division", entry.division],
      ["Rounding", entry.rounding],
      ["JSON", entry.json],
      ["As text", entry.text],
    ];
    return page(`types/${entry.name}.md`, entry.name, [
      entry.documentation,
      entry.parameters ? program(entry.parameters) : "",
      table(
        ["rule", ""],
        rules.filter(([, text]) => text !== ""),
      ),
      entry.example.source === "" ? "" : `${program(entry.example.source)}\n\nas JSON: ${code(entry.example.json)}`,
      `Since ${entry.since}.`,
    ]);
  });
  return [...pages, unitPage()];
}

function unitPage(): ReferencePage {
  return page("types/units.md", "Units", [
    "A number and its unit are one word, without a space: `800ms`, `1MB`, `5%`, `60/min`, `$25`.",
    table(
      ["unit", "type", "meaning"],
      [...units.values()].map(({ name, type, documentation }) => [code(name), type, documentation]),
    ),
    table(
      ["sign", "currency"],
      [...currencies].map(([sign, currency]) => [code(sign), currency]),
    ),
  ]);
}
