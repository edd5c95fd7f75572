/** Names of the generated file: those of the program where TypeScript allows them, unique, in the case that TypeScript readers expect. */
import type { RoutePlan } from "../5-plan/plan.ts";

/** Words that cannot name a variable in strict TypeScript, and names that the generated file uses itself. */
const TAKEN = new Set(
  (
    "arguments async await break case catch class const continue debugger default delete do else enum eval export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return static super switch " +
    "this throw true try typeof undefined var void while with yield " +
    "Array Boolean Buffer Error Infinity JSON Map Math NaN Number Object Promise Set String Symbol Uint8Array globalThis " +
    "module exports require exchange handle warm host head load configure environment edits forwardPath forwardQuery"
  ).split(" "),
);

export class Names {
  readonly #outer: Names | null;
  readonly #used: Set<string>;
  /** The next number to try for a name that is taken: many routes may want the same one. */
  readonly #next = new Map<string, number>();

  /** Keeps off `reserved`, and off every name of the scopes around it. */
  constructor(outer: Names | null, reserved: Iterable<string> = []) {
    this.#outer = outer;
    this.#used = new Set(reserved);
  }

  /** `wanted` made an identifier that nothing else here uses. */
  take(wanted: string): string {
    const base = identifier(wanted);
    let name = base;
    let number = this.#next.get(base) ?? 2;
    while (TAKEN.has(name) || this.has(name)) name = `${base}${number++}`;
    if (name !== base) this.#next.set(base, number);
    this.#used.add(name);
    return name;
  }

  has(name: string): boolean {
    return this.#used.has(name) || (this.#outer?.has(name) ?? false);
  }
}

/** "order_id" → "orderId"; what no identifier may hold is left out. */
export function identifier(text: string): string {
  const words = text.split(/[^A-Za-z0-9$]+/).filter((word) => word !== "");
  const joined = words.map((word, index) => (index === 0 ? word : capital(word))).join("");
  return joined === "" || /^[0-9]/.test(joined) ? `_${joined}` : joined;
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `GET "/orders/{id: uuid}/items"` → "getOrdersItemsById". */
export function routeFunctionName(route: RoutePlan): string {
  const verb = route.methods === null ? "any" : route.methods.map((method) => method.toLowerCase()).join("Or");
  const words: string[] = [];
  const by: string[] = [];
  for (const segment of route.segments) {
    if (segment.kind === "literal") {
      words.push(...wordsOf(segment.text));
    } else {
      words.push(...wordsOf(segment.prefix), ...wordsOf(segment.suffix));
      by.push(segment.slot.name);
    }
  }
  if (route.rest !== null) by.push(route.rest.name);
  const place = words.length === 0 && by.length === 0 ? "Root" : words.map(capital).join("");
  const parameters = by.length === 0 ? "" : `By${by.map((name) => capital(identifier(name))).join("And")}`;
  return `${identifier(verb)}${place}${parameters}`;
}

function wordsOf(text: string): string[] {
  return text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
}

/** Names that every object inherits: reading one of these has to ask for the object's own. */
export const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** A property name as it stands in an object literal or type. */
export function propertyKey(name: string): string {
  if (name === "__proto__") return `["__proto__"]`;
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}

/** `.name` or `["name"]`. */
export function propertyAccess(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
