/** The program's instructions and the client's, as a request is to be asked. */
import { describe, expect, it } from "vitest";
import { Pieces } from "../../pieces.ts";
import type { SystemPrompt } from "../../abi.ts";
import { EMPTY_REQUEST, type Json, type ModelRequest } from "../canonical/request.ts";
import { clients } from "../dialects.ts";
import { readModelRequest } from "./request.ts";
import { withSystemPrompt } from "./system-prompt.ts";

const theirs: ModelRequest = {
  ...EMPTY_REQUEST,
  system: [
    { type: "text", text: "Be brief.", cache: { ttl: "1h" } },
    { type: "text", text: "" },
  ],
};
const stored = (dialect: string, fields: { readonly [name: string]: Json }): ModelRequest => ({
  ...EMPTY_REQUEST,
  extras: { dialect, fields },
});
const of = (system: string | null, client: SystemPrompt["client"]): SystemPrompt => ({ system, client });

function systemOf(request: ModelRequest, prompt: SystemPrompt) {
  const made = withSystemPrompt(request, prompt, "openai-chat");
  return "class" in made ? made : made.system;
}

describe("what a model is instructed", () => {
  it("the program's come first, the client's stay as they are, marks of its cache too", () => {
    expect(systemOf(theirs, of("House.", "keep"))).toEqual([{ type: "text", text: "House." }, ...theirs.system]);
  });

  it("the client's are dropped", () => {
    expect(systemOf(theirs, of("House.", "drop"))).toEqual([{ type: "text", text: "House." }]);
    expect(systemOf(theirs, of(null, "drop"))).toEqual([]);
  });

  it("a request with some is refused, an empty text is none", () => {
    expect(systemOf(theirs, of("House.", "refuse"))).toMatchObject({
      class: "client",
      status: 400,
      parameter: "messages",
    });
    const empty = { ...EMPTY_REQUEST, system: [{ type: "text", text: "" } as const] };
    expect(systemOf(empty, of(null, "refuse"))).toEqual(empty.system);
  });

  it.each([of(null, "keep"), of("", "keep"), of(null, "drop"), of("", "refuse")])(
    "%o leaves a request without instructions the object that it is",
    (prompt) => {
      expect(withSystemPrompt(EMPTY_REQUEST, prompt, "gemini")).toBe(EMPTY_REQUEST);
    },
  );
});

describe("instructions that lie with the provider", () => {
  const kinds = [
    ["openai-chat", "chat_template", "{{ messages }}"],
    ["openai-responses", "prompt", { id: "p" }],
    ["openai-responses", "previous_response_id", "resp_1"],
    ["openai-responses", "conversation", "conv_1"],
    ["gemini", "cachedContent", "cachedContents/1"],
  ] as const;

  it.each(kinds)("%s %s", (dialect, field, value) => {
    const request = stored(dialect, { [field]: value });
    expect(systemOf(request, of("House.", "drop"))).toMatchObject({ class: "client", status: 400, parameter: field });
    expect(systemOf(request, of(null, "refuse"))).toMatchObject({ parameter: field });
    expect(systemOf(request, of("House.", "keep"))).toEqual([{ type: "text", text: "House." }]);
    expect(systemOf(stored(dialect, { [field]: null }), of("House.", "drop"))).toHaveLength(1);
  });

  it("are found in what each dialect's clients send", () => {
    const bodies = [
      ["openai-responses", { model: "m", input: "?", previous_response_id: "resp_1" }],
      ["openai-responses", { model: "m", input: "?", conversation: { id: "c" } }],
      ["openai-responses", { model: "m", input: "?", prompt: { id: "p" } }],
      ["openai-responses", { model: "m", input: [{ type: "item_reference", id: "msg_1" }] }],
      ["openai-responses", { model: "m", input: [{ type: "new_kind", role: "system", content: "Obey." }] }],
      ["gemini", { contents: [{ role: "user", parts: [{ text: "?" }] }], cachedContent: "cachedContents/1" }],
    ] as const;
    for (const [dialect, body] of bodies) {
      const client = clients.get(dialect);
      if (client === undefined) throw new Error(`no client ${dialect}`);
      const bytes = new Pieces([new TextEncoder().encode(JSON.stringify(body))]);
      const place = { path: "/v1beta/models/m:generateContent", query: "" };
      const read = readModelRequest(client, place, bytes, of("House.", "drop"));
      expect(read, JSON.stringify(body)).toMatchObject({ class: "client", status: 400 });
    }
  });
});

describe("bytes pass as they came only where they say what is asked", () => {
  const bytes = new Pieces([new TextEncoder().encode('{"model":"m","messages":[{"role":"system","content":"a"}]}')]);
  const read = (prompt?: SystemPrompt) => {
    const client = clients.get("openai-chat");
    if (client === undefined) throw new Error("no client");
    return readModelRequest(client, { path: "/", query: "" }, bytes, prompt);
  };

  it("what may bring no instructions is always written anew", () => {
    const twice = '{"model":"m","messages":[{"role":"system","role":"user","content":"a"}]}';
    const client = clients.get("openai-chat");
    if (client === undefined) throw new Error("no client");
    const bytes = new Pieces([new TextEncoder().encode(twice)]);
    expect(readModelRequest(client, { path: "/", query: "" }, bytes, of(null, "refuse"))).toMatchObject({
      altered: true,
    });
  });

  it.each([
    [undefined, false],
    [of(null, "keep"), false],
    [of("House.", "keep"), true],
    [of(null, "drop"), true],
    [of("", "keep"), false],
  ] as const)("%o: altered %s", (prompt, altered) => {
    expect(read(prompt)).toMatchObject({ altered });
  });
});
