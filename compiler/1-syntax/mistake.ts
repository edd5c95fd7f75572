/** The messages of the parser: each says what was found, what was due, and where possible the mend. */
import { type Diagnostic, diagnose, type Edit, type Fix, type Span } from "../diagnostics/index.ts";
import type { Source } from "./base.ts";
import type { Lexeme } from "./lexeme.ts";
import { nearest } from "./nearest.ts";
import * as v from "./vocabulary.ts";

function span(source: Pick<Source, "file">, from: Lexeme, to: Lexeme = from): Span {
  return { file: source.file, start: from.start, end: to.end };
}

function replace(at: Span, text: string): Edit {
  return { span: at, text };
}

function fix(title: string, kind: Fix["kind"], ...edits: Edit[]): readonly Fix[] {
  return [{ title, kind, edits }];
}

function describe(token: Lexeme): string {
  if (token.tokenType === v.Newline) return "the end of the line";
  if (token.tokenType === v.End) return "the end of the file";
  if (token.kind === "string" || token.kind === "template-start") return "a string";
  if (token.kind === "template-middle" || token.kind === "template-end") return "the end of the hole";
  return `\`${token.image}\``;
}

/** The parser can't go on at `found`, where `expected` was due. */
export function explain(source: Source, found: Lexeme, previous: Lexeme, expected: string): Diagnostic {
  const here = found.kind === "newline" || found.kind === "end" ? after(source, previous) : span(source, found);
  if (expected === "less nesting")
    return diagnose(
      "VGW1020",
      {},
      { span: here, text: "one level too many" },
      {
        help: "Give the inner part a name with `let`, or move it into a function.",
      },
    );
  if (expected === "a name" && v.reservedWords.has(found.image) && found.kind === "word")
    return diagnose(
      "VGW1019",
      { word: found.image },
      { span: here, text: "a name is expected here" },
      { help: "Choose another name; this word is free only behind `.` and before `:`." },
    );
  if (expected === "`)`" || expected === "`]`") return unclosedBracket(source, found, previous, here, expected);
  return diagnose(
    "VGW1001",
    { found: describe(found), expected },
    { span: here, text: `${expected} is expected here` },
    hint(source, found, previous, expected),
  );
}

function after(source: Source, token: Lexeme): Span {
  return { file: source.file, start: Math.max(token.start, token.end - 1), end: Math.max(token.end, 1) };
}

function unclosedBracket(source: Source, found: Lexeme, previous: Lexeme, here: Span, expected: string): Diagnostic {
  const bracket = expected.slice(1, 2);
  const cutShort =
    found.atLineStart || found.kind === "newline" || found.kind === "end" || /^[})\]]$/.test(found.image);
  const opener = bracket === ")" ? "(" : "[";
  let depth = 0;
  let open: Lexeme | undefined;
  for (let index = previous.index; index >= 0 && open === undefined; index--) {
    const token = source.tokens[index]!;
    if (token.kind !== "punctuation") continue;
    if (token.image === bracket) depth++;
    else if (token.image === opener && depth-- === 0) open = token;
  }
  const at = { file: source.file, start: previous.end, end: previous.end };
  return diagnose(
    "VGW1006",
    { open: opener, close: bracket, found: describe(found) },
    { span: cutShort ? after(source, previous) : here, text: `\`,\` or \`${bracket}\` is expected here` },
    {
      related: open === undefined ? [] : [{ span: span(source, open), text: "opened here" }],
      fixes: cutShort ? fix(`Insert ${bracket}`, "maybe", replace(at, bracket)) : [],
    },
  );
}

/** What to do about the commoner slips. */
function hint(source: Source, found: Lexeme, previous: Lexeme, expected: string): Hint {
  const here = span(source, found);
  const behind = { file: source.file, start: previous.end, end: previous.end };
  if (found.image === "elseif" || found.image === "elif")
    return { help: "Write `else if`.", fixes: fix("Write else if", "safe", replace(here, "else if")) };
  if (expected.startsWith("the end of")) {
    if (found.tokenType === v.LeftParenthesis && previous.kind === "word")
      return { help: "A call has no space before its parenthesis." };
    if (expected === "the end of the declaration") return { help: "Each declaration begins on a line of its own." };
    const sign = expected === "the end of the step" ? ";" : ",";
    const help = `Begin a new line, or write \`${sign}\` between the two.`;
    const begins = found.kind === "word" && !/^(?:with|when|as|in|not|else|where|and|or)$/.test(found.image);
    return { help, fixes: begins ? fix(`Insert ${sign}`, "maybe", replace(behind, sign)) : [] };
  }
  if (expected === "`:`" && found.kind !== "punctuation" && found.kind !== "newline")
    return { fixes: fix("Insert :", "maybe", replace(behind, ":")) };
  if (expected === "`{`" && found.kind === "newline") return { fixes: fix("Insert {", "maybe", replace(behind, " {")) };
  if (expected === "`=`" && found.tokenType === v.FatArrow)
    return { fixes: fix("Replace => with =", "safe", replace(here, "=")) };
  return { help: helpFor(found, expected) };
}

interface Hint {
  readonly help?: string | null;
  readonly fixes?: readonly Fix[];
}

function helpFor(found: Lexeme, expected: string): string | null {
  if (expected === "a step" && (found.tokenType === v.GivenVerb || found.tokenType === v.ExpectVerb))
    return "`given`, `send`, `expect` and `advance` stand in a `test`.";
  if (expected === "a step of a test") return "A test consists of `given`, `send`, `expect` and `advance`.";
  if (expected === "`=`" && found.image === "{") return "A function is one value: function name(n: int) -> int = n * 2";
  if (expected === "a file's path in quotes" && found.kind === "word")
    return 'Names stand in braces: import { name } from "./file.vgw"';
  if (expected === "a setting" && found.kind === "string") return "A setting's name has no quotes.";
  if (expected === "a path in quotes") return 'Write the path as a string: route GET "/orders/{id: uuid}"';
  return null;
}

export function unclosedBrace(open: Span, last: Span): Diagnostic {
  const at = { file: last.file, start: last.end, end: last.end };
  return diagnose(
    "VGW1005",
    {},
    { span: open, text: "no `}` closes this" },
    {
      help: "Put `}` where the block ends.",
      fixes: fix("Insert }", "maybe", replace(at, "\n}")),
    },
  );
}

export function commaBetweenSteps(comma: Span): Diagnostic {
  return diagnose(
    "VGW1016",
    {},
    { span: comma, text: "steps are separated by `;` or a new line" },
    { fixes: fix("Replace , with ;", "safe", replace(comma, ";")) },
  );
}

export function equalsForColon(key: Span, sign: Span, name: string): Diagnostic {
  const both = { file: key.file, start: key.end, end: sign.end };
  return diagnose(
    "VGW1011",
    { key: name },
    { span: sign, text: "`:` belongs here" },
    { fixes: fix("Replace = with :", "safe", replace(both, ":")) },
  );
}

export function colonForEquals(colon: Span, name: string): Diagnostic {
  return diagnose(
    "VGW1027",
    { name },
    { span: colon, text: "a type follows `:`, a value follows `=`" },
    {
      help: `Write: let ${name} = …`,
      fixes: fix("Replace : with =", "maybe", replace(colon, " =")),
    },
  );
}

export function equalsInCondition(sign: Span): Diagnostic {
  return diagnose(
    "VGW1013",
    {},
    { span: sign, text: "`==` compares" },
    { fixes: fix("Replace = with ==", "safe", replace(sign, "==")) },
  );
}

export function spaceBeforeUnit(number: Span, digits: string, unit: string): Diagnostic {
  return diagnose(
    "VGW1014",
    { number: digits, unit },
    { span: number, text: `write ${digits}${unit}` },
    { fixes: fix("Remove the space", "safe", replace(number, `${digits}${unit}`)) },
  );
}

export function chainedComparison(operator: Span): Diagnostic {
  return diagnose(
    "VGW1021",
    {},
    { span: operator, text: "a second comparison" },
    { help: "Join two comparisons with `and`, or use a range: x in 1..9." },
  );
}

export function settingAfterStep(key: Span, name: string): Diagnostic {
  return diagnose(
    "VGW1017",
    { key: name },
    { span: key, text: "a setting behind a step" },
    { help: "Move it to the beginning of the block." },
  );
}

/** A word where a step begins, and it is none. */
export function notAStep(word: Span, text: string, assigns: boolean): Diagnostic {
  if (assigns) {
    const at = { file: word.file, start: word.start, end: word.start };
    return diagnose(
      "VGW1018",
      { word: text },
      { span: word, text: "`let` is missing" },
      { help: `Write: let ${text} = …`, fixes: fix("Insert let", "maybe", replace(at, "let ")) },
    );
  }
  const meant = stepSynonyms.get(text) ?? nearest(text, stepWords);
  return diagnose(
    "VGW1018",
    { word: text },
    { span: word, text: "a step is expected here" },
    meant === null
      ? { help: "Steps are let, read, require, forward, reply, deny, set, remove, rewrite, log, if, and calls." }
      : { help: `Did you mean ${meant}?`, fixes: fix(`Replace ${text} with ${meant}`, "maybe", replace(word, meant)) },
  );
}

const stepWords = "let read require forward reply deny set remove rewrite log if given send expect advance".split(" ");

/** What other languages call it. */
const stepSynonyms: ReadonlyMap<string, string> = new Map([
  ["elseif", "else if"],
  ["elif", "else if"],
  ["return", "reply"],
  ["respond", "reply"],
  ["send_response", "reply"],
  ["proxy", "forward"],
  ["proxy_pass", "forward"],
  ["const", "let"],
  ["var", "let"],
  ["assert", "require"],
  ["print", "log"],
  ["delete", "remove"],
]);
const declarationSynonyms: ReadonlyMap<string, string> = new Map([
  ["upstream", "service"],
  ["backend", "service"],
  ["server", "gateway"],
  ["location", "route"],
  ["endpoint", "route"],
  ["func", "function"],
  ["fn", "function"],
  ["def", "function"],
  ["const", "let"],
  ["var", "let"],
  ["struct", "type"],
  ["interface", "type"],
  ...["get", "post", "put", "patch", "delete", "GET", "POST", "PUT", "PATCH", "DELETE"].map(
    (method) => [method, `route ${method.toUpperCase()}`] as const,
  ),
  ["include", "import"],
  ["middleware", "policy"],
]);

export function unknownSource(word: Span, text: string): Diagnostic {
  const meant = nearest(text, ["query", "header", "cookie", "body"]);
  return diagnose(
    "VGW1022",
    { word: text },
    { span: word, text: "query, header, cookie or nothing (the body) is expected here" },
    meant === null ? {} : { fixes: fix(`Replace ${text} with ${meant}`, "maybe", replace(word, meant)) },
  );
}

export function reservedStep(word: Span, text: string): Diagnostic {
  return diagnose(
    "VGW1024",
    { word: text },
    { span: word, text: "not yet" },
    { help: "Take this step out; the rest of the program is checked as if it were not there." },
  );
}

export function reservedDeclaration(word: Span, text: string): Diagnostic {
  return diagnose(
    "VGW1023",
    { word: text },
    { span: word, text: "not yet" },
    { help: "Take this declaration out; the rest of the program is checked as if it were not there." },
  );
}

export function missingHeader(source: Source): Diagnostic {
  const first = source.tokens[0]!;
  const at = { file: source.file, start: 0, end: 0 };
  return diagnose(
    "VGW1002",
    {},
    { span: span(source, first), text: "`vgw 1` comes before this" },
    { fixes: fix("Insert vgw 1", "safe", replace(at, "vgw 1\n\n")) },
  );
}

export function unknownVersion(version: Span, text: string): Diagnostic {
  return diagnose(
    "VGW1003",
    { version: text },
    { span: version, text: "this compiler knows version 1" },
    { fixes: fix("Write 1", "maybe", replace(version, "1")) },
  );
}

/** Something at the top level that begins no declaration. */
export function notADeclaration(source: Source, found: Lexeme, following: Lexeme): Diagnostic {
  const here = span(source, found);
  if (/^[})\]]$/.test(found.image) && found.kind === "punctuation")
    return diagnose(
      "VGW1015",
      { bracket: found.image },
      { span: here, text: "nothing is open here" },
      {
        help: "Take it out, or look above for a block that was closed too early.",
        fixes: fix(`Remove ${found.image}`, "maybe", replace(here, "")),
      },
    );
  const meant =
    found.kind === "word" && (following.kind === "word" || following.kind === "string")
      ? (declarationSynonyms.get(found.image) ?? nearest(found.image, declarations))
      : null;
  return diagnose(
    "VGW1004",
    { found: describe(found) },
    { span: here, text: "a declaration is expected here" },
    meant === null
      ? { help: `Declarations begin with ${declarations.join(", ")}.` }
      : {
          help: `Did you mean ${meant}?`,
          fixes: fix(`Replace ${found.image} with ${meant}`, "maybe", replace(here, meant)),
        },
  );
}

const declarations = "import gateway service model type route policy function let test private".split(" ");

export function duplicateWord(word: Span, text: string): Diagnostic {
  return diagnose(
    "VGW1025",
    { word: text },
    { span: word, text: "once is enough" },
    { fixes: fix("Remove it", "safe", replace(word, "")) },
  );
}
