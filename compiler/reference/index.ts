/** The reference that users read: one page per declaration, step, setting, place, type, built-in, label and diagnostic, and lists of them. */
import { ERRORS } from "../../runtime/errors.ts";
import { builtinPages } from "./builtins.ts";
import { diagnosticPages } from "./diagnostics.ts";
import { code, page, type ReferencePage, table } from "./markdown.ts";
import { modelsPage } from "./models.ts";
import { metricsPage, transportsPage } from "./operation.ts";
import { settingPages } from "./settings.ts";
import { testsPage } from "./tests.ts";
import { typePages } from "./types.ts";
import { declarationPages, labelPages, placePages, stepPages } from "./words.ts";

export function referencePages(): readonly ReferencePage[] {
  const sections = [
    { title: "Declarations", pages: declarationPages() },
    { title: "Steps", pages: stepPages() },
    { title: "Settings", pages: settingPages() },
    { title: "Places", pages: placePages() },
    { title: "Types and units", pages: typePages() },
    { title: "Built-ins", pages: builtinPages() },
    { title: "Labels", pages: labelPages() },
    { title: "Diagnostics", pages: diagnosticPages() },
    { title: "Operation", pages: [testsPage(), problemPage(), metricsPage(), transportsPage(), modelsPage()] },
  ];
  const index = page("README.md", "Reference", [
    "Generated from the compiler's vocabulary and the catalogue of diagnostics by `npm run generate`; tests compile every example in it.",
    ...sections.map(
      ({ title, pages }) => `## ${title}\n\n${pages.map((entry) => `- [${entry.title}](${entry.path})`).join("\n")}`,
    ),
  ]);
  return [index, ...sections.flatMap(({ pages }) => pages)];
}

/** What the gateway itself answers, by the `code` in the problem document (RFC 9457). */
function problemPage(): ReferencePage {
  return page("problems.md", "Problems", [
    "Every error that the gateway answers by itself is a problem document (RFC 9457, `application/problem+json`) with one of these codes in `code`.",
    "A route that forwards to a model, or lists models, tells its own errors (401, 429, what `deny` says and the others) in the words of the dialect that stands behind its first `as`, as `application/json`, so that official clients show them: OpenAI's `error.message` and `error.code`, Anthropic's `error.type`, Google's `error.status`.",
    table(
      ["code", "status", "title"],
      Object.entries(ERRORS).map(([name, { status, title }]) => [code(name), String(status), title]),
    ),
  ]);
}
