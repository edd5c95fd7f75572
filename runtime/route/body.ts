/** Reading a request's body whole, as `read` needs it: bounded, and checked for its media type. */
import { Failure } from "../failure.ts";
import type { Exchange } from "../http/exchange.ts";
import { jsonFromText, utf8FromBytes } from "../value/index.ts";
import { requestHeader } from "./header.ts";

const TOO_LARGE = /* @__PURE__ */ new Failure(
  "invalid",
  413,
  "body-too-large",
  "the request's body is longer than allowed",
);

/** What was read, for whoever asks again: a transport delivers a body once. */
const received = /* @__PURE__ */ new WeakMap<Exchange, Promise<Uint8Array | Failure>>();

/** The bytes of the body, at most `limit` of them; the same ones however often they are asked for. */
export function readBytes(exchange: Exchange, limit: number): Promise<Uint8Array | Failure> {
  let bytes = received.get(exchange);
  if (bytes === undefined) {
    bytes = receive(exchange, limit);
    received.set(exchange, bytes);
  }
  return bytes;
}

/** The request's own body for a `forward` that comes after a `read`, or that another one may follow; null: there is none. */
export async function replayedBody(
  exchange: Exchange,
  limit: number,
): Promise<{ readonly data: Uint8Array; readonly mediaType: null } | null | Failure> {
  if (exchange.body.length === 0) return null;
  const data = await readBytes(exchange, limit);
  return data instanceof Failure ? data : { data, mediaType: null };
}

function receive(exchange: Exchange, limit: number): Promise<Uint8Array | Failure> {
  const { body } = exchange;
  if (body.length === 0) return Promise.resolve(new Uint8Array(0));
  if (body.length !== null && body.length > limit) return Promise.resolve(TOO_LARGE);
  body.limit = limit;
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    body.consume({
      chunk: (data) => {
        chunks.push(data);
      },
      end: () => {
        resolve(joined(chunks));
      },
      fail: (reason) => {
        // After "aborted" nobody is left to answer; the caller sees `exchange.aborted`.
        resolve(
          reason === "too-large"
            ? TOO_LARGE
            : new Failure("invalid", 400, "body-malformed", "the request's body did not arrive whole"),
        );
      },
    });
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Parsed JSON, of "application/json" or what ends in "+json" (RFC 6839 §3.1). */
export async function readJson(exchange: Exchange, limit: number): Promise<unknown> {
  const type = mediaType(exchange);
  if (type !== "application/json" && !/^application\/[^/]+\+json$/.test(type))
    return unsupported(exchange, limit, type);
  const bytes = await readBytes(exchange, limit);
  if (bytes instanceof Failure) return bytes;
  const text = utf8FromBytes(bytes);
  const json = text === undefined ? undefined : jsonFromText(text);
  return json === undefined ? invalidInput([{ path: "", message: "must be JSON" }]) : json;
}

/** The text of a form (application/x-www-form-urlencoded), not yet split. */
export async function readFormText(exchange: Exchange, limit: number): Promise<string | Failure> {
  const type = mediaType(exchange);
  if (type !== "application/x-www-form-urlencoded") return unsupported(exchange, limit, type);
  const bytes = await readBytes(exchange, limit);
  return bytes instanceof Failure ? bytes : (utf8FromBytes(bytes) ?? "");
}

export async function readText(exchange: Exchange, limit: number): Promise<string | Failure> {
  const bytes = await readBytes(exchange, limit);
  if (bytes instanceof Failure) return bytes;
  return utf8FromBytes(bytes) ?? invalidInput([{ path: "", message: "must be UTF-8 text" }]);
}

function mediaType(exchange: Exchange): string {
  return (requestHeader(exchange, "content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

/** A body over the limit is reported as that, whatever its type. */
function unsupported(exchange: Exchange, limit: number, type: string): Failure {
  const { length } = exchange.body;
  if (length !== null && length > limit) return TOO_LARGE;
  const what = type === "" ? "no content type" : type;
  return new Failure("invalid", 415, "unsupported-media-type", `${what} is not accepted here`);
}

export function invalidInput(problems: readonly { readonly path: string; readonly message: string }[]): Failure {
  return new Failure("invalid", 400, "invalid-input", "the request does not have the expected form", problems);
}
