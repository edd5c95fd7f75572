/** Reads a catalogue page: front matter, prose, and the example programs that the tests compile. */
import type { Severity } from "./diagnostic.ts";

export interface Page {
  readonly code: string;
  readonly slug: string;
  readonly severity: Severity;
  /** With `{parameters}`. */
  readonly message: string;
  /** The prose before the first heading. */
  readonly problem: string;
  /** A program that gives this code once and nothing else. */
  readonly example: string;
  /** The same program, mended. */
  readonly mend: string;
}

/** `file` is the page's name, "VGW3012-missing-unit.md". Throws an Error that names the file where the page is malformed. */
export function parsePage(file: string, text: string): Page {
  const name = /^(VGW\d{4})-([a-z0-9-]+)\.md$/.exec(file);
  if (!name) throw new Error(`${file}: a page is called VGWnnnn-slug.md`);
  const front = /^---\n([\s\S]*?)\n---\n/.exec(text);
  if (!front) throw new Error(`${file}: the front matter between --- lines is missing`);
  const fields = new Map<string, string>();
  for (const line of front[1]!.split("\n")) {
    const at = line.indexOf(":");
    const value = line.slice(at + 1).trim();
    fields.set(line.slice(0, at).trim(), value.startsWith('"') ? (JSON.parse(value) as string) : value);
  }
  const code = fields.get("code");
  const severity = fields.get("severity");
  const message = fields.get("message");
  if (code !== name[1]) throw new Error(`${file}: its code is ${code}`);
  if (severity !== "error" && severity !== "warning") throw new Error(`${file}: severity is error or warning`);
  if (!message) throw new Error(`${file}: it has no message`);
  const body = text.slice(front[0].length);
  const example = programUnder(body, "Example");
  const mend = programUnder(body, "Mend");
  if (example === null || mend === null)
    throw new Error(`${file}: it needs a program under ## Example and under ## Mend`);
  return { code: name[1]!, slug: name[2]!, severity, message, problem: body.split(/^## /m)[0]!.trim(), example, mend };
}

function programUnder(body: string, heading: string): string | null {
  const section = body.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  const block = section && /```vgw\n([\s\S]*?)```/.exec(section);
  return block ? block[1]! : null;
}
