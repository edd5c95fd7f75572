/** `vgw explain CODE`: the page of a diagnostic, or of a refused request's problem code. */
import { codes, isCode } from "../diagnostics/index.ts";
import { pages } from "../diagnostics/pages.ts";
import { CommandError, exit, print, printJson } from "./output.ts";

export function runExplain(text: string, options: { readonly json?: boolean }): number {
  const code = normalise(text);
  if (!isCode(code)) {
    throw new CommandError(
      `there is no diagnostic ${text}`,
      exit.usage,
      `codes look like ${codes[0]}; ${codes.length} of them have a page`,
    );
  }
  const page = pages()[code];
  if (!page)
    throw new CommandError(
      `the page of ${code} is missing from this installation`,
      exit.environment,
      "install vgw again",
    );
  if (options.json) printJson(page);
  else {
    print(`${page.code} (${page.severity}): ${page.message}\n\n${page.problem}\n`);
    print(`Like this it is refused:\n\n${indent(page.example)}\nLike this it is right:\n\n${indent(page.mend)}`);
  }
  return exit.good;
}

/** "3012", "vgw3012" and "VGW3012" are the same. */
function normalise(text: string): string {
  const digits = /^(?:vgw)?(\d{4})$/i.exec(text.trim());
  return digits ? `VGW${digits[1]}` : text.trim();
}

function indent(program: string): string {
  return program.replace(/^(?=.)/gm, "    ");
}
