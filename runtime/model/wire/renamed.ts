/** Another name for the model in the JSON of events and answers, and not a byte changed beside. */
import { outline, withMembers } from "./outline.ts";

/** Of the member `name`, wherever in each object it stands. Events of one stream mostly begin alike, so what stood before it is remembered. */
export class Renamed {
  readonly #name: string;
  /** JSON text. */
  readonly #value: string;
  #before: Buffer = Buffer.alloc(0);
  #instead: Buffer = Buffer.alloc(0);

  constructor(name: string, model: string) {
    this.#name = name;
    this.#value = JSON.stringify(model);
  }

  /** The data itself where it names no model, or cannot be changed safely. */
  edit(data: Buffer): Uint8Array {
    const { length } = this.#before;
    // What follows must end the value: a longer one may begin alike.
    if (length > 0 && data.length > length && data.compare(this.#before, 0, length, 0, length) === 0)
      return Buffer.concat([this.#instead, data.subarray(length)]);
    const member = outline(data)?.members.find(({ name }) => name === this.#name);
    if (member === undefined) return data;
    const value = Buffer.from(this.#value);
    this.#instead = Buffer.concat([data.subarray(0, member.start), value]);
    // A number or a word could go on where this ends; a string cannot.
    if (data[member.start] === 34) this.#before = Buffer.from(data.subarray(0, member.end));
    return Buffer.concat([this.#instead, data.subarray(member.end)]);
  }
}

/** Of the member `name` in the object that is the member `outer`. As `Renamed.edit`. */
export function renamedWithin(data: Buffer, outer: string, name: string, model: string): Uint8Array {
  const member = outline(data)?.members.find((one) => one.name === outer);
  if (member === undefined) return data;
  const inner = data.subarray(member.start, member.end);
  const within = outline(inner);
  if (within === null || !within.members.some((one) => one.name === name)) return data;
  const changed = withMembers(inner, within, [[name, JSON.stringify(model)]]);
  return Buffer.concat([data.subarray(0, member.start), changed, data.subarray(member.end)]);
}
