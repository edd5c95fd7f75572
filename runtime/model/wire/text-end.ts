/**
 * Where a text within JSON ends, sixteen octets at a time: JavaScript has no instruction that looks at more than four, and its searches for one octet cannot see
 * control characters. The function is WebAssembly, of these few instructions, and is made when it is first needed.
 */

/** What is used of the platform's interface, whose types come with those of browsers only. */
declare global {
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array);
    }
    class Instance {
      constructor(module: Module);
      readonly exports: { readonly [name: string]: unknown };
    }
    class Memory {
      readonly buffer: ArrayBuffer;
    }
  }
}

/** Octets of a window: texts are looked at in pieces of at most so many. */
export const WINDOW = 64 * 1024;

/** Octets behind a backslash, but for "u". */
const ESCAPES = '"\\/bfnrt';
/** Of octets, behind the window and what may be loaded beyond its end: 1: one of `ESCAPES`. */
const TABLE = WINDOW + 256;
/** Where the number of escapes stands. */
const PASSED = TABLE + 256;
const PAGE = 64 * 1024;

export interface TextScanner {
  /** What is looked at; the first `WINDOW` octets of it. */
  readonly octets: Uint8Array;
  /**
   * The first place from `at` on that is a quote, a control character, or a backslash with what is no escape of two characters, or none before `end`; or `end`.
   */
  textEnd(at: number, end: number): number;
  /** The first is how many escapes were passed, in all; it wraps around. */
  readonly escapes: Int32Array;
}

// The instructions that are used, by the names of the specification (WebAssembly Core Specification 2.0, §5.4).
const UNREACHABLE = 0x00;
const LOOP = [0x03, 0x40];
const IF = [0x04, 0x40];
const END = 0x0b;
const BRANCH = 0x0c;
const RETURN = 0x0f;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I32_LOAD = 0x28;
const I32_LOAD8_U = 0x2d;
const I32_STORE = 0x36;
const I32_CONST = 0x41;
const I32_EQZ = 0x45;
const I32_NE = 0x47;
const I32_GE_U = 0x4f;
const I32_CTZ = 0x68;
const I32_ADD = 0x6a;
const V128_LOAD = [0xfd, 0x00];
const V128_CONST = [0xfd, 0x0c];
const I8X16_EQ = [0xfd, 0x23];
const I8X16_LT_U = [0xfd, 0x26];
const V128_OR = [0xfd, 0x50];
const I8X16_BITMASK = [0xfd, 0x64];

const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION = 0x60;

/** Parameters and locals. */
const AT = 0;
const STOP = 1;
const HITS = 2;
const OCTET = 3;
const SIXTEEN = 4;

const get = (local: number): number[] => [LOCAL_GET, local];
const splat = (octet: number): number[] => [...V128_CONST, ...new Array<number>(16).fill(octet)];
const advance = (by: readonly number[]): number[] => [...get(AT), ...by, I32_ADD, LOCAL_SET, AT];

const END_IF_REACHED = [...get(AT), ...get(STOP), I32_GE_U, ...IF, ...get(STOP), RETURN, END];
const RETURN_AT = [...IF, ...get(AT), RETURN, END];

const BODY = [
  LOOP,
  END_IF_REACHED,
  // hits: which of sixteen octets are quotes, backslashes or below a space; a bit for each
  [...get(AT), ...V128_LOAD, 0, 0, LOCAL_TEE, SIXTEEN, ...splat(0x22), ...I8X16_EQ],
  [...get(SIXTEEN), ...splat(0x5c), ...I8X16_EQ, ...V128_OR],
  [...get(SIXTEEN), ...splat(0x20), ...I8X16_LT_U, ...V128_OR],
  [...I8X16_BITMASK, LOCAL_TEE, HITS, I32_EQZ],
  // none: the next sixteen
  [...IF, ...advance([I32_CONST, 16]), BRANCH, 1, END],
  [...advance([...get(HITS), I32_CTZ])],
  END_IF_REACHED,
  // anything but a backslash
  [...get(AT), I32_LOAD8_U, 0, 0, I32_CONST, ...signed(0x5c), I32_NE, ...RETURN_AT],
  // a backslash, of which nothing follows
  [...get(AT), I32_CONST, 1, I32_ADD, ...get(STOP), I32_GE_U, ...RETURN_AT],
  // or something else than the second half of an escape
  [...get(AT), I32_LOAD8_U, 0, 1, LOCAL_SET, OCTET],
  [...get(OCTET), I32_LOAD8_U, 0, ...unsigned(TABLE), I32_EQZ, ...RETURN_AT],
  // behind the escape, which is counted
  [I32_CONST, 0, I32_CONST, 0, I32_LOAD, 2, ...unsigned(PASSED), I32_CONST, 1, I32_ADD, I32_STORE, 2],
  [...unsigned(PASSED), ...advance([I32_CONST, 2]), BRANCH, 0, END],
  [UNREACHABLE, END],
].flat();

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

const counted = (content: readonly number[]): number[] => [...unsigned(content.length), ...content];
const section = (id: number, content: readonly number[]): number[] => [id, ...counted(content)];
const name = (text: string): number[] => counted([...Buffer.from(text)]);

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const code = counted([2, 2, I32, 1, V128, ...BODY]);
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, FUNCTION, 2, I32, I32, 1, I32]),
    ...section(3, [1, 0]),
    // Memory of two pages, and no more.
    ...section(5, [1, 1, 2, 2]),
    ...section(7, [2, ...name("textEnd"), 0, 0, ...name("memory"), 2, 0]),
    ...section(10, [1, ...code]),
  ]);
}

let made: TextScanner | null | undefined;

/** One for each thread. Null: the platform has no WebAssembly, or no room for it. */
export function textScanner(): TextScanner | null {
  if (made === undefined) made = make();
  return made;
}

function make(): TextScanner | null {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
    const { textEnd, memory } = exports;
    if (!isTextEnd(textEnd) || !(memory instanceof WebAssembly.Memory)) return null;
    const octets = new Uint8Array(memory.buffer, 0, 2 * PAGE);
    for (const character of ESCAPES) octets[TABLE + character.charCodeAt(0)] = 1;
    return { octets, textEnd, escapes: new Int32Array(memory.buffer, PASSED, 1) };
  } catch {
    return null;
  }
}

function isTextEnd(value: unknown): value is (at: number, end: number) => number {
  return typeof value === "function";
}
