/**
 * One stream to the client from the streams of several models: where one breaks off after its first content, the next one goes on behind what has been
 * said. Only for choices whose program says so (`broken: continue`).
 *
 * Tool calls, and whatever comes behind the first one, are held back until the answer is whole: half a call never reaches the client, and whoever
 * continues makes its calls anew. Opaque state and thoughts of a model go to no other; what the next one thinks before it goes on is left out, since the client has
 * had an answer's text already.
 */
import type { ModelEvent } from "../canonical/answer.ts";
import type { ModelRequest } from "../canonical/request.ts";
import { addUsage, completionTokens, type Usage } from "../canonical/usage.ts";

/** What a model is told that cannot be given the beginning of its own answer. */
export const GO_ON =
  "Your answer was interrupted and ends as above. Continue it exactly where it stops, with the very next character. Repeat nothing of it, and do not mention the interruption.";

/** UTF-16 units of an answer that another model can be given; a longer one ends where it breaks. */
export const MOST_SAID = 1_000_000;

/** Of an output's tokens, nobody knows how long they are; so many UTF-16 units each, about. */
const UNITS_PER_TOKEN = 4;

export class Splice {
  /** Text between two models' parts of an answer; null: none. */
  readonly #saying: string | null;
  /** The client's text, without `#saying`. */
  #said = "";
  /** The client has had nothing but text and thoughts. */
  #continuable = true;
  #started = false;
  /** Models that broke off. */
  #breaks = 0;
  /** The client's index of each of the model's parts; -1: left out. */
  #map: number[] = [];
  #next = 0;
  /** The client's parts that are open. */
  readonly #open = new Map<number, "text" | "reasoning" | "refusal" | "tool-call">();
  /** The text in which the model before broke off, until it is clear what follows; -1: none. */
  #joint = -1;
  /** White space at the end of what was said, which the next model was not given. */
  #trimmed = "";
  /** From the first tool call on. */
  #held: ModelEvent[] | null = null;
  #used: Usage | null = null;

  constructor(saying: string | null) {
    this.#saying = saying;
  }

  /** How often another model went on. */
  get breaks(): number {
    return this.#breaks;
  }

  /** With what the models before it used, as far as they told. */
  sum(usage: Usage | null): Usage | null {
    if (this.#used === null) return usage;
    return usage === null ? this.#used : addUsage(this.#used, usage);
  }

  /** What the client is to get of a model's events. Neither has an `error`. */
  pass(events: readonly ModelEvent[]): ModelEvent[] {
    const out: ModelEvent[] = [];
    for (const event of events) {
      if (event.type === "usage") out.push({ type: "usage", usage: this.sum(event.usage) ?? event.usage });
      else if (event.type === "stop") {
        const held = this.#held ?? [];
        this.#held = null;
        for (const one of held) this.#one(one, out);
        this.#closeJoint(out);
        this.#continuable = false;
        out.push(event);
      } else if (this.#held !== null && event.type !== "end") this.#held.push(event);
      else if (event.type === "open" && event.part.kind === "tool-call") this.#held = [event];
      else this.#one(event, out);
    }
    return out;
  }

  /** The stream broke off. What the client is to get where another model goes on; null: none can. `usage`: what this one told. */
  broke(usage: Usage | null, request: ModelRequest): ModelEvent[] | null {
    const said = this.#said.trim() !== "";
    // Half of a document, and a second one from its beginning, are no document.
    if (!this.#continuable || (said && request.format.kind !== "text")) return null;
    const out: ModelEvent[] = [];
    this.#breaks++;
    this.#held = null;
    this.#map = [];
    this.#trimmed = "";
    this.#used = this.sum(usage);
    this.#joint = [...this.#open].findLast(([, kind]) => kind === "text")?.[0] ?? -1;
    for (const index of this.#open.keys()) {
      if (index === this.#joint) continue;
      out.push({ type: "close", index });
      this.#open.delete(index);
    }
    if (said && this.#saying !== null && this.#saying !== "") {
      if (this.#joint === -1) {
        this.#joint = this.#next++;
        this.#open.set(this.#joint, "text");
        out.push({ type: "open", index: this.#joint, part: { kind: "text" } });
      }
      out.push({ type: "text", index: this.#joint, text: this.#saying });
    }
    return out;
  }

  /** What the next model is asked. `prefills`: it goes on behind a last turn of its own. */
  request(asked: ModelRequest, prefills: boolean): ModelRequest {
    const told = this.#used === null ? 0 : completionTokens(this.#used);
    const spent = Math.max(told, Math.ceil(this.#said.length / UNITS_PER_TOKEN));
    const maxOutput = asked.maxOutput === null ? null : Math.max(1, asked.maxOutput - spent);
    this.#trimmed = "";
    if (this.#said.trim() === "") return { ...asked, maxOutput };
    // Providers refuse a beginning that ends with white space.
    const text = prefills ? this.#said.trimEnd() : this.#said;
    if (prefills) this.#trimmed = this.#said.slice(text.length);
    const turns: ModelRequest["turns"][number][] = [
      ...asked.turns,
      { role: "assistant", parts: [{ type: "text", text }] },
    ];
    if (!prefills) turns.push({ role: "user", parts: [{ type: "text", text: GO_ON }] });
    return { ...asked, turns, maxOutput, reasoning: null, ...(prefills && { prefill: true }) };
  }

  #one(event: ModelEvent, out: ModelEvent[]): void {
    switch (event.type) {
      case "start":
        if (!this.#started) out.push(event);
        this.#started = true;
        return;
      case "open":
        this.#opened(event, out);
        return;
      case "text":
        this.#text(event.index, event.text, out);
        return;
      case "arguments":
      case "signature": {
        const index = this.#map[event.index] ?? -1;
        if (index !== -1) out.push({ ...event, index });
        return;
      }
      case "close": {
        const index = this.#map[event.index] ?? -1;
        if (index === -1) return;
        this.#open.delete(index);
        out.push({ type: "close", index });
        return;
      }
      default:
        out.push(event);
    }
  }

  #opened({ index, part }: ModelEvent & { type: "open" }, out: ModelEvent[]): void {
    if (part.kind === "reasoning" && this.#breaks > 0 && this.#said.trim() !== "") {
      this.#map[index] = -1;
      return;
    }
    if (part.kind === "text" && this.#joint !== -1) {
      this.#map[index] = this.#joint;
      this.#joint = -1;
      return;
    }
    this.#closeJoint(out);
    if (part.kind === "tool-call" || part.kind === "refusal") this.#continuable = false;
    const own = this.#next++;
    this.#map[index] = own;
    this.#open.set(own, part.kind);
    out.push({ type: "open", index: own, part });
  }

  #text(at: number, given: string, out: ModelEvent[]): void {
    const index = this.#map[at] ?? -1;
    if (index === -1) return;
    let text = given;
    if (this.#open.get(index) === "text") {
      text = this.#withoutTrimmed(given);
      if (text === "") return;
      if (this.#said.length + text.length > MOST_SAID) this.#continuable = false;
      if (this.#continuable) this.#said += text;
    }
    out.push({ type: "text", index, text });
  }

  /** The client has the white space already that the next model may begin with. */
  #withoutTrimmed(text: string): string {
    if (this.#trimmed === "") return text;
    let same = 0;
    while (same < text.length && same < this.#trimmed.length && text[same] === this.#trimmed[same]) same++;
    this.#trimmed = same === text.length ? this.#trimmed.slice(same) : "";
    return text.slice(same);
  }

  #closeJoint(out: ModelEvent[]): void {
    if (this.#joint === -1) return;
    out.push({ type: "close", index: this.#joint });
    this.#open.delete(this.#joint);
    this.#joint = -1;
  }
}
