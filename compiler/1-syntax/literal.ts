/** The values of literals from their source text: escapes, text over several lines, the parts of a number. */

const escaped: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0" };

/** A string's value. The closing quote may be missing (reported by the scanner). */
export function literalText(image: string): string {
  if (image.startsWith('"') && image.endsWith('"') && image.length > 1 && !image.includes("\\") && image[1] !== '"')
    return image.slice(1, -1);
  if (image.startsWith("'")) return image.slice(1, image.length > 1 && image.endsWith("'") ? -1 : undefined);
  return templateTexts([image])[0]!;
}

/** The texts around a template's holes, from its tokens' images: `"a {`, `} b {`, `} c"`. */
export function templateTexts(images: readonly string[]): string[] {
  const triple = images[0]?.startsWith('"""') === true;
  const quote = triple ? '"""' : '"';
  const texts = images.map((image, index) => {
    const from = index === 0 ? quote.length : 1;
    const closed = index < images.length - 1 || closes(image, quote, from);
    return image.slice(from, closed ? image.length - (index === images.length - 1 ? quote.length : 1) : undefined);
  });
  return (triple ? withoutIndentation(texts) : texts).map(resolveEscapes);
}

function closes(image: string, quote: string, from: number): boolean {
  if (!image.endsWith(quote) || image.length < from + quote.length) return false;
  const backslashes = /\\*$/.exec(image.slice(0, -quote.length))![0].length;
  return backslashes % 2 === 0;
}

/**
 * Text over lines: a line break right after the opening quotes is dropped, and so is the indentation that all lines
 * share, the closing quotes' line included; a last line with nothing but the closing quotes does not count.
 */
function withoutIndentation(texts: readonly string[]): string[] {
  if (!/^[ \t]*\r?\n/.test(texts[0]!)) return [...texts];
  const lines = texts.flatMap((text, index) => {
    const parts = text.split("\n").slice(1);
    const open = index < texts.length - 1 ? parts.length - 1 : -1;
    // A line counts if it holds text or a hole, or is the line of the closing quotes.
    return parts.filter((line, at) => line.trim() !== "" || at === open || (open === -1 && at === parts.length - 1));
  });
  const shared = Math.min(...lines.map((line) => /^[ \t]*/.exec(line)![0].length));
  const cut = texts.map((text) =>
    text
      .split("\n")
      .map((line, at) => (at === 0 ? line : line.slice(Math.min(shared, /^[ \t]*/.exec(line)![0].length))))
      .join("\n"),
  );
  cut[0] = cut[0]!.replace(/^[ \t]*\r?\n/, "");
  const last = cut.length - 1;
  cut[last] = cut[last]!.replace(/\r?\n[ \t]*$/, "");
  return cut;
}

function resolveEscapes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\(?:u\{([0-9A-Fa-f]{1,6})\}|\r?\n[ \t]*|([\s\S]))/g,
    (_, point?: string, character?: string) => {
      if (point !== undefined) return codePoint(Number.parseInt(point, 16));
      return character === undefined ? "" : (escaped[character] ?? character);
    },
  );
}

function codePoint(point: number): string {
  return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : "\uFFFD";
}

export interface NumberParts {
  readonly digits: string;
  readonly currency: string | null;
  readonly unit: string | null;
  readonly per: string | null;
}

export function numberParts(image: string): NumberParts {
  const parts = /^([$€£¥])?(\d[\d_]*(?:\.\d[\d_]*)?)(%|[A-Za-zµμ][A-Za-zµμ0-9]*)?(?:\/([A-Za-z]+))?$/.exec(image);
  return {
    digits: (parts?.[2] ?? "0").replaceAll("_", ""),
    currency: parts?.[1] ?? null,
    unit: parts?.[3]?.replace("μ", "µ") ?? null,
    per: parts?.[4] ?? null,
  };
}
