/** Random types, and JSON that fits them, nearly fits them, or does not. */
import { generator } from "./random.ts";

export class Inputs {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = generator(seed);
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** A type as written. */
  type(depth: number): string {
    const scalars = [
      "string",
      "string(1..3)",
      "string(pattern: '[a-z]+\\d?')",
      "int",
      "int(-5..5)",
      "float",
      "float(0..1)",
      "bool",
      "uuid",
      "time",
      "date",
      "duration",
      "size",
      "money",
      "rate",
      "percent",
      "ip",
      "cidr",
      "url",
      "bytes",
      "json",
      '"a" | "b"',
      "1 | 2 | 3",
      "int | string",
      "bool | [int]",
    ];
    if (depth <= 0 || this.random() < 0.35) return this.pick(scalars);
    const inner = (): string => this.type(depth - 1);
    const single = (): string => {
      const type = inner();
      return type.includes("|") && !type.startsWith("{") && !type.startsWith("[") ? "string" : type;
    };
    return this.pick([
      () => `[${inner()}]`,
      () => `[${inner()}](1..2)`,
      () => `map(${single()})`,
      () => this.record(depth),
      () => this.record(depth),
      () => this.record(depth),
    ])();
  }

  record(depth: number): string {
    const fields = this.pick([["a"], ["a", "b"], ["a", "b", "c"]]).map((name) => {
      const type = this.type(depth - 1);
      const isUnion = type.includes("|");
      const optional = this.random() < 0.4 && !isUnion && !type.endsWith(")") ? "?" : "";
      return `${name}: ${type}${optional}`;
    });
    return `{ ${fields.join(", ")} }`;
  }

  /** Any JSON, with a liking for what types ask for. */
  json(depth: number): unknown {
    const scalars: readonly unknown[] = [
      null,
      true,
      false,
      0,
      1,
      2,
      3,
      -5,
      6,
      0.5,
      1.5,
      -0,
      1e21,
      9007199254740991,
      9007199254740992,
      12.5,
      0.0000001,
      "",
      "a",
      "b",
      "ab1",
      "abcd",
      "é",
      "60/min",
      "2026-03-01T03:00:00Z",
      "2026-03-01",
      "0189FA4E-0000-7000-8000-00000000000A",
      "10.0.0.1",
      "10.0.0.0/8",
      "https://Example.org",
      "aGk=",
      "x\ud800",
      "\u2028",
    ];
    const roll = this.random();
    if (depth <= 0 || roll < 0.5) return this.pick(scalars);
    if (roll < 0.65) return Array.from({ length: Math.floor(this.random() * 4) }, () => this.json(depth - 1));
    const names = ["a", "b", "c", "d/e", "__proto__", "10", "2"];
    const count = Math.floor(this.random() * 4);
    return Object.fromEntries(
      [...names.slice(0, count), ...(this.random() < 0.2 ? [this.pick(names)] : [])].map((name) => [
        name,
        this.json(depth - 1),
      ]),
    );
  }

  /** JSON that follows the written type for the most part: its shape is taken from the text. */
  like(type: string, depth: number): unknown {
    if (this.random() < 0.08) return this.json(depth);
    if (type.startsWith("{")) {
      const result: { [name: string]: unknown } = {};
      for (const [name, field] of fieldsOf(type)) {
        if (field.endsWith("?") && this.random() < 0.3) continue;
        if (this.random() < 0.05) continue;
        result[name] = this.like(field.replace(/\?$/, ""), depth - 1);
      }
      if (this.random() < 0.05) result.extra = 1;
      return result;
    }
    if (type.startsWith("[")) {
      const inner = type.slice(1, type.lastIndexOf("]"));
      return Array.from({ length: Math.floor(this.random() * 3) }, () => this.like(inner, depth - 1));
    }
    if (type.startsWith("map("))
      return { k: this.like(type.slice(4, -1), depth - 1), "10": this.like(type.slice(4, -1), depth - 1) };
    const good: { readonly [type: string]: readonly unknown[] } = {
      string: ["", 'é"\\\n😀'],
      "string(1..3)": ["abc", "😀😀😀"],
      "string(pattern: '[a-z]+\\d?')": ["ab1"],
      int: [5, -7],
      "int(-5..5)": [5, -5],
      float: [0.1, 1e300],
      "float(0..1)": [0, 1],
      bool: [true],
      uuid: ["0189FA4E-0000-7000-8000-00000000000A"],
      time: ["2026-03-01T05:00:00.5+02:00"],
      date: ["2024-02-29"],
      duration: [0.8, -1],
      size: [1024],
      money: [12.5, 0.000001],
      rate: ["60/min"],
      percent: [0.05],
      ip: ["::FFFF:1.2.3.4"],
      cidr: ["10.0.0.0/8"],
      url: ["http://A/b?c"],
      bytes: ["aGk="],
      '"a" | "b"': ["a", "b"],
      "1 | 2 | 3": [1, 3],
      "int | string": [1, "x"],
      "bool | [int]": [true, [1]],
    };
    return this.pick(good[type] ?? [this.json(depth)]);
  }
}

/** The fields of a record type as written, nesting respected. */
function fieldsOf(type: string): [string, string][] {
  const fields: [string, string][] = [];
  let level = 0;
  let start = 2;
  for (let index = 2; index < type.length; index++) {
    const character = type[index] ?? "";
    if ("{[(".includes(character)) level++;
    if ("}])".includes(character)) level--;
    const isEnd = index === type.length - 1;
    if ((character === "," && level === 0) || isEnd) {
      const field = type.slice(start, isEnd ? index - 1 : index);
      const colon = field.indexOf(":");
      fields.push([field.slice(0, colon).trim(), field.slice(colon + 1).trim()]);
      start = index + 1;
    }
  }
  return fields;
}
