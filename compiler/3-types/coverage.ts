/** Which values of a type no pattern has taken yet: what `match` needs to be exhaustive. */
import { present } from "./construct.ts";
import { base, membersOf } from "./join.ts";
import type { Type } from "./type.ts";

type Value = string | number | boolean | null;

/**
 * What is left of a subject: single values where they can be counted, ranges of whole numbers where they can't, and
 * whether values without name remain (of a string, a duration …), which only `_` takes.
 */
export class Coverage {
  private readonly values: Set<Value>;
  private ranges: (readonly [number, number])[] = [];
  /** Values that patterns have taken of an open type. */
  private readonly taken = new Set<string>();
  private open = false;

  constructor(subject: Type) {
    this.values = new Set<Value>();
    if (subject.kind === "optional" || subject.kind === "null") this.values.add(null);
    if (subject.kind === "null") return;
    for (const member of membersOf(present(subject))) {
      if (member.kind === "literal") this.values.add(member.value);
      else if (member.kind === "bool") this.values.add(true).add(false);
      else if (member.kind === "int") this.ranges.push([member.min, member.max]);
      else this.open = true;
    }
  }

  /** Takes one value; false: it was taken before, or is no value of the subject. */
  take(value: Value): boolean {
    if (this.values.delete(value)) return true;
    if (typeof value === "number" && Number.isInteger(value) && this.takeRange(value, value)) return true;
    return this.takeNamed(JSON.stringify(value));
  }

  /** Takes a value of an open type by its source text. */
  takeNamed(name: string): boolean {
    if (!this.open || this.taken.has(name)) return false;
    this.taken.add(name);
    return true;
  }

  takeRange(from: number, to: number): boolean {
    let any = false;
    const left: (readonly [number, number])[] = [];
    for (const [low, high] of this.ranges) {
      if (to < low || from > high) {
        left.push([low, high]);
        continue;
      }
      any = true;
      if (low < from) left.push([low, from - 1]);
      if (high > to) left.push([to + 1, high]);
    }
    this.ranges = left;
    for (const value of [...this.values]) {
      if (typeof value === "number" && value >= from && value <= to) {
        this.values.delete(value);
        any = true;
      }
    }
    return any;
  }

  takeRest(): boolean {
    const any = this.open || this.values.size > 0 || this.ranges.length > 0;
    this.values.clear();
    this.ranges = [];
    this.open = false;
    return any;
  }

  /** In the language's notation, in order; empty: everything is taken. */
  missing(): readonly string[] {
    return [
      ...[...this.values].map((value) => (value === null ? "none" : JSON.stringify(value))),
      ...this.ranges.map(([low, high]) => (low === high ? String(low) : `${end(low)}..${end(high)}`)),
      ...(this.open ? ["everything else"] : []),
    ];
  }
}

function end(value: number): string {
  return Math.abs(value) === Number.MAX_SAFE_INTEGER ? "" : String(value);
}

/** Whether values of the type can be named by patterns at all. */
export function canMatch(type: Type): boolean {
  const kind = base(present(type)).kind;
  return !["record", "list", "map", "answer", "function", "content", "bytes", "regex"].includes(kind);
}
