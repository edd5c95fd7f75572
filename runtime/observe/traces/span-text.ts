/**
 * One span as the JSON of OTLP (https://opentelemetry.io/docs/specs/otlp/, opentelemetry-proto 1.x): 64-bit numbers as texts, identifiers in hexadecimal,
 * enumerations as numbers. It is written once, straight into the text that is sent.
 */
import { quoted } from "../access-record.ts";

export type SpanKind = "server" | "client";

const KINDS: { readonly [kind in SpanKind]: number } = { server: 2, client: 3 };
/** Bit 0: sampled; bit 8: whether the parent is remote is known; bit 9: it is. */
const SAMPLED = 0x101;
const REMOTE_PARENT = 0x200;
const ERROR = 2;

/** Characters of an attribute's text that are kept. */
const LONGEST_TEXT = 1024;
/** Texts of a list that are kept. */
const LONGEST_LIST = 32;

export interface SpanIdentity {
  readonly traceId: string;
  readonly spanId: string;
  /** "": the trace begins with it. */
  readonly parentId: string;
  /** The parent is another process's. */
  readonly remoteParent: boolean;
}

export class SpanText {
  readonly #head: string;
  #attributes = "";
  #status = "";

  /** Times in milliseconds since the epoch, with fractions. */
  constructor(identity: SpanIdentity, kind: SpanKind, name: string, start: number, end: number) {
    const { traceId, spanId, parentId, remoteParent } = identity;
    const flags = remoteParent ? SAMPLED | REMOTE_PARENT : SAMPLED;
    const parent = parentId === "" ? "" : `,"parentSpanId":"${parentId}"`;
    const times = `"startTimeUnixNano":"${nanoseconds(start)}","endTimeUnixNano":"${nanoseconds(Math.max(start, end))}"`;
    this.#head = `{"traceId":"${traceId}","spanId":"${spanId}"${parent},"flags":${flags},"name":${quoted(cut(name))},"kind":${KINDS[kind]},${times}`;
  }

  /** "" is left out, as nothing that is known. */
  text(key: string, value: string): this {
    if (value !== "") this.#put(key, `"stringValue":${quoted(cut(value))}`);
    return this;
  }

  /** A whole number. */
  integer(key: string, value: number): this {
    this.#put(key, `"intValue":"${value}"`);
    return this;
  }

  double(key: string, value: number): this {
    this.#put(key, `"doubleValue":${value}`);
    return this;
  }

  flag(key: string, value: boolean): this {
    this.#put(key, `"boolValue":${value}`);
    return this;
  }

  /** An empty list is left out. */
  texts(key: string, values: readonly string[]): this {
    if (values.length === 0) return this;
    const items = values.slice(0, LONGEST_LIST).map((value) => `{"stringValue":${quoted(cut(value))}}`);
    this.#put(key, `"arrayValue":{"values":[${items.join(",")}]}`);
    return this;
  }

  /** The span's operation failed. `type`: `error.type`; `message` "": none. */
  failed(type: string, message = ""): this {
    this.text("error.type", type);
    const said = message === "" ? "" : `,"message":${quoted(cut(message))}`;
    this.#status = `,"status":{"code":${ERROR}${said}}`;
    return this;
  }

  toString(): string {
    return `${this.#head},"attributes":[${this.#attributes}]${this.#status}}`;
  }

  #put(key: string, value: string): void {
    this.#attributes += `${this.#attributes === "" ? "" : ","}{"key":"${key}","value":{${value}}}`;
  }
}

/** A resource's attributes, or any other list of texts. */
export function attributeTexts(attributes: { readonly [key: string]: string }): string {
  return Object.entries(attributes)
    .map(([key, value]) => `{"key":${quoted(key)},"value":{"stringValue":${quoted(cut(value))}}}`)
    .join(",");
}

/** Beyond 2^53, so the whole milliseconds and the rest are written apart. */
function nanoseconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const rest = Math.floor((milliseconds - whole) * 1e6);
  return `${whole}${String(rest).padStart(6, "0")}`;
}

/** Half of a character of two units is no Unicode, which collectors insist on. */
const HALVES = /\p{Surrogate}/gu;

/** Hardly any text has such characters at all. */
const OF_TWO_UNITS = /[\ud800-\udfff]/;

function cut(text: string): string {
  const kept = text.length <= LONGEST_TEXT ? text : text.slice(0, LONGEST_TEXT);
  return OF_TWO_UNITS.test(kept) ? kept.replace(HALVES, "\ufffd") : kept;
}
