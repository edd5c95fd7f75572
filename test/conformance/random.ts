/** Random programs, each expression well typed by construction: what the interpreter and the bundle make of them must be the same bytes. */

/** A small generator of numbers, the same in every run (Lehmer). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

type Kind = "int" | "float" | "bool" | "string" | "ints" | "strings" | "money" | "duration" | "size" | "time";

const INTS = ["0", "1", "2", "7", "10", "255", "9007199254740991", "4503599627370496"];
const FLOATS = ["0.5", "1.5", "0.1", "2.25", "100.0", "1e300"];
const STRINGS = ['""', '"a"', '"Ab"', '"é😀"', '"x y"', '"7"'];

/** Expressions over `a: int`, `b: int(-50..50)` and `s: string`. */
export class Expressions {
  private readonly random: () => number;
  private names = 0;

  constructor(seed: number) {
    this.random = generator(seed);
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  of(kind: Kind, depth: number): string {
    const make =
      depth <= 0
        ? this.leaves(kind)
        : [...this.leaves(kind), ...this.branches(kind, depth - 1), ...this.branches(kind, depth - 1)];
    return this.pick(make)();
  }

  private leaves(kind: Kind): (() => string)[] {
    const some = (items: readonly string[]) => () => this.pick(items);
    switch (kind) {
      case "int":
        return [some(INTS), () => "a", () => "b"];
      case "float":
        return [some(FLOATS), () => "(a * 0.5)"];
      case "bool":
        return [() => "(a < b)", () => '(s == "a")', () => "(b in -3..7)"];
      case "string":
        return [some(STRINGS), () => "s"];
      case "ints":
        return [() => "[a, b, 3]", () => "[b, b]"];
      case "strings":
        return [() => '[s, "b", "a"]'];
      case "money":
        return [some(["$1.25", "$0.000001", "$9999999.99"])];
      case "duration":
        return [some(["5s", "1ms", "90min", "1us"])];
      case "size":
        return [some(["1KB", "3B", "2GiB"])];
      case "time":
        return [some(["2026-03-01T03:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z"])];
    }
  }

  private branches(kind: Kind, depth: number): (() => string)[] {
    const e = (of: Kind): string => this.of(of, depth);
    const name = (): string => `x${this.names++}`;
    const operator = (signs: readonly string[], of: Kind) => () => `(${e(of)} ${this.pick(signs)} ${e(of)})`;
    const choice = (of: Kind) => () => `(match ${e("bool")} { true => ${e(of)}, false => ${e(of)} })`;
    switch (kind) {
      case "int":
        return [
          operator(["+", "-", "*"], "int"),
          () => `(-${e("int")})`,
          () => `${e("string")}.length`,
          () => `${e("ints")}.sum()`,
          () => `(${e("ints")}.max() else -1)`,
          () => `round(${e("float")})`,
          () => `floor(${e("float")})`,
          () => `clamp(${e("int")}, -5, ${e("int")})`,
          () => `(int(${e("string")}) else ${e("int")})`,
          () => `(${e("string")}.index_of(${e("string")}) else -1)`,
          () => {
            const x = name();
            return `${e("ints")}.count(${x} => ${x} > ${e("int")})`;
          },
          choice("int"),
        ];
      case "float":
        return [
          operator(["+", "-", "*"], "float"),
          () => `((${e("int")} / b) else ${e("float")})`,
          () => `(${e("ints")}.average() else ${e("float")})`,
          () => `round_to(${e("float")}, 2)`,
          () => `(${e("duration")} / 7s)`,
          () => `(${e("money")} / $3)`,
          () => `${e("duration")}.seconds`,
          choice("float"),
        ];
      case "bool":
        return [
          operator(["<", "<=", ">", ">=", "==", "!="], "int"),
          operator(["<", ">=", "==", "!="], "string"),
          operator(["==", "!="], "ints"),
          operator(["<", ">"], "money"),
          operator(["and", "or"], "bool"),
          () => `(not ${e("bool")})`,
          () => `(${e("int")} in ${e("ints")})`,
          () => `${e("string")}.contains(${e("string")})`,
          () => `${e("string")}.matches('[a-z0-9 ]+')`,
          () => `${e("ints")}.is_empty`,
        ];
      case "string":
        return [
          () => `(${e("string")} + ${e("string")})`,
          () => `"<{${e("int")}}{${e("string")}}>"`,
          () => `string(${e(this.pick(["money", "duration", "float", "time", "size", "bool"]))})`,
          () => `${e("string")}.upper()`,
          () => `${e("string")}.slice(${e("int")}, ${this.pick(["2", "-1", "b"])})`,
          () => `${e("string")}.pad_start(${this.pick(["4", "b"])}, "0")`,
          () => `${e("string")}.replace(${e("string")}, ${e("string")})`,
          () => `${e("strings")}.join(${e("string")})`,
          () => `(${e("strings")}.first() else "none")`,
          () => `base64(${e("string")})`,
          choice("string"),
        ];
      case "ints":
        return [
          () => `${e("ints")}.sort()`,
          () => `${e("ints")}.reverse()`,
          () => `${e("ints")}.distinct()`,
          () => `${e("ints")}.take(${e("int")})`,
          () => `${e("ints")}.skip(${this.pick(["1", "b"])})`,
          () => {
            const x = name();
            return `${e("ints")}.map(${x} => ${x} * 2 + ${e("int")})`;
          },
          () => {
            const x = name();
            return `${e("ints")}.filter(${x} => ${x} >= ${e("int")})`;
          },
          () => {
            const x = name();
            return `${e("strings")}.map(${x} => ${x}.length)`;
          },
        ];
      case "strings":
        return [
          () => `${e("strings")}.sort()`,
          () => `${e("string")}.split(${e("string")})`,
          () => {
            const x = name();
            return `${e("ints")}.map(${x} => "{${x}}")`;
          },
          () => {
            const x = name();
            return `${e("strings")}.sort_by(${x} => ${x}.length)`;
          },
        ];
      case "money":
        return [
          operator(["+", "-"], "money"),
          () => `(${e("money")} * ${e("float")})`,
          () => `(${e("money")} * b)`,
          () => `((${e("money")} / b) else $0)`,
        ];
      case "duration":
        return [
          operator(["+", "-"], "duration"),
          () => `(${e("duration")} * ${e("float")})`,
          () => `(${e("time")} - ${e("time")})`,
        ];
      case "size":
        return [operator(["+", "-"], "size"), () => `(${e("size")} * ${e("float")})`];
      case "time":
        return [
          () => `(${e("time")} + ${e("duration")})`,
          () => `(${e("time")} - ${e("duration")})`,
          () => `${e("time")}.start_of("hour")`,
        ];
    }
  }
}

export const KINDS: readonly Kind[] = [
  "int",
  "float",
  "bool",
  "string",
  "ints",
  "strings",
  "money",
  "duration",
  "size",
  "time",
];
