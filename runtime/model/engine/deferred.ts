/**
 * A request that was read from JSON without its long strings (`wire/hollow.ts`), with each of them back in its place: nobody who reads a text sees that it was
 * not there. It is read from the client's octets when it is first asked for, which is never where the client's octets are passed on.
 */
import type {
  MediaSource,
  ModelRequest,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../canonical/request.ts";
import type { ProviderRequest, Refusal, WrittenBody } from "../dialect/dialect.ts";
import { UNREAD } from "../canonical/sizes.ts";
import { filled, type Gap, type Hollow, inPlace, markNumber, marksIn } from "../wire/hollow.ts";

/** Of a request: what it was read from. */
const SOURCE: unique symbol = Symbol("source");

/** A copy of a request has it too. */
interface Hollowed {
  readonly [SOURCE]?: Hollow;
}

/** Null: a string is not found where it could have been left out, and the whole has to be read. */
export function withTexts(request: ModelRequest, hollow: Hollow): ModelRequest | null {
  const places = new Places(hollow.gaps);
  const whole = {
    ...request,
    system: request.system.map((part) => places.text(part)),
    turns: request.turns.map(({ role, parts }) => ({ role, parts: parts.map((part) => places.part(part)) })),
    [SOURCE]: hollow,
  };
  return places.areFilled ? whole : null;
}

/**
 * What `write` makes of the request, in which the client's octets stand for texts that it only puts into strings of JSON (`writtenText`): what is JSON within a
 * string here is that there too.
 */
export function writeUnread(
  { [SOURCE]: hollow }: ModelRequest & Hollowed,
  write: () => ProviderRequest | readonly Refusal[],
): ProviderRequest<WrittenBody> | readonly Refusal[] {
  if (hollow === undefined) return write();
  hollow.writing.now = true;
  try {
    const written = write();
    return "target" in written ? { ...written, body: inPlace(written.body, hollow) ?? written.body } : written;
  } finally {
    hollow.writing.now = false;
  }
}

class Places {
  readonly #gaps: readonly Gap[];
  readonly #found: boolean[];
  #left: number;

  constructor(gaps: readonly Gap[]) {
    this.#gaps = gaps;
    this.#found = new Array<boolean>(gaps.length).fill(false);
    this.#left = gaps.length;
  }

  get areFilled(): boolean {
    return this.#left === 0;
  }

  part(part: Part): Part {
    switch (part.type) {
      case "text":
        return this.text(part);
      case "refusal":
        return this.#worded(part);
      case "reasoning":
        return this.#thought(part);
      case "image":
      case "audio":
      case "file":
        return this.#media(part);
      case "tool-call":
        return this.#call(part);
      case "tool-result":
        return { ...part, parts: part.parts.map((inner) => this.#result(inner)) };
      case "native":
        return part;
    }
  }

  text(part: TextPart): TextPart {
    const gap = this.#take(part.text);
    if (gap === null) return part;
    // As `#worded`, but by name: for a copy of whatever there is, this takes twice as long.
    const unread = {
      type: part.type,
      cache: part.cache,
      [UNREAD]: gap,
      get text() {
        return gap.text;
      },
    };
    return unread;
  }

  #worded<Kind extends { readonly text: string }>(part: Kind): Kind {
    const gap = this.#take(part.text);
    if (gap === null) return part;
    return {
      ...part,
      [UNREAD]: gap,
      get text() {
        return gap.text;
      },
    };
  }

  #thought(part: ReasoningPart): ReasoningPart {
    const state = part.redacted === null ? null : this.#take(part.redacted);
    if (state === null) return this.#worded(part);
    return {
      ...part,
      get redacted() {
        return state.text;
      },
    };
  }

  #call(part: ToolCallPart): ToolCallPart {
    const gap = this.#take(part.arguments);
    if (gap !== null) {
      const unread = {
        ...part,
        [UNREAD]: gap,
        get arguments() {
          return gap.text;
        },
      };
      return unread;
    }
    const json = this.#within(part.arguments);
    if (json === null) return part;
    return {
      ...part,
      get arguments() {
        return json();
      },
    };
  }

  /** Some dialects give results as JSON, which is a text here. */
  #result(part: ToolResultPart["parts"][number]): ToolResultPart["parts"][number] {
    if (part.type !== "text") return this.#media(part);
    const found = this.text(part);
    const json = found === part ? this.#within(part.text) : null;
    if (json === null) return found;
    return {
      ...part,
      get text() {
        return json();
      },
    };
  }

  #media<Kind extends { readonly source: MediaSource }>(part: Kind): Kind {
    const { source } = part;
    const gap = source.kind === "base64" ? this.#take(source.data) : null;
    if (gap === null) return part;
    const unread = {
      ...source,
      [UNREAD]: gap,
      get data() {
        return gap.text;
      },
    };
    return { ...part, source: unread };
  }

  #take(text: string): Gap | null {
    const number = markNumber(text);
    const gap = this.#gaps[number] ?? null;
    if (gap !== null) this.#filled(number);
    return gap;
  }

  /** The JSON of a text that was written with marks in it; null: it has none. */
  #within(text: string): (() => string) | null {
    const marks = marksIn(text);
    if (marks.length === 0) return null;
    for (const mark of marks) this.#filled(markNumber(mark));
    let whole: string | null = null;
    return () => {
      whole ??= filled(text, this.#gaps);
      return whole;
    };
  }

  #filled(number: number): void {
    if (this.#found[number] !== false) return;
    this.#found[number] = true;
    this.#left--;
  }
}
