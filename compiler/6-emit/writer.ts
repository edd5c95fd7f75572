/**
 * The one writer of the generated file: indented lines, and beside them the origin of each for the source map. Text goes in
 * once and is never read back (statement-by-statement editing of a syntax tree is a thousand times slower).
 */
import type { Origin } from "../5-plan/plan.ts";

interface Line {
  readonly text: string;
  readonly origin: Origin | null;
  readonly level: number;
}

const INDENTATION = "  ";
/** Longest `if (…) …;` that stays on one line. */
const SHORT = 110;

export class SourceWriter {
  #text = "";
  /** The origin of each line written so far; null: of no place in the program. */
  readonly origins: (Origin | null)[] = [];
  readonly #lines: Line[] = [];
  #origin: Origin | null = null;
  #level = 0;
  /** Lines held back while it is not yet known whether a condition needs braces. */
  #held: Line[] | null = null;

  /** One line, or several when `text` has newlines. */
  line(text: string): void {
    this.#put({ text, origin: this.#origin, level: this.#level });
  }

  blank(): void {
    this.#put({ text: "", origin: null, level: 0 });
  }

  /** `head {` … `}` with `tail` after the brace. */
  block(head: string, body: () => void, tail = ""): void {
    this.line(`${head} {`);
    this.indented(body);
    this.line(`}${tail}`);
  }

  indented(body: () => void): void {
    this.#level++;
    body();
    this.#level--;
  }

  /** `if (condition) statement;` where `body` writes one short line, else a block. */
  conditional(condition: string, body: () => void): void {
    const outer = this.#held;
    const inner: Line[] = [];
    this.#held = inner;
    this.indented(body);
    this.#held = outer;
    const only = inner.length === 1 ? inner[0] : undefined;
    const short = `if (${condition}) ${only?.text}`;
    if (only !== undefined && !only.text.includes("\n") && short.length <= SHORT) {
      this.#put({ ...only, text: short, level: this.#level });
      return;
    }
    this.line(`if (${condition}) {`);
    for (const line of inner) this.#put(line);
    this.line("}");
  }

  /** Everything that another writer holds, here. */
  append(other: SourceWriter): void {
    for (const line of other.#lines) this.#put({ ...line, level: line.level + this.#level });
  }

  /** Lines written by `body` come from `origin`. */
  within(origin: Origin, body: () => void): void {
    const before = this.#origin;
    this.#origin = origin;
    body();
    this.#origin = before;
  }

  text(): string {
    return this.#text;
  }

  #put(line: Line): void {
    if (this.#held !== null) {
      this.#held.push(line);
      return;
    }
    this.#lines.push(line);
    const indentation = INDENTATION.repeat(line.level);
    for (const part of line.text.includes("\n") ? line.text.split("\n") : [line.text]) {
      this.#text += part === "" ? "\n" : `${indentation}${part}\n`;
      this.origins.push(line.origin);
    }
  }
}
