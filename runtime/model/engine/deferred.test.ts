/** Requests whose long strings are not read are the requests that reading them gives, in every dialect of clients; and who passes them on reads none. */
import { describe, expect, it } from "vitest";
import { isPieces, Pieces } from "../../pieces.ts";
import type { Json, JsonObject, ModelRequest } from "../canonical/request.ts";
import { dataLength, textOctets } from "../canonical/sizes.ts";
import type { ClientDialectName } from "../dialect/dialect.ts";
import { clients, providers } from "../dialects.ts";
import { boundInput } from "../money/worst-case.ts";
import { RequestBytes } from "../wire/request-bytes.ts";
import { estimatedTokens } from "./estimate.ts";
import { writeUnread } from "./deferred.ts";
import { readModelRequest } from "./request.ts";

const LONG = 'Long "words" – é\n🙂'.repeat(800);
const IMAGE = "QUJD".repeat(4000);
const URL = `data:image/png;base64,${IMAGE}`;
const ARGUMENTS = JSON.stringify({ path: "a", content: LONG });

interface Row {
  readonly what: string;
  readonly client: ClientDialectName;
  readonly body: JsonObject;
}

const chat = (what: string, ...messages: readonly Json[]): Row => ({
  what,
  client: "openai-chat",
  body: { model: "m", messages, temperature: 0.5 },
});
const messages = (what: string, body: JsonObject): Row => ({
  what,
  client: "anthropic",
  body: { model: "m", max_tokens: 10, ...body },
});
const responses = (what: string, body: JsonObject): Row => ({
  what,
  client: "openai-responses",
  body: { model: "m", ...body },
});
const gemini = (what: string, ...contents: readonly Json[]): Row => ({ what, client: "gemini", body: { contents } });

const CALL = { id: "c", type: "function", function: { name: "write", arguments: ARGUMENTS } };

const ROWS: readonly Row[] = [
  chat("a text", { role: "system", content: LONG }, { role: "user", content: LONG }),
  chat("parts", {
    role: "user",
    content: [
      { type: "text", text: LONG },
      { type: "text", text: "short" },
    ],
  }),
  chat("images", { role: "user", content: [{ type: "image_url", image_url: { url: URL, detail: "low" } }] }),
  chat("an image by its URL", { role: "user", content: [{ type: "image_url", image_url: `https://x/${IMAGE}` }] }),
  chat("audio", { role: "user", content: [{ type: "input_audio", input_audio: { data: IMAGE, format: "mp3" } }] }),
  chat("files", { role: "user", content: [{ type: "file", file: { file_data: URL, filename: "x" } }] }),
  chat(
    "calls and results",
    { role: "user", content: "go" },
    { role: "assistant", content: LONG, tool_calls: [CALL] },
    { role: "tool", tool_call_id: "c", content: LONG },
    { role: "tool", tool_call_id: "c", content: [{ type: "text", text: LONG }] },
  ),
  chat("thoughts", { role: "assistant", reasoning_content: "r", content: LONG }, { role: "user", content: LONG }),
  chat("what only OpenAI knows", { role: "user", content: [{ type: "new", text: LONG, data: LONG }] }),
  chat("a refusal", { role: "assistant", refusal: LONG, content: LONG }, { role: "user", content: "x" }),
  messages("a text", { system: LONG, messages: [{ role: "user", content: LONG }] }),
  messages("blocks", {
    system: [{ type: "text", text: LONG, cache_control: { type: "ephemeral" } }],
    messages: [
      { role: "user", content: [{ type: "text", text: LONG, cache_control: { type: "ephemeral", ttl: "1h" } }] },
    ],
  }),
  messages("images", {
    messages: [
      { role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: IMAGE } }] },
    ],
  }),
  messages("documents of text", {
    messages: [
      { role: "user", content: [{ type: "document", source: { type: "text", media_type: "text/plain", data: LONG } }] },
    ],
  }),
  messages("calls and results", {
    messages: [
      { role: "user", content: "go" },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "c", name: "write", input: { path: "a", content: LONG } }],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: LONG }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: [{ type: "text", text: LONG }] }] },
    ],
  }),
  messages("thoughts", {
    messages: [
      { role: "user", content: LONG },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: LONG, signature: "s" },
          { type: "redacted_thinking", data: IMAGE },
          { type: "text", text: LONG },
        ],
      },
      { role: "user", content: "x" },
    ],
  }),
  messages("results of a server's tools", {
    messages: [
      { role: "user", content: LONG },
      { role: "assistant", content: [{ type: "web_search_tool_result", tool_use_id: "c", content: [{ text: LONG }] }] },
    ],
  }),
  responses("a text", { input: LONG, instructions: LONG }),
  responses("items", {
    input: [
      {
        role: "user",
        content: [
          { type: "input_text", text: LONG },
          { type: "input_image", image_url: URL },
        ],
      },
      { type: "function_call", call_id: "c", name: "write", arguments: ARGUMENTS },
      { type: "function_call_output", call_id: "c", output: LONG },
    ],
  }),
  responses("items of other kinds", { input: [{ type: "new_item", text: LONG }] }),
  gemini("a text", { role: "user", parts: [{ text: LONG }, { inlineData: { mimeType: "image/png", data: IMAGE } }] }),
  gemini(
    "calls and results",
    { role: "user", parts: [{ text: "go" }] },
    { role: "model", parts: [{ functionCall: { name: "write", args: { content: LONG, list: [{ text: LONG }] } } }] },
    { role: "user", parts: [{ functionResponse: { name: "write", response: { output: LONG } } }] },
    { role: "user", parts: [{ functionResponse: { name: "write", response: { text: LONG, more: 1 } } }] },
  ),
  gemini("thoughts in pieces", {
    role: "model",
    parts: [{ text: LONG, thought: true }, { text: LONG, thought: true, thoughtSignature: "s" }, { text: LONG }],
  }),
];

function octetsOf(body: Uint8Array | Pieces): Uint8Array {
  return isPieces(body) ? body.whole : body;
}

const PLACE = { path: "/v1beta/models/m:generateContent", query: "" };

function read(
  client: ClientDialectName,
  pieces: Pieces,
): { readonly request: ModelRequest; readonly bytes: RequestBytes } {
  const dialect = clients.get(client);
  if (dialect === undefined) throw new Error(`no client ${client}`);
  const found = readModelRequest(dialect, PLACE, pieces);
  if ("class" in found) throw new Error(JSON.stringify(found));
  return found;
}

/** All of it at once. */
function readWhole(client: ClientDialectName, body: JsonObject): ModelRequest {
  const dialect = clients.get(client);
  const found = dialect?.readRequest(body, { model: client === "gemini" ? "m" : null, stream: null });
  if (found === undefined || !("turns" in found)) throw new Error(JSON.stringify(found));
  return client === "gemini" ? { ...found, stream: false } : found;
}

/** In pieces that end anywhere. */
function inPieces(body: JsonObject): Pieces {
  const bytes = Buffer.from(JSON.stringify(body));
  const list: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += 9973) list.push(bytes.slice(from, from + 9973));
  return new Pieces(list);
}

/** Texts that nobody has read yet. */
function unread(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  for (const { get, value: inner } of Object.values(Object.getOwnPropertyDescriptors(value)))
    count += get === undefined ? unread(inner) : 1;
  return count;
}

/** Of which a string is found where nothing is put back: they are read whole. */
const WHOLE: ReadonlySet<string> = new Set([
  "openai-chat: an image by its URL",
  "openai-chat: what only OpenAI knows",
  "anthropic: documents of text",
  "anthropic: results of a server's tools",
  "openai-responses: items of other kinds",
  "gemini: thoughts in pieces",
]);

describe.each(ROWS)("$client: $what", ({ what, client, body }) => {
  it("is not read before somebody asks", () => {
    const { request } = read(client, inPieces(body));
    expect(unread(request) === 0).toBe(WHOLE.has(`${client}: ${what}`));
  });

  it("is the request that the whole is read as", () => {
    const { request } = read(client, inPieces(body));
    expect(JSON.parse(JSON.stringify(request))).toEqual(JSON.parse(JSON.stringify(readWhole(client, body))));
  });

  it("is as long, and costs as much", () => {
    const { request } = read(client, inPieces(body));
    const whole = readWhole(client, body);
    expect(estimatedTokens(request)).toBe(estimatedTokens(whole));
    expect(boundInput(request, 100_000, 1000, null)).toEqual(boundInput(whole, 100_000, 1000, null));
  });

  it("is written to every provider as the whole is", () => {
    const whole = readWhole(client, body);
    for (const provider of providers.values()) {
      const target = { model: "m", base: "https://x", variant: "", settings: {} };
      const { request } = read(client, inPieces(body));
      expect(provider.writeRequest(request, target)).toEqual(provider.writeRequest(whole, target));
    }
  });

  it("is the same in its own octets, whose texts are not read", () => {
    const whole = readWhole(client, body);
    for (const provider of providers.values()) {
      const target = { model: "m", base: "https://x", variant: "", settings: {} };
      const { request } = read(client, inPieces(body));
      const expected = provider.writeRequest(whole, target);
      const written = writeUnread(request, () => provider.writeRequest(request, target));
      if (!("target" in expected)) expect(written).toEqual(expected);
      else {
        if (!("target" in written)) throw new Error(JSON.stringify(written));
        const text = typeof written.body === "string" ? written.body : Buffer.from(octetsOf(written.body)).toString();
        expect({ ...written, body: JSON.parse(text) }).toEqual({ ...expected, body: JSON.parse(expected.body) });
      }
    }
  });

  it("is passed on as the whole is", () => {
    const provider = providers.get(client);
    const target = { model: "theirs", base: "https://x", variant: "", settings: {} };
    const pieces = inPieces(body);
    const { request, bytes } = read(client, pieces);
    const passed = provider?.pass?.request(bytes, { ...request, maxOutput: 7 }, target) ?? null;
    const whole = new RequestBytes(new Pieces([pieces.whole]), null);
    const expected = provider?.pass?.request(whole, { ...readWhole(client, body), maxOutput: 7 }, target) ?? null;
    expect(passed === null).toBe(expected === null);
    expect(Buffer.from(passed?.body.whole ?? []).equals(Buffer.from(expected?.body.whole ?? []))).toBe(true);
    expect({ ...passed, body: null }).toEqual({ ...expected, body: null });
  });
});

it("a long text goes to a provider of another dialect as the client wrote it", () => {
  const bytes = Buffer.from(`{"model":"m","messages":[{"role":"user","content":"\\u0061${"b\\/".repeat(5000)}"}]}`);
  const { request } = read("openai-chat", new Pieces([bytes]));
  for (const name of ["anthropic", "gemini", "bedrock", "openai-responses", "openai-chat"] as const) {
    const target = { model: "m", base: "https://x", variant: "", settings: {} };
    const written = writeUnread({ ...request, maxOutput: 5 }, () =>
      providers.get(name)!.writeRequest({ ...request, maxOutput: 5 }, target),
    );
    if (!("target" in written) || typeof written.body === "string") throw new Error(`${name} has read it`);
    expect(Buffer.from(octetsOf(written.body)).toString(), name).toContain(`"\\u0061b\\/b\\/`);
  }
  expect(Object.getOwnPropertyDescriptor(request.turns[0]?.parts[0] ?? {}, "text")?.get).toBeTypeOf("function");
});

it("white space alone is no text, however long it is", () => {
  const { request } = read(
    "openai-chat",
    inPieces({ model: "m", messages: [{ role: "user", content: " \n".repeat(9000) }] }),
  );
  const target = { model: "m", base: "https://x", variant: "", settings: {} };
  const asked = { ...request, maxOutput: 5 };
  expect(writeUnread(asked, () => providers.get("anthropic")!.writeRequest(asked, target))).toMatchObject([
    { path: "messages" },
  ]);
});

it("a copy of a part has its text", () => {
  const { request } = read("openai-chat", inPieces({ model: "m", messages: [{ role: "user", content: LONG }] }));
  const [part] = request.turns[0]?.parts ?? [];
  if (part?.type !== "text") throw new Error("no text");
  expect(Object.getOwnPropertyDescriptor(part, "text")?.get).toBeTypeOf("function");
  expect(textOctets(part)).toBe(Buffer.byteLength(LONG));
  const copy = { ...part, cache: undefined };
  expect(copy.text).toBe(LONG);
  expect(textOctets({ ...part, text: "other" })).toBe(5);
});

it("an image's data has its length", () => {
  const content = [{ type: "image_url", image_url: { url: URL } }];
  const { request } = read("openai-chat", inPieces({ model: "m", messages: [{ role: "user", content }] }));
  const [part] = request.turns[0]?.parts ?? [];
  if (part?.type !== "image" || part.source.kind !== "base64") throw new Error("no image");
  expect(Object.getOwnPropertyDescriptor(part.source, "data")?.get).toBeTypeOf("function");
  expect(dataLength(part.source)).toBe(IMAGE.length);
  expect(part.source).toMatchObject({ mediaType: "image/png", data: IMAGE });
});

describe("what is wrong is told as ever", () => {
  const client = clients.get("openai-chat");
  const told = (text: string) => client && readModelRequest(client, PLACE, new Pieces([Buffer.from(text)]));
  const body = (rest: string) => `{"model":"m","messages":[{"role":"user","content":"${"x".repeat(9000)}"}${rest}]}`;

  it("a field that is wrong, by its path", () => {
    expect(told(body(',{"role":"nobody","content":"x"}'))).toMatchObject({
      class: "client",
      parameter: "messages[1].role",
    });
  });

  it("a long string where none may stand", () => {
    const text = `{"model":"m","messages":[{"role":"user","content":{"text":"${"x".repeat(9000)}"}}]}`;
    expect(told(text)).toMatchObject({ class: "client", parameter: "messages[0].content" });
  });

  it("no JSON, and too deep", () => {
    expect(told(`${body("")},`)).toMatchObject({ message: "The request's body is not JSON." });
    expect(told(body(`,${"[".repeat(300)}${"]".repeat(300)}`))).toMatchObject({
      message: expect.stringContaining("deeply"),
    });
  });

  it("of two members of one name the last counts, and the request is written anew", () => {
    const long = "x".repeat(9000);
    const found = told(`{"model":"m","messages":[{"role":"user","content":"${long}","content":"${long}2"}]}`);
    if (found === undefined || "class" in found) throw new Error("refused");
    expect(found.request.turns[0]?.parts).toMatchObject([{ text: `${long}2` }]);
    expect(found.bytes.outline).toBe(null);
  });
});
