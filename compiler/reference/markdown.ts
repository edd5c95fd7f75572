/** Small pieces of Markdown that the reference is made of. */

export interface ReferencePage {
  /** Below `docs/reference/`, with "/". */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

export const code = (text: string): string => `\`${text}\``;

export function program(source: string): string {
  return `\`\`\`vgw\n${source.trimEnd()}\n\`\`\``;
}

export function output(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}

/** Cells may hold code with `|`, which would end them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function page(path: string, title: string, parts: readonly string[]): ReferencePage {
  return { path, title, text: `# ${title}\n\n${parts.filter((part) => part !== "").join("\n\n")}\n` };
}
