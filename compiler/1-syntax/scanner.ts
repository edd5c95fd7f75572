/**
 * Text → lexemes and comments, without regard to lines' meaning (the layout pass does that). It is one loop with a
 * stack of open string holes, since strings nest: `"a {f("b {c}")} d"`. Every mistake here is reported once and the
 * scanner goes on; an unclosed string ends with its line so that it can't swallow the file.
 */
import type { Diagnostic } from "../diagnostics/index.ts";
import { diagnose } from "../diagnostics/index.ts";
import { Lexeme } from "./lexeme.ts";
import type { TokenKind } from "./token.ts";
import type { Comment } from "./tree.ts";
import { foreignOperators } from "./vocabulary.ts";

export interface Scanned {
  readonly lexemes: Lexeme[];
  readonly comments: Comment[];
  readonly diagnostics: Diagnostic[];
}

const space = /[ \t\r\f\uFEFF\u00A0]+/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /[$€£¥]?\d[\d_]*(?:\.\d[\d_]*)?(?:%|[A-Za-zµμ][A-Za-zµμ0-9]*)?(?:\/[A-Za-z]+)?/y;
const time = /\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})?)?(?![\w])/y;
const address4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:\/\d+)?(?![\w.])/y;
const address6 =
  /(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*)?::(?:(?:[0-9A-Fa-f]{1,4}:)*\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*)?(?:\/\d+)?|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}(?:\/\d+)?/y;
const operator = /\.\.\.|===|!==|&&|\|\||\|>|<>|=>|->|==|!=|<=|>=|\.\.|[{}()[\],;:.=|?@+\-*/<>!]/y;
const unknownRun = /[^\s"'{}()[\],;:.=|?@+\-*/<>!\w$]+|[\s\S]/uy;
const nextDeclaration = /\n(?=(?:route|service|model|gateway|type|policy|function|test|private|import)\b)/g;
const escapes = /\\(?:[nrt"'\\{}0]|u\{[0-9A-Fa-f]{1,6}\})/y;

/** One open string whose hole is being read. */
interface OpenString {
  readonly start: number;
  readonly triple: boolean;
  /** Where the hole's brace stands. */
  readonly hole: number;
  /** Braces open inside the hole. */
  braces: number;
}

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

export function scan(file: string, text: string): Scanned {
  const lexemes: Lexeme[] = [];
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  const open: OpenString[] = [];
  let at = 0;
  let atLineStart = true;

  function push(kind: TokenKind, end: number): void {
    lexemes.push(new Lexeme(kind, at, end, text.slice(at, end), atLineStart));
    at = end;
    atLineStart = false;
  }

  function lineEnd(from: number): number {
    const end = text.indexOf("\n", from);
    return end === -1 ? text.length : end;
  }

  /** Reads string text from `from` up to a hole, the closing quote, or where an unclosed string is taken to end. */
  function stringText(from: number, started: number, triple: boolean, opening: boolean): void {
    const limit = triple ? text.length : lineEnd(from);
    let index = from;
    while (index < limit) {
      const character = text.charCodeAt(index);
      if (character === 0x5c) {
        const end = matchAt(escapes, text, index);
        if (end === -1 && !(triple && text[index + 1] === "\n")) badEscape(index);
        index = end === -1 ? index + 2 : end;
      } else if (character === 0x22 && (!triple || text.startsWith('"""', index))) {
        push(opening ? "string" : "template-end", index + (triple ? 3 : 1));
        return;
      } else if (character === 0x7b) {
        // A brace with nothing behind it on its line opens a block: the quote before it is missing.
        if (!triple && /^[ \t\r]*(?:\/\/|$)/.test(text.slice(index + 1, limit))) break;
        push(opening ? "template-start" : "template-middle", index + 1);
        open.push({ start: started, triple, hole: index, braces: 0 });
        return;
      } else index++;
    }
    unclosed(Math.min(index, limit), from, started, triple, opening);
  }

  function badEscape(index: number): void {
    const shown = text.slice(index, index + 2).trimEnd();
    diagnostics.push(
      diagnose(
        "VGW1008",
        { escape: shown },
        { span: { file, start: index, end: index + shown.length }, text: "not an escape" },
        {
          help: "Write \\\\ for a backslash, or use '…' quotes, in which nothing is escaped.",
          fixes: [
            {
              title: "Double the backslash",
              kind: "maybe",
              edits: [{ span: { file, start: index, end: index }, text: "\\" }],
            },
          ],
        },
      ),
    );
  }

  /** The end of the line, or of the file, is in the hole of a string: its `}` is missing. Close all that is open. */
  function unclosedHole(): void {
    const { hole, triple } = open[0]!;
    const end = Math.min(at, lineEnd(hole));
    diagnostics.push(
      diagnose(
        "VGW1026",
        {},
        { span: { file, start: hole, end }, text: "no `}` closes this value" },
        {
          help: "`{` in a string begins a value. Write \\{ for the brace itself, or close the value with }.",
          fixes: [
            {
              title: "Write \\{",
              kind: "maybe",
              edits: [{ span: { file, start: hole, end: hole }, text: "\\" }],
            },
          ],
        },
      ),
    );
    for (; open.length > 0; open.pop()) lexemes.push(new Lexeme("template-end", at, at, triple ? '"""' : '"', false));
  }

  /** The quote is missing: guess where it belongs, say so once, and go on behind it. */
  function unclosed(stop: number, from: number, started: number, triple: boolean, opening: boolean): void {
    let end = stop;
    if (!triple && open.length > 0 && opening) {
      // In a hole: the hole is what was not closed, and the rest of the line is of no use.
      push("string", Math.max(stop, at + 1));
      unclosedHole();
      return;
    }
    if (triple) {
      nextDeclaration.lastIndex = from;
      const next = nextDeclaration.exec(text);
      end = next ? next.index : text.length;
    } else {
      const rest = text.slice(from, stop);
      // A path or an address has no spaces; otherwise closing brackets and separators at the end stay outside.
      const compact = /^["']?(?:\/|https?:|:\d)/.test(text.slice(started, stop));
      const kept = rest.replace(compact ? /[\s,)\]].*$/ : /(?:\s+\/\/.*)?[\s)\]},;]*$/, "");
      end = from + kept.length;
    }
    const quote = triple ? '"""' : text[started]!;
    diagnostics.push(
      diagnose(
        "VGW1007",
        { quote },
        { span: { file, start: started, end: Math.max(end, started + 1) }, text: `no ${quote} closes this string` },
        {
          help: `Put ${quote} where the string ends.`,
          fixes: [
            {
              title: `Insert ${quote}`,
              kind: "maybe",
              edits: [{ span: { file, start: end, end }, text: quote }],
            },
          ],
        },
      ),
    );
    push(opening ? "string" : "template-end", Math.max(end, at));
  }

  function rawString(): void {
    const limit = lineEnd(at);
    const end = text.indexOf("'", at + 1);
    if (end !== -1 && end < limit) push("string", end + 1);
    else unclosed(limit, at + 1, at, false, true);
  }

  function comment(): void {
    const end = lineEnd(at);
    const documentation = text.charCodeAt(at + 2) === 0x2f && text.charCodeAt(at + 3) !== 0x2f;
    comments.push({
      start: at,
      end: text.charCodeAt(end - 1) === 0x0d ? end - 1 : end,
      documentation,
      ownLine: atLineStart,
    });
    at = end;
  }

  function blockComment(): void {
    const close = text.indexOf("*/", at + 2);
    const end = close === -1 ? lineEnd(at) : close + 2;
    diagnostics.push(
      diagnose(
        "VGW1010",
        {},
        { span: { file, start: at, end: at + 2 }, text: "this is not a comment here" },
        { help: "Begin each line of a comment with //." },
      ),
    );
    at = end;
  }

  function punctuationMark(): void {
    const end = matchAt(operator, text, at);
    if (end === -1) {
      unknown();
      return;
    }
    const image = text.slice(at, end);
    const native = foreignOperators.get(image);
    if (native !== undefined) {
      diagnostics.push(
        diagnose(
          "VGW1012",
          { written: image, meant: native },
          { span: { file, start: at, end }, text: `write \`${native}\`` },
          {
            fixes: [
              {
                title: `Replace ${image} with ${native}`,
                kind: "safe",
                edits: [{ span: { file, start: at, end }, text: spaced(native, at, end) }],
              },
            ],
          },
        ),
      );
      lexemes.push(new Lexeme(/^\w/.test(native) ? "word" : "punctuation", at, end, native, atLineStart));
      at = end;
      atLineStart = false;
      return;
    }
    const hole = open.at(-1);
    if (hole !== undefined && image === "{") hole.braces++;
    if (hole !== undefined && image === "}") {
      if (hole.braces === 0) {
        open.pop();
        stringText(at + 1, hole.start, hole.triple, false);
        return;
      }
      hole.braces--;
    }
    push("punctuation", end);
  }

  /** A word that replaces a sign needs a space where none stands. */
  function spaced(native: string, start: number, end: number): string {
    if (!/^\w/.test(native)) return native;
    const before = /\w/.test(text[start - 1] ?? "") ? " " : "";
    return `${before}${native}${/\s/.test(text[end] ?? " ") ? "" : " "}`;
  }

  /** Text editors like to replace plain quotes. */
  function typographicString(): void {
    const rest = text.slice(at + 1, lineEnd(at));
    const length = rest.search(/[“”„‟«»‘’]/);
    const inside = length === -1 ? rest.trimEnd() : rest.slice(0, length);
    const end = at + 1 + inside.length + (length === -1 ? 0 : 1);
    diagnostics.push(
      diagnose(
        "VGW1028",
        {},
        { span: { file, start: at, end }, text: 'write "…"' },
        {
          fixes: [
            {
              title: "Use plain quotes",
              kind: "safe",
              edits: [{ span: { file, start: at, end }, text: `"${inside}"` }],
            },
          ],
        },
      ),
    );
    push("string", end);
  }

  function unknown(): void {
    if (/[“”„«»‘’]/.test(text[at]!)) {
      typographicString();
      return;
    }
    if (text[at] === "%" && lexemes.at(-1)?.kind === "number") {
      push("word", at + 1);
      return;
    }
    const end = matchAt(unknownRun, text, at);
    diagnostics.push(
      diagnose(
        "VGW1009",
        { text: text.slice(at, end) },
        { span: { file, start: at, end }, text: "not part of the language" },
        { help: "Names are made of letters a to z, digits and _; other text belongs in a string or a comment." },
      ),
    );
    at = end;
  }

  function digits(): void {
    for (const [pattern, kind] of [
      [time, "time"],
      [address4, "address"],
      [address6, "address"],
    ] as const) {
      const end = matchAt(pattern, text, at);
      if (end === -1) continue;
      push(kind, end);
      return;
    }
    push("number", matchAt(number, text, at));
  }

  function newline(): void {
    at++;
    atLineStart = true;
    const hole = open.at(-1);
    if (hole === undefined || hole.triple) return;
    at--;
    unclosedHole();
    at++;
  }

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) newline();
    else if (code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0c || code === 0xfeff || code === 0xa0)
      at = matchAt(space, text, at);
    else if (code === 0x22) {
      const triple = text.startsWith('"""', at);
      if (triple && text.indexOf('"""', at + 3) === -1) unclosed(text.length, at + 3, at, true, true);
      else stringText(at + (triple ? 3 : 1), at, triple, true);
    } else if (code === 0x27) rawString();
    else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2f) comment();
    else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2a) blockComment();
    else if (code >= 0x30 && code <= 0x39) digits();
    else if (code === 0x3a && text.charCodeAt(at + 1) === 0x3a) {
      const end = matchAt(address6, text, at);
      if (end === -1) punctuationMark();
      else push("address", end);
    } else if (isLetter(code)) {
      // Only a word of hexadecimal digits with a colon behind it can begin an IPv6 address.
      const end = matchAt(word, text, at);
      const address = text.charCodeAt(end) === 0x3a && end - at <= 4 ? matchAt(address6, text, at) : -1;
      if (address > end) push("address", address);
      else push("word", end);
    } else if ((code === 0x24 || code === 0x20ac || code === 0xa3 || code === 0xa5) && matchAt(number, text, at) !== -1)
      push("number", number.lastIndex);
    else punctuationMark();
  }
  if (open.length > 0) unclosedHole();
  lexemes.push(new Lexeme("end", text.length, text.length, "", true));
  return { lexemes, comments, diagnostics };
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}
