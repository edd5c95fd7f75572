/** A provider of models for tests: a server on loopback that remembers what it was asked and answers as the test says, down to when each piece leaves. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON. */
  readonly body: { readonly [name: string]: unknown };
  /** The connection has closed before the answer was complete. */
  readonly gone: Promise<void>;
}

export interface ModelServer {
  readonly origin: string;
  readonly asked: Asked[];
  /** How the next requests are answered. */
  answer: (asked: Asked, response: ServerResponse) => void;
  stop(): Promise<void>;
}

export async function startModelServer(): Promise<ModelServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one: Asked = {
        path: request.url ?? "",
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString()),
        gone: new Promise((resolve) => {
          response.on("close", () => {
            if (!response.writableFinished) resolve();
          });
        }),
      };
      asked.push(one);
      self.answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const self: ModelServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (_, response) => response.writeHead(500).end(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: { [name: string]: string } = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

const CHAT = { id: "chatcmpl-1", created: 1, model: "gpt-4.1-mini-2025-04-14" };

/** A whole answer of OpenAI's Chat Completions. */
export function chatAnswer(text: string): object {
  return {
    ...CHAT,
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: text, refusal: null }, finish_reason: "stop" }],
    usage: {
      prompt_tokens: 12,
      completion_tokens: 5,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 2 },
    },
  };
}

/** One event of its stream. */
export function chatChunk(delta: object, finish: string | null = null): string {
  return event({ ...CHAT, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] });
}

export const CHAT_USAGE: string = event({
  ...CHAT,
  object: "chat.completion.chunk",
  choices: [],
  usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
});

export const DONE = "data: [DONE]\n\n";

/** A whole stream that says this, a word an event. */
export function chatStream(text: string): string {
  const words = text.split(/(?<= )/).map((word) => chatChunk({ content: word }));
  return [chatChunk({ role: "assistant", content: "" }), ...words, chatChunk({}, "stop"), CHAT_USAGE, DONE].join("");
}

export function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export function stream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
}

/** A whole answer of Anthropic's Messages. */
export function messagesAnswer(text: string): object {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 9, output_tokens: 3 },
  };
}

/** A whole stream of Anthropic's. */
export function messagesStream(text: string): string {
  const frame = (value: { readonly type: string }): string =>
    `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
  const message = { id: "msg_1", type: "message", role: "assistant", model: "claude", content: [], stop_reason: null };
  return [
    { type: "message_start", message: { ...message, usage: { input_tokens: 9, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 3 } },
    { type: "message_stop" },
  ]
    .map(frame)
    .join("");
}
