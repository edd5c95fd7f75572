/** Reads the notation of signatures (see `builtin.ts`) into a small tree, which the checker turns into its types. */

export interface Signature {
  readonly parameters: readonly SignatureParameter[];
  readonly result: SignatureType;
}
export interface SignatureParameter {
  readonly name: string;
  readonly type: SignatureType;
  /** May be left out: it has a default, or its type is optional. */
  readonly optional: boolean;
  /** A constant; undefined where there is none. */
  readonly default: string | number | boolean | undefined;
}
export type SignatureType =
  /** A type's name, in lower case; `min` and `max` of `int(0..23)`, else null. */
  | { readonly kind: "named"; readonly name: string; readonly min: number | null; readonly max: number | null }
  /** One capital letter. */
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "list"; readonly item: SignatureType }
  | { readonly kind: "map"; readonly value: SignatureType }
  | { readonly kind: "optional"; readonly of: SignatureType }
  | { readonly kind: "union"; readonly members: readonly SignatureType[] }
  | { readonly kind: "record"; readonly fields: readonly { readonly name: string; readonly type: SignatureType }[] }
  | { readonly kind: "function"; readonly parameters: readonly SignatureType[]; readonly result: SignatureType };

const TOKEN = /\s*(->|\.\.|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*|[()[\]{}:,|?=])/y;

class Reader {
  private readonly tokens: string[] = [];
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (match === null) throw new Error(`signature "${text}": unexpected text at ${from}`);
      this.tokens.push(match[1] ?? "");
    }
  }

  get peek(): string {
    return this.tokens[this.at] ?? "";
  }
  next(): string {
    return this.tokens[this.at++] ?? "";
  }
  accept(token: string): boolean {
    if (this.peek !== token) return false;
    this.at++;
    return true;
  }
  expect(token: string): void {
    if (!this.accept(token)) throw new Error(`signature "${this.text}": "${token}" expected before "${this.peek}"`);
  }
  list<T>(end: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.accept(end)) {
      items.push(item());
      if (this.peek !== end) this.expect(",");
    }
    return items;
  }

  type(): SignatureType {
    const members = [this.single()];
    while (this.accept("|")) members.push(this.single());
    const [first] = members;
    return members.length === 1 && first !== undefined ? first : { kind: "union", members };
  }

  private single(): SignatureType {
    let type = this.plain();
    while (this.accept("?")) type = { kind: "optional", of: type };
    return type;
  }

  private plain(): SignatureType {
    if (this.accept("[")) {
      const item = this.type();
      this.expect("]");
      return { kind: "list", item };
    }
    if (this.accept("{")) return { kind: "record", fields: this.list("}", () => this.field()) };
    if (this.accept("(")) {
      const parameters = this.list(")", () => this.type());
      this.expect("->");
      return { kind: "function", parameters, result: this.type() };
    }
    const word = this.next();
    if (word.startsWith('"')) return { kind: "literal", value: String(JSON.parse(word)) };
    if (/^[A-Z]$/.test(word)) return { kind: "variable", name: word };
    if (!/^[a-z]/.test(word)) throw new Error(`signature "${this.text}": a type is expected before "${word}"`);
    if (!this.accept("(")) return { kind: "named", name: word, min: null, max: null };
    if (word === "map") {
      const value = this.type();
      this.expect(")");
      return { kind: "map", value };
    }
    const min = Number(this.next());
    this.expect("..");
    const max = Number(this.next());
    this.expect(")");
    return { kind: "named", name: word, min, max };
  }

  private field(): { name: string; type: SignatureType } {
    const name = this.next();
    this.expect(":");
    return { name, type: this.type() };
  }

  parameter(): SignatureParameter {
    const { name, type } = this.field();
    const value = this.accept("=") ? JSON.parse(this.next()) : undefined;
    return { name, type, optional: value !== undefined || type.kind === "optional", default: value };
  }
}

/** Throws on a malformed signature: that is a mistake in the vocabulary, which its test finds. */
export function parseSignature(text: string): Signature {
  const reader = new Reader(text);
  reader.expect("(");
  const parameters = reader.list(")", () => reader.parameter());
  reader.expect("->");
  const result = reader.type();
  if (reader.peek !== "") throw new Error(`signature "${text}": unexpected "${reader.peek}"`);
  return { parameters, result };
}

/** A type alone, as settings have it. */
export function parseSignatureType(text: string): SignatureType {
  const reader = new Reader(text);
  const type = reader.type();
  if (reader.peek !== "") throw new Error(`signature "${text}": unexpected "${reader.peek}"`);
  return type;
}
