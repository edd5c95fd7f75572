/**
 * `provider.mjs PORT EVENTS GAP`: stands for the provider in the bench of models. It speaks as little HTTP as it can, so that it is never what is
 * measured: a fixed answer in OpenAI's dialect and in Anthropic's, or, where the request asks for a stream, so many numbered pieces of text, `GAP`
 * milliseconds apart (0: one for each turn of the loop).
 */
import { createServer } from "node:net";

const [port, eventCount, gap] = process.argv.slice(2).map(Number);

const TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(8).trim();
const CHAT = JSON.stringify({
  id: "chatcmpl-Bx0123456789",
  object: "chat.completion",
  created: 1760000000,
  model: "gpt-4.1-mini-2025-04-14",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: TEXT, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: {
    prompt_tokens: 120,
    completion_tokens: 80,
    total_tokens: 200,
    prompt_tokens_details: { cached_tokens: 20, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: "default",
  system_fingerprint: "fp_0123456789",
});
const MESSAGE = JSON.stringify({
  id: "msg_0123456789",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [{ type: "text", text: TEXT }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 20, output_tokens: 80 },
});

const whole = (text) =>
  Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
const chunk = (text) => Buffer.from(`${text.length.toString(16)}\r\n${text}\r\n`);
const STREAM_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const LAST = "0\r\n\r\n";

const chatChunk = (delta, rest = "") =>
  `data: {"id":"chatcmpl-Bx0123456789","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":null}],"usage":null${rest}}\n\n`;
const named = (name, data) => `event: ${name}\ndata: ${data}\n\n`;
const numbers = Array.from({ length: eventCount }, (_, index) => index);

/** The pieces of each dialect's stream: what precedes the text comes with its first piece, what follows with a piece of its own. */
const CHAT_STREAM = [
  ...numbers.map((number) => {
    const piece = chatChunk(`{"content":"${number} "}`);
    return number === 0 ? `${chatChunk('{"role":"assistant","content":"","refusal":null}')}${piece}` : piece;
  }),
  `data: {"id":"chatcmpl-Bx0123456789","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4.1-mini-2025-04-14","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}\n\n` +
    `data: {"id":"chatcmpl-Bx0123456789","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4.1-mini-2025-04-14","choices":[],"usage":{"prompt_tokens":120,"completion_tokens":80,"total_tokens":200,"prompt_tokens_details":{"cached_tokens":20}}}\n\n` +
    "data: [DONE]\n\n",
];
const MESSAGE_STREAM = [
  ...numbers.map((number) => {
    const piece = named(
      "content_block_delta",
      `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${number} "}}`,
    );
    if (number > 0) return piece;
    return (
      named(
        "message_start",
        '{"type":"message_start","message":{"id":"msg_0123456789","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":100,"cache_creation_input_tokens":0,"cache_read_input_tokens":20,"output_tokens":1}}}',
      ) +
      named("content_block_start", '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}') +
      piece
    );
  }),
  named("content_block_stop", '{"type":"content_block_stop","index":0}') +
    named(
      "message_delta",
      '{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":80}}',
    ) +
    named("message_stop", '{"type":"message_stop"}'),
];

const DIALECTS = [
  { path: "/chat/completions", whole: whole(CHAT), stream: CHAT_STREAM.map(chunk) },
  { path: "/messages", whole: whole(MESSAGE), stream: MESSAGE_STREAM.map(chunk) },
];
const NOTHING = Buffer.from("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");

function answer(socket, head, body) {
  const dialect = DIALECTS.find(({ path }) => head.slice(0, head.indexOf("\r\n")).includes(`${path} `));
  if (dialect === undefined) socket.write(NOTHING);
  // At the end or at the beginning: nobody writes it in the middle of messages.
  else if (/"stream":\s*true/.test(body.toString("latin1", 0, 200) + body.toString("latin1", body.length - 200)))
    stream(socket, dialect.stream);
  else socket.write(dialect.whole);
}

function stream(socket, pieces) {
  let next = 0;
  socket.write(STREAM_HEAD);
  const send = () => {
    if (socket.destroyed) return;
    socket.write(pieces[next++]);
    if (next === pieces.length) socket.write(LAST);
    else if (gap > 0) setTimeout(send, gap);
    else setImmediate(send);
  };
  send();
}

createServer({ noDelay: true }, (socket) => {
  let held = null;
  let head = null;
  let length = 0;
  socket.on("error", () => {});
  socket.on("data", (data) => {
    held = held === null ? [data] : [...held, data];
    if (head === null) {
      const bytes = held.length === 1 ? data : Buffer.concat(held);
      const end = bytes.indexOf("\r\n\r\n");
      held = [bytes];
      if (end === -1) return;
      head = bytes.toString("latin1", 0, end + 2);
      length = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    }
    if (held.reduce((sum, { length: bytes }) => sum + bytes, 0) < length) return;
    const request = held.length === 1 ? held[0] : Buffer.concat(held);
    const asked = head;
    held = null;
    head = null;
    answer(socket, asked, request.subarray(asked.length + 2, length));
  });
}).listen(port, "127.0.0.1", 4096);
