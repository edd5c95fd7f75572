/** A page per diagnostic: its prose, the program that causes it, what the compiler really prints for it, and the mended program. */
import { check } from "../check.ts";
import { pages } from "../diagnostics/pages.ts";
import { createRenderer } from "../diagnostics/render.ts";
import { output, page, program, type ReferencePage } from "./markdown.ts";

const FILE = "example.vgw";

export function diagnosticPages(): readonly ReferencePage[] {
  return Object.values(pages()).map((entry) => {
    const result = check(FILE, (path) => (path === FILE ? entry.example : null));
    const render = createRenderer(result.source);
    const printed = result.diagnostics.filter(({ code }) => code === entry.code).map(render);
    return page(`diagnostics/${entry.code}.md`, `${entry.code}: ${entry.slug.replaceAll("-", " ")}`, [
      entry.problem,
      "## Refused",
      program(entry.example),
      output(printed.join("\n")),
      "## Mended",
      program(entry.mend),
    ]);
  });
}
