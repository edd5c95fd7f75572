/**
 * Decides what a line's end means and what a word is where it stands: the parser then sees newlines only where they
 * separate entries, declaration words only where a declaration can begin, and verbs only where a step can. This is
 * also the first half of recovery: a declaration that begins in the first column closes whatever was left open.
 */
import { Lexeme } from "./lexeme.ts";
import type { Comment } from "./tree.ts";
import * as v from "./vocabulary.ts";

export interface Layout {
  readonly tokens: Lexeme[];
  /** Text of the `///` lines directly before a token, by the token's index. */
  readonly documentation: ReadonlyMap<number, string>;
}

/** A line that ends in one of these goes on. */
const continuesAfter = new Set([
  ..."+ - * / == != < <= > >= |> = => -> , ; ( [ { : | . @ ...".split(" "),
  ..."and or not in as when".split(" "),
]);
/** A line that starts with one of these continues the one before. */
const continuesBefore = new Set("else |> . and or when with | {".split(" "));
/** No expression goes on with one of these at the start of a line: brackets still open there are forgotten ones. */
const startsStep = new Set("let read require reply deny forward if".split(" "));

export function layOut(text: string, lexemes: readonly Lexeme[], comments: readonly Comment[]): Layout {
  const tokens: Lexeme[] = [];
  const documentation = new Map<number, string>();
  const open: string[] = [];
  let nextComment = 0;
  /** The column in which the last declaration began; a later one is believed only if it stands no deeper. */
  let column = 0;
  let afterPrivate = false;

  for (let index = 0; index < lexemes.length; index++) {
    const lexeme = lexemes[index]!;
    const previous = tokens.at(-1);
    const following = lexemes[index + 1];
    const here = lexeme.atLineStart ? columnOf(text, lexeme.start) : 0;
    const declares =
      lexeme.kind === "word" && (lexeme.atLineStart || afterPrivate) && beginsDeclaration(lexeme, following, here);
    let forced = declares;
    afterPrivate = false;
    if (declares) {
      open.length = 0;
      column = lexeme.atLineStart ? here : column;
      afterPrivate = lexeme.image === "private";
    } else if (lexeme.atLineStart && lexeme.kind === "word" && startsStep.has(lexeme.image) && !isName(index)) {
      while (open.length > 0 && open.at(-1) !== "{" && previous?.image !== "else") {
        open.pop();
        forced = true;
      }
    }
    if (lexeme.atLineStart && separates(previous, lexeme, following, forced)) {
      const start = previous!.end;
      tokens.push(new Lexeme("newline", start, start, "", false).as(v.Newline));
    }
    if (nextComment < comments.length && comments[nextComment]!.start < lexeme.start) document(lexeme);
    tokens.push(lexeme.as(declares ? v.declarationWords.get(lexeme.image)! : typeOf(index)));
    track(lexeme);
  }
  for (let index = 0; index < tokens.length; index++) tokens[index]!.index = index;
  return { tokens, documentation };

  function beginsDeclaration(lexeme: Lexeme, following: Lexeme | undefined, here: number): boolean {
    if (!v.declarationWords.has(lexeme.image) || following === undefined) return false;
    if (open.length === 0) return following.image !== ":" && following.image !== ".";
    if (here > column || following.atLineStart || lexeme.image === "let") return false;
    return following.kind === "word" || (following.kind === "string" && /test|import/.test(lexeme.image));
  }

  function separates(previous: Lexeme | undefined, lexeme: Lexeme, following: Lexeme | undefined, forced: boolean) {
    if (previous === undefined) return false;
    if (forced || lexeme.kind === "end") return true;
    if (open.length > 0 && open.at(-1) !== "{") return false;
    if (startsAnew(previous, lexeme, following)) return true;
    if (previous.kind !== "string" && continuesAfter.has(previous.image) && !nameBefore()) return false;
    if (lexeme.image === "}" && lexeme.kind === "punctuation") return false;
    return !(continuesBefore.has(lexeme.image) && lexeme.kind !== "string" && following?.image !== ":");
  }

  /** Whether the last token is a reserved word that serves as a name, such as `.in`. */
  function nameBefore(): boolean {
    const last = tokens.at(-1);
    return last?.kind === "word" && last.tokenType === v.Identifier;
  }

  function isName(index: number): boolean {
    const before = tokens.at(-1);
    const after = lexemes[index + 1];
    return (
      (before?.kind === "punctuation" && before.image === ".") || (after?.kind === "punctuation" && after.image === ":")
    );
  }

  function typeOf(index: number) {
    const lexeme = lexemes[index]!;
    switch (lexeme.kind) {
      case "word":
        return wordType(index, lexeme);
      case "punctuation":
        return v.punctuation.get(lexeme.image)!;
      case "number":
        return v.NumberToken;
      case "string":
        return v.StringToken;
      case "template-start":
        return v.TemplateStart;
      case "template-middle":
        return v.TemplateMiddle;
      case "template-end":
        return v.TemplateEnd;
      case "time":
        return v.TimeToken;
      case "address":
        return v.AddressToken;
      default:
        return v.End;
    }
  }

  function wordType(index: number, lexeme: Lexeme) {
    const atEntry = startsEntry();
    if (isName(index)) return atEntry && lexemes[index + 1]?.image === ":" ? v.Key : v.Identifier;
    const reserved = v.reservedWords.get(lexeme.image);
    if (reserved !== undefined) return reserved;
    if (index === 0 && lexeme.image === "vgw") return v.Header;
    const verb = atEntry ? v.softVerbs.get(lexeme.image) : undefined;
    return verb !== undefined && actsOn(lexeme, lexemes[index + 1]!) ? verb : v.Identifier;
  }

  function startsEntry(): boolean {
    if (open.at(-1) !== "{") return false;
    const last = tokens.at(-1)!;
    const type = last.tokenType;
    return type === v.Newline || type === v.LeftBrace || type === v.Semicolon || type === v.Comma;
  }

  /** A verb has its object behind it on the same line; `set.size`, `log = …` and `{ limit, check }` are names. */
  function actsOn(verb: Lexeme, following: Lexeme): boolean {
    if (following.atLineStart || following.kind === "end") return false;
    if (following.kind !== "punctuation") return following.image !== "as" && following.image !== "else";
    return following.image === "{" || (/^[([-]$/.test(following.image) && following.start > verb.end);
  }

  function document(lexeme: Lexeme): void {
    const lines: string[] = [];
    while (nextComment < comments.length && comments[nextComment]!.start < lexeme.start) {
      const comment = comments[nextComment++]!;
      if (comment.documentation && comment.ownLine)
        lines.push(
          text
            .slice(comment.start + 3, comment.end)
            .replace(/^ /, "")
            .trimEnd(),
        );
    }
    if (lines.length > 0) documentation.set(tokens.length, lines.join("\n"));
  }

  function track(lexeme: Lexeme): void {
    if (lexeme.kind === "template-start") open.push('"');
    else if (lexeme.kind === "template-end") close('"');
    else if (lexeme.kind !== "punctuation") return;
    else if (lexeme.image === "{" || lexeme.image === "(" || lexeme.image === "[") open.push(lexeme.image);
    else if (lexeme.image === "}") close("{");
    else if (lexeme.image === ")") close("(");
    else if (lexeme.image === "]") close("[");
  }

  /** Closes the innermost `bracket`; parentheses left open inside braces are forgotten, never the other way round. */
  function close(bracket: string): void {
    if (open.at(-1) === bracket) {
      open.pop();
      return;
    }
    const at = open.lastIndexOf(bracket);
    if (at === -1) return;
    if (bracket !== "{" && open.lastIndexOf("{") > at) return;
    open.length = at;
  }
}

/** An unfinished line before a step or a `key:` has lost its end: it does not take the next one in. */
function startsAnew(previous: Lexeme, lexeme: Lexeme, following: Lexeme | undefined): boolean {
  if (lexeme.kind !== "word" || previous.kind !== "punctuation") return false;
  const key = following?.image === ":" && following.kind === "punctuation";
  if (previous.image === ":") return key || startsStep.has(lexeme.image);
  return startsStep.has(lexeme.image) && !key && !/^[{,;]$/.test(previous.image);
}

function columnOf(text: string, start: number): number {
  return start - (text.lastIndexOf("\n", start - 1) + 1);
}
