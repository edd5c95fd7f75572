/** Streams of providers cut into their events, and events changed within: what attacks are made of. */
import type { Json, JsonObject } from "../../../runtime/model/canonical/request.ts";
import type { ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";
import { isObject, parseJson } from "../../../runtime/model/dialect/fields.ts";
import { EventStreamParser, writeMessage } from "../../../runtime/model/wire/event-stream.ts";

/** Each event with all of its bytes; joined they are the body. */
export function framesOf(dialect: ProviderDialectName, body: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  if (dialect === "bedrock") {
    for (let at = 0; at < body.length; ) {
      const length = body.readUInt32BE(at);
      frames.push(body.subarray(at, at + length));
      at += length;
    }
    return frames;
  }
  const end = dialect === "ollama" ? "\n" : "\n\n";
  for (let at = 0; at < body.length; ) {
    const found = body.indexOf(end, at);
    const to = found === -1 ? body.length : found + end.length;
    frames.push(body.subarray(at, to));
    at = to;
  }
  return frames;
}

/** The event with another value in the place of its JSON; as it was where it has none. */
export function changed(dialect: ProviderDialectName, frame: Buffer, change: (value: JsonObject) => Json): Buffer {
  if (dialect === "bedrock") return changedMessage(frame, change);
  const text = frame.toString("utf8");
  const from = text.indexOf("{");
  const value = from === -1 ? undefined : parseJson(text.slice(from).trimEnd())?.value;
  if (!isObject(value)) return frame;
  const end = text.slice(text.trimEnd().length);
  return Buffer.from(text.slice(0, from) + JSON.stringify(change(value)) + end);
}

function changedMessage(frame: Buffer, change: (value: JsonObject) => Json): Buffer {
  let made = frame;
  const parser = new EventStreamParser((headers, payload) => {
    const value = parseJson(Buffer.from(payload).toString())?.value;
    if (isObject(value)) made = writeMessage([...headers], Buffer.from(JSON.stringify(change(value))));
  });
  parser.push(frame);
  return made;
}

/** The same value with what `change` says for each member of it, at any depth; undefined: the member goes. */
export function walked(value: Json, change: (name: string, value: Json) => Json | undefined): Json {
  if (Array.isArray(value)) return value.map((inner: Json) => walked(inner, change));
  if (!isObject(value)) return value;
  const made: { [name: string]: Json } = {};
  for (const [name, inner] of Object.entries(value)) {
    const other = change(name, inner);
    if (other !== undefined) made[name] = other === inner ? walked(inner, change) : other;
  }
  return made;
}

/** An error as the provider tells it within a stream that has begun. */
export function errorFrame(dialect: ProviderDialectName): Buffer {
  switch (dialect) {
    case "openai-chat":
      return Buffer.from('data: {"error":{"message":"boom sk-provider-secret","type":"server_error","code":null}}\n\n');
    case "openai-responses":
      return Buffer.from(
        'event: error\ndata: {"type":"error","code":"server_error","message":"boom","param":null,"sequence_number":3}\n\n',
      );
    case "anthropic":
      return Buffer.from(
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      );
    case "gemini":
      return Buffer.from('data: {"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}\n\n');
    case "bedrock":
      return writeMessage(
        [
          [":message-type", "exception"],
          [":exception-type", "throttlingException"],
          [":content-type", "application/json"],
        ],
        Buffer.from('{"message":"slow down"}'),
      );
    case "cohere":
      return Buffer.from(
        'event: message-end\ndata: {"type":"message-end","delta":{"error":"boom","finish_reason":"ERROR"}}\n\n',
      );
    case "ollama":
      return Buffer.from('{"error":"model runner has unexpectedly stopped"}\n');
  }
}
