/** What goes through to OpenAI as it came, and what is written anew. */
import { expect, it } from "vitest";
import { Pieces } from "../../../pieces.ts";
import type { Json, ModelRequest } from "../../canonical/request.ts";
import { RequestBytes } from "../../wire/request-bytes.ts";
import { passAnswer, passRequest } from "./pass.ts";
import { readRequest } from "./request.ts";

const OPENAI = { model: "theirs", base: "https://api.openai.com/v1", variant: "", settings: {} };

function read(text: string): ModelRequest {
  const request = readRequest(JSON.parse(text), { model: null, stream: null });
  if ("length" in request) throw new Error(JSON.stringify(request));
  return request;
}

function passed(text: string, maxOutput: number | null = null, variant = ""): string | null {
  const request = { ...read(text), ...(maxOutput === null ? {} : { maxOutput }) };
  const written = passRequest(bytesOf(text), request, { ...OPENAI, variant });
  return written === null ? null : Buffer.from(written.body.whole).toString();
}

function bytesOf(text: string): RequestBytes {
  return new RequestBytes(new Pieces([Buffer.from(text)]), null);
}

const QUESTION = '"messages" : [{"role":"user","content":"Hé?"}]';

it("every byte but the model's name stays, fields that nobody here knows among them", () => {
  const text = `{ "store":false, "model" : "ours",${QUESTION}, "service_tier":"flex","unknown":{"a":[1.0,1e2]} }`;
  expect(passed(text)).toBe(text.replace('"ours"', '"theirs"'));
});

it("the path and the fields are those of a request that is written anew", () => {
  const text = `{"model":"ours",${QUESTION}}`;
  const written = passRequest(bytesOf(text), read(text), OPENAI);
  expect(written).toMatchObject({ method: "POST", target: "/v1/chat/completions" });
  expect(written?.headers).toContain("application/json");
});

it("a cap takes the client's place, under the client's name for it", () => {
  expect(passed(`{"model":"o",${QUESTION}}`, 10)).toBe(`{"max_completion_tokens":10,"model":"theirs",${QUESTION}}`);
  expect(passed(`{"model":"o","max_tokens":99,${QUESTION}}`, 10)).toContain('"max_tokens":10,');
  expect(passed(`{"model":"o","max_completion_tokens":99,${QUESTION}}`, 10)).toContain('"max_completion_tokens":10,');
  expect(passed(`{"model":"o","max_tokens":9,"max_completion_tokens":99,${QUESTION}}`, 10)).toBe(null);
});

it("a stream tells its usage, whether or not the client asks", () => {
  expect(passed(`{"model":"o","stream":true,${QUESTION}}`)).toContain('"stream_options":{"include_usage":true}');
  const asks = `{"model":"o","stream":true,"stream_options":{"include_usage":true},${QUESTION}}`;
  expect(passed(asks)).toBe(asks.replace('"o"', '"theirs"'));
  expect(passed(`{"model":"o","stream":true,"stream_options":{"include_usage":false},${QUESTION}}`)).toBe(null);
});

const call = (fields: { readonly [name: string]: Json }): Json => ({
  role: "assistant",
  tool_calls: [{ id: "c", type: "function", function: { name: "look", arguments: "{}" }, ...fields }],
});

const ANEW: readonly (readonly [string, { readonly [name: string]: Json }, string?])[] = [
  ["two answers", { n: 2 }],
  ["a field of other servers", { top_k: 3 }],
  ["probabilities", { logprobs: true }],
  ["a tool that the provider runs", { tools: [{ type: "web_search" }] }],
  ["a name of a tool that OpenAI does not take", { tools: [{ type: "function", function: { name: "a b" } }] }],
  ["a marker of a cache", { messages: [{ role: "user", content: "x", cache_control: { type: "ephemeral" } }] }],
  ["a thought", { messages: [{ role: "assistant", content: "x", reasoning_content: "hm" }] }],
  ["a state of another provider", { messages: [call({ extra_content: { google: { thought_signature: "s" } } })] }],
  ["a server that only resembles OpenAI", {}, "mistral"],
];

for (const [name, fields, variant = ""] of ANEW)
  it(`written anew: ${name}`, () => {
    const plain = { model: "o", messages: [{ role: "user", content: "x" }] };
    expect(passed(JSON.stringify(plain))).not.toBe(null);
    expect(passed(JSON.stringify({ ...plain, ...fields }), null, variant)).toBe(null);
  });

it("calls and their results go through", () => {
  const text = JSON.stringify({ model: "o", messages: [call({}), { role: "tool", tool_call_id: "c", content: "1" }] });
  expect(passed(text)).toBe(text.replace('"o"', '"theirs"'));
});

it("a second name of a model, however it is written, does not get past", () => {
  expect(passed(`{"model":"o",${QUESTION},"model":"dear"}`)).toBe(null);
  expect(passed(`{"model":"o",${QUESTION},"mod\\u0065l":"dear"}`)).toBe(null);
});

it("an answer keeps every byte but the model's name", () => {
  const text = '{"id":"x","model":"gpt-4.1-2025","choices":[{"logprobs":{}}],"usage":{},"service_tier":"flex"}\n';
  const answer = passAnswer(Buffer.from(text), "gpt-4.1-2025", "ours");
  expect(Buffer.from(answer ?? []).toString()).toBe(text.replace("gpt-4.1-2025", "ours"));
  expect(passAnswer(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), "", "ours")).toBe(null);
});
