/**
 * A request that was read from JSON without its long strings (`wire/hollow.ts`), with each of them back in its place: nobody who reads a text sees that it was
 * not there. It is read from the client's octets when it is first asked for, which is never where the client's octets are passed on.
 */
import type { MediaSource, ModelRequest, Part, TextPart, ToolResultPart } from "../canonical/request.ts";
import { remember } from "../canonical/sizes.ts";
import { filled, type Gap, type Hollow, marksIn } from "../wire/hollow.ts";

/** Null: a string is not found where it could have been left out, and the whole has to be read. */
export function withTexts(request: ModelRequest, { gaps }: Hollow): ModelRequest | null {
  const places = new Places(gaps);
  const whole = {
    ...request,
    system: request.system.map((part) => places.text(part)),
    turns: request.turns.map(({ role, parts }) => ({ role, parts: parts.map((part) => places.part(part)) })),
  };
  return places.areFilled ? whole : null;
}

class Places {
  readonly #gaps: ReadonlyMap<string, Gap>;
  readonly #left: Set<string>;

  constructor(gaps: readonly Gap[]) {
    this.#gaps = new Map(gaps.map((gap) => [gap.mark, gap]));
    this.#left = new Set(this.#gaps.keys());
  }

  get areFilled(): boolean {
    return this.#left.size === 0;
  }

  part(part: Part): Part {
    switch (part.type) {
      case "text":
        return this.text(part);
      case "reasoning": {
        const state = part.redacted === null ? null : this.#take(part.redacted);
        if (state === null) return this.#worded(part);
        return {
          ...part,
          get redacted() {
            return state.text;
          },
        };
      }
      case "refusal":
        return this.#worded(part);
      case "image":
      case "audio":
      case "file":
        return this.#media(part);
      case "tool-call": {
        const gap = this.#take(part.arguments);
        if (gap !== null)
          return remember(
            {
              ...part,
              get arguments() {
                return gap.text;
              },
            },
            gap,
          );
        const json = this.#within(part.arguments);
        return json === null
          ? part
          : {
              ...part,
              get arguments() {
                return json();
              },
            };
      }
      case "tool-result":
        return { ...part, parts: part.parts.map((inner) => this.#result(inner)) };
      case "native":
        return part;
    }
  }

  text(part: TextPart): TextPart {
    return this.#worded(part);
  }

  #worded<Kind extends { readonly text: string }>(part: Kind): Kind {
    const gap = this.#take(part.text);
    if (gap === null) return part;
    return remember(
      {
        ...part,
        get text() {
          return gap.text;
        },
      },
      gap,
    );
  }

  /** Some dialects give results as JSON, which is a text here. */
  #result(part: ToolResultPart["parts"][number]): ToolResultPart["parts"][number] {
    if (part.type !== "text") return this.#media(part);
    const found = this.text(part);
    if (found !== part) return found;
    const json = this.#within(part.text);
    return json === null
      ? part
      : {
          ...part,
          get text() {
            return json();
          },
        };
  }

  #media<Kind extends { readonly source: MediaSource }>(part: Kind): Kind {
    const { source } = part;
    const gap = source.kind === "base64" ? this.#take(source.data) : null;
    return gap === null
      ? part
      : {
          ...part,
          source: remember(
            {
              ...source,
              get data() {
                return gap.text;
              },
            },
            gap,
          ),
        };
  }

  /** Null: there is no mark, as which strings of other lengths are soon known. */
  #take(text: string): Gap | null {
    const gap = this.#gaps.get(text) ?? null;
    if (gap !== null) this.#left.delete(text);
    return gap;
  }

  /** The JSON of a text that was written with marks in it; null: it has none. */
  #within(text: string): (() => string) | null {
    const marks = marksIn(text);
    if (marks.length === 0) return null;
    for (const mark of marks) this.#left.delete(mark);
    let whole: string | null = null;
    return () => {
      whole ??= filled(text, this.#gaps);
      return whole;
    };
  }
}
