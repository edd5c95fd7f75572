/**
 * Parses a pattern: the regular part of the common syntax of regular expressions (literals, `.`, classes, `\d \w \s`,
 * alternation, groups, bounded and unbounded repetition, `^` and `$`, a leading `(?i)`). What needs memory of the text
 * (back-references, look-around) cannot be matched in linear time and is refused with its reason.
 */
import {
  complement,
  type Interval,
  LAST_CODE_POINT,
  normal,
  type PatternError,
  type PatternNode,
  withBothCases,
} from "./tree.ts";

const MOST_REPETITIONS = 1000;
const DEEPEST_GROUP = 50;

const DIGIT: Interval[] = [[0x30, 0x39]];
const WORD: Interval[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: Interval[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const CLASSES: { readonly [letter: string]: Interval[] } = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROLS: { readonly [letter: string]: number } = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

class Refused extends Error {
  readonly at: number;
  readonly help: string;
  constructor(message: string, at: number, help: string) {
    super(message);
    this.at = at;
    this.help = help;
  }
}

class Parser {
  private at: number;
  private depth = 0;
  private readonly ignoreCase: boolean;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
    this.ignoreCase = source.startsWith("(?i)");
    this.at = this.ignoreCase ? 4 : 0;
  }

  whole(): PatternNode {
    const node = this.choice();
    if (this.at < this.source.length) this.refuse("this bracket closes no group", "write \\) for the character itself");
    return node;
  }

  private refuse(message: string, help: string, at = this.at): never {
    throw new Refused(message, at, help);
  }
  private get peek(): string {
    return this.source.charAt(this.at);
  }
  private accept(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }
  private set(intervals: readonly Interval[]): PatternNode {
    return { node: "set", intervals: this.ignoreCase ? withBothCases(intervals) : normal(intervals) };
  }

  private choice(): PatternNode {
    const options = [this.sequence()];
    while (this.accept("|")) options.push(this.sequence());
    const [first] = options;
    return options.length === 1 && first !== undefined ? first : { node: "choice", options };
  }

  private sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.at < this.source.length && this.peek !== "|" && this.peek !== ")") items.push(this.repeated());
    return { node: "sequence", items };
  }

  private repeated(): PatternNode {
    const from = this.at;
    let item = this.atom();
    for (let count = 0; ; count++) {
      const bounds = this.bounds();
      if (bounds === null) return item;
      if (item.node === "start" || item.node === "end")
        this.refuse("an anchor cannot be repeated", "remove the repetition", from);
      if (count > 0) this.refuse("a repetition of a repetition", "put the first one into a group: (?:…)");
      // A lazy repetition matches the same texts when the whole text is asked for.
      this.accept("?");
      if (this.peek === "+")
        this.refuse("possessive repetition is not supported", "remove the +: matching never goes back anyway");
      item = { node: "repeat", item, ...bounds };
    }
  }

  private bounds(): { min: number; max: number | null } | null {
    if (this.accept("*")) return { min: 0, max: null };
    if (this.accept("+")) return { min: 1, max: null };
    if (this.accept("?")) return { min: 0, max: 1 };
    const counted = /^\{(\d{1,9})(,(\d{1,9})?)?\}/.exec(this.source.slice(this.at, this.at + 24));
    if (counted === null) {
      if (this.peek === "{") this.refuse("{ begins a repetition such as {2,5}", "write \\{ for the character itself");
      return null;
    }
    const min = Number(counted[1]);
    const max = counted[2] === undefined ? min : counted[3] === undefined ? null : Number(counted[3]);
    if (Math.max(min, max ?? 0) > MOST_REPETITIONS) {
      this.refuse(`a repetition counts to ${MOST_REPETITIONS} at most`, "state the length with string(…..…) instead");
    }
    if (max !== null && max < min) this.refuse("the most is less than the least", `write {${max},${min}}`);
    this.at += counted[0].length;
    return { min, max };
  }

  private atom(): PatternNode {
    const from = this.at;
    if (this.accept("(")) return this.group(from);
    if (this.accept("[")) return this.set(this.charClass(from));
    if (this.accept(".")) return this.set(complement([[0x0a, 0x0a]]));
    if (this.accept("^")) return { node: "start" };
    if (this.accept("$")) return { node: "end" };
    if (this.accept("\\")) {
      const escaped = this.escape(from);
      return this.set(typeof escaped === "number" ? [[escaped, escaped]] : escaped);
    }
    if (/[*+?]/.test(this.peek))
      this.refuse("there is nothing to repeat", `write \\${this.peek} for the character itself`);
    if (/[{}\]]/.test(this.peek))
      this.refuse(`"${this.peek}" stands alone`, `write \\${this.peek} for the character itself`);
    const code = this.character();
    return this.set([[code, code]]);
  }

  private group(from: number): PatternNode {
    if (this.accept("?")) {
      if (/^<?[=!]/.test(this.source.slice(this.at))) {
        this.refuse(
          "look-around cannot be matched in linear time",
          "test the parts with separate patterns joined by and",
          from,
        );
      }
      if (/^i[:)]/.test(this.source.slice(this.at)))
        this.refuse("(?i) stands only at the very beginning", "move it there", from);
      if (!this.accept(":")) this.refuse("this kind of group is not supported", "write (…) or (?:…)", from);
    }
    if (++this.depth > DEEPEST_GROUP)
      this.refuse(`groups nest ${DEEPEST_GROUP} deep at most`, "simplify the pattern", from);
    const node = this.choice();
    this.depth--;
    if (!this.accept(")")) this.refuse("this group is never closed", "add ) where it ends", from);
    return node;
  }

  private character(): number {
    const code = this.source.codePointAt(this.at) ?? 0;
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  /** After the backslash: one code point, or the intervals of a class. */
  private escape(from: number): number | Interval[] {
    const letter = this.peek;
    if (letter === "") this.refuse("a backslash ends the pattern", "write \\\\ for the character itself", from);
    this.at++;
    const named = CLASSES[letter];
    if (named !== undefined) return named;
    if (letter === "0" && /\d/.test(this.peek))
      this.refuse("octal escapes are not supported", "write \\x and two digits", from);
    const control = CONTROLS[letter];
    if (control !== undefined) return control;
    if (/[1-9k]/.test(letter)) {
      this.refuse(
        "a back-reference cannot be matched in linear time",
        "compare the parts after splitting the text",
        from,
      );
    }
    if (/[bB]/.test(letter))
      this.refuse("word boundaries are not supported", "write the characters that may stand there", from);
    if (/[pP]/.test(letter)) this.refuse("Unicode properties are not supported", "write the ranges: [a-zà-ÿ]", from);
    if (letter === "x" || letter === "u") {
      const digits = /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}|[0-9a-fA-F]{2}))/.exec(
        this.source.slice(this.at, this.at + 8),
      );
      const wanted = letter === "x" ? 2 : 4;
      const plain = digits?.[2]?.slice(0, wanted);
      const code = Number.parseInt(digits?.[1] ?? plain ?? "", 16);
      if (
        digits === null ||
        Number.isNaN(code) ||
        code > LAST_CODE_POINT ||
        (plain !== undefined && plain.length !== wanted)
      ) {
        this.refuse("this escape names no character", "write \\x41, \\u0041 or \\u{1F600}", from);
      }
      this.at += plain === undefined ? digits[0].length : wanted;
      return code;
    }
    if (/[A-Za-z]/.test(letter))
      this.refuse(`\\${letter} has no meaning`, `write ${letter} for the letter itself`, from);
    this.at--;
    return this.character();
  }

  /** After "[". */
  private charClass(from: number): Interval[] {
    const negated = this.accept("^");
    const intervals: Interval[] = [];
    for (let first = true; ; first = false) {
      if (this.at >= this.source.length) this.refuse("this class is never closed", "add ] where it ends", from);
      if (this.accept("]")) {
        if (first) this.refuse("an empty class matches nothing", "write \\] for the character itself", from);
        // Both cases before the complement: [^a] with (?i) holds neither "a" nor "A".
        return negated ? complement(this.ignoreCase ? withBothCases(intervals) : intervals) : intervals;
      }
      if (this.source.startsWith("[:", this.at))
        this.refuse("named classes are not supported", "write \\d, \\w or \\s");
      this.member(intervals);
    }
  }

  private member(intervals: Interval[]): void {
    const from = this.at;
    const low = this.classItem();
    if (this.peek === "-" && this.source.charAt(this.at + 1) !== "]" && this.at + 1 < this.source.length) {
      this.at++;
      const high = this.classItem();
      if (typeof low !== "number" || typeof high !== "number")
        this.refuse("a range needs a single character at each end", "write \\- for a hyphen", from);
      if (high < low) this.refuse("this range runs backwards", "swap its ends", from);
      intervals.push([low, high]);
    } else if (typeof low === "number") intervals.push([low, low]);
    else intervals.push(...low);
  }

  private classItem(): number | Interval[] {
    const from = this.at;
    if (this.accept("\\")) return this.escape(from);
    return this.character();
  }
}

export function parsePattern(source: string): PatternNode | PatternError {
  try {
    return new Parser(source).whole();
  } catch (problem) {
    if (problem instanceof Refused) return { error: problem.message, at: problem.at, help: problem.help };
    throw problem;
  }
}
