/**
 * What decides whether an optional part of a rule is entered, and which of several alternatives is taken: one table by the
 * next token's type, and a look at the token behind it where the first is not enough.
 */

/** The tokens, by their types' indices, that begin an alternative. */
export interface Beginning {
  /** One of these is enough. */
  readonly one: readonly number[];
  /** One of these, if one of the others follows. */
  readonly two: readonly (readonly [first: number, seconds: readonly number[]])[];
}

/** The keys of a rule's places: what stands there, plus the digit behind the notation's word. */
export const places = {
  option: 0,
  many: 10,
  manySeparated: 20,
  atLeastOne: 30,
  atLeastOneSeparated: 40,
  or: 50,
  count: 60,
};

/** The alternatives of each place, by the rule's name and the place's key; an optional part is its only alternative. */
export type Decisions = Readonly<Record<string, Readonly<Record<number, readonly Beginning[]>>>>;

const none = -1;
const unclear = -2;

export class Decision {
  /** By a token type's index: the first alternative that it begins, `none`, or `unclear` where a second token decides. */
  readonly #first: Int8Array;
  readonly #alternatives: readonly Beginning[];

  constructor(alternatives: readonly Beginning[], tokenTypes: number) {
    this.#alternatives = alternatives;
    this.#first = new Int8Array(tokenTypes).fill(none);
    for (const [index, { one, two }] of alternatives.entries()) {
      for (const type of one) if (this.#first[type] === none) this.#first[type] = index;
      for (const [type] of two) if (this.#first[type] === none) this.#first[type] = unclear;
    }
  }

  /** Whether a place with one alternative is entered. */
  enters(type: number, following: number): boolean {
    const found = this.#first[type];
    return found === 0 || (found === unclear && this.#begins(0, type, following));
  }

  /** The first alternative that these tokens begin, from `from` on; -1 if none does. */
  choose(type: number, following: number, from = 0): number {
    const found = this.#first[type]!;
    if (found === none) return none;
    if (found >= from) return found;
    for (let index = from; index < this.#alternatives.length; index++)
      if (this.#begins(index, type, following)) return index;
    return none;
  }

  #begins(index: number, type: number, following: number): boolean {
    const { one, two } = this.#alternatives[index]!;
    return one.includes(type) || two.some(([first, seconds]) => first === type && seconds.includes(following));
  }
}
