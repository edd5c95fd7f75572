/** Another name for the model in the JSON of events, and not a byte changed beside. Data is text of one character for each byte. */
import { outlineOf, type Outline } from "./outline.ts";

/** JSON text, of one character for each byte. */
function written(model: string): string {
  return Buffer.from(JSON.stringify(model)).toString("latin1");
}

/** Of the member `name`, wherever in each object it stands. Events of one stream mostly begin alike, so what stood before it is remembered. */
export class Renamed {
  readonly #name: string;
  readonly #value: string;
  #before = "";
  #instead = "";

  constructor(name: string, model: string) {
    this.#name = name;
    this.#value = written(model);
  }

  /** The data itself where it names no model, or cannot be changed safely. */
  edit(data: string): string {
    if (this.#before !== "" && data.startsWith(this.#before)) return this.#instead + data.slice(this.#before.length);
    const member = memberOf(outlineOf(data), this.#name);
    if (member === undefined) return data;
    const instead = data.slice(0, member.start) + this.#value;
    // A number or a word could go on where this ends; a string cannot.
    if (data.charCodeAt(member.start) === 34) {
      this.#before = data.slice(0, member.end);
      this.#instead = instead;
    }
    return instead + data.slice(member.end);
  }
}

/** Of the member `name` in the object that is the member `outer`. As `Renamed.edit`. */
export function renamedWithin(data: string, outer: string, name: string, model: string): string {
  const around = memberOf(outlineOf(data), outer);
  if (around === undefined) return data;
  const inner = memberOf(outlineOf(data.slice(around.start, around.end)), name);
  if (inner === undefined) return data;
  return data.slice(0, around.start + inner.start) + written(model) + data.slice(around.start + inner.end);
}

function memberOf(outline: Outline | null, name: string) {
  return outline?.members.find((member) => member.name === name);
}
