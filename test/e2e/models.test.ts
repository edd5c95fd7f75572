/** Models from a program's text to real sockets: the official client asks a gateway, which asks providers that answer, fail, stall and die, on both transports. */
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import {
  chatAnswer,
  chatChunk,
  chatStream,
  json,
  messagesAnswer,
  messagesStream,
  type ModelServer,
  startModelServer,
  stream,
} from "../fakes/model-server.ts";
import { type GatewayHere, codeOf, recordsIn, startCode } from "./in-process.ts";

const KEY = "sk-test-of-the-gateway";
const OTHER = "sk-ant-of-the-gateway";
const TOKEN = "let-me-in";

const program = (first: string, second: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0"), admin: http("127.0.0.1:0", token: secret("TOKEN")) }
model mini {
  provider: openai("gpt-4.1-mini"), key: secret("OPENAI_API_KEY"), url: "${first}/v1"
  first_token: 400ms, silence: 400ms, timeout: 2s, max_output: 100tok
}
model claude { provider: anthropic("claude-sonnet-4-5"), key: secret("ANTHROPIC_API_KEY"), url: "${second}" }
model shaky {
  provider: openai("gpt-4.1-mini"), key: secret("OPENAI_API_KEY"), url: "${first}/v1"
  breaker: { failures: 50%, of: 4, within: 1min, probe: 1min }
}
model steady = choose(shaky) { fallback: [claude], limit: 50tok }
model assistant = choose(mini) { fallback: [claude], limit: 50tok }
route POST "/v1/chat/completions" open { set response.header("x-from") = "vgw"; forward assistant as openai.chat }
route POST "/alone/chat/completions" open { forward mini as openai.chat }
route POST "/late/chat/completions" open { deadline: 300ms; forward mini as openai.chat }
route POST "/caught/chat/completions" open { forward mini as openai.chat else reply 200 { kind: failure.kind } }
route POST "/small/chat/completions" open { body: 100B; forward mini as openai.chat }
route POST "/steady/chat/completions" open { forward steady as openai.chat }
route POST "/v1/messages" open { forward mini as anthropic.messages }
route POST "/claude/chat/completions" open { forward claude as openai.chat }
`;

const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

describe.each(transports)("over the %s transport", (transport) => {
  let first: ModelServer;
  let second: ModelServer;
  let gateway: GatewayHere;
  let logs: { readonly [field: string]: unknown }[] = [];

  beforeAll(async () => {
    first = await startModelServer();
    second = await startModelServer();
    const text = program(first.origin, second.origin);
    const code = await codeOf(text);
    expect(code).not.toContain(KEY);
    gateway = await startCode(code, transport, {
      environment: { OPENAI_API_KEY: KEY, ANTHROPIC_API_KEY: OTHER, TOKEN },
      write: (lines) => logs.push(...recordsIn(lines)),
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await first?.stop();
    await second?.stop();
  });
  afterEach(() => {
    expect(JSON.stringify(logs)).not.toMatch(/sk-/);
    first.asked.length = 0;
    second.asked.length = 0;
    logs = [];
  });

  const url = (): string => `http://127.0.0.1:${gateway.listeners[0]!.port}`;
  const client = (base = "v1"): OpenAI =>
    new OpenAI({ baseURL: `${url()}/${base}`, apiKey: "the-client's", maxRetries: 0 });
  const hello = { model: "whatever", messages: [{ role: "user" as const, content: "hello" }] };
  const post = (path: string, body: object): Promise<Response> =>
    fetch(url() + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  /** The access log's record of the latest request. */
  const record = async (): Promise<{ readonly [field: string]: unknown }> => {
    for (;;) {
      const found = logs.findLast(({ message }) => message === "request");
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  test("a whole answer", async () => {
    first.answer = (_, response) => json(response, 200, chatAnswer("Hello there."));
    const { data, response } = await client().chat.completions.create(hello).withResponse();
    expect(data.choices[0]).toMatchObject({
      message: { role: "assistant", content: "Hello there." },
      finish_reason: "stop",
    });
    expect(data.model).toBe("assistant");
    expect(data.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 });
    expect(response.headers.get("x-from")).toBe("vgw");
    const [asked] = first.asked;
    expect(asked?.path).toBe("/v1/chat/completions");
    expect(asked?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(asked?.body).toMatchObject({ model: "gpt-4.1-mini", max_completion_tokens: 50 });
    expect(await record()).toMatchObject({
      model: "mini",
      tokens_in: 12,
      tokens_out: 5,
      tokens_cached: 4,
      tokens_reasoning: 2,
    });
  });

  test("a stream, event by event", async () => {
    const pieces = ["One ", "two ", "three."];
    let next = (): void => {};
    first.answer = (asked, response) => {
      expect(asked.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
      stream(response);
      response.write(chatChunk({ role: "assistant", content: "" }));
      const left = [...pieces];
      // Each piece leaves once the client has seen the one before.
      next = () => {
        const piece = left.shift();
        if (piece !== undefined) response.write(chatChunk({ content: piece }));
        else response.end(chatStream("").replace(/^.*?\n\n/, ""));
      };
      next();
    };
    const seen: string[] = [];
    for await (const chunk of await client().chat.completions.create({ ...hello, stream: true })) {
      const text = chunk.choices[0]?.delta.content;
      if (text) {
        seen.push(text);
        next();
      }
    }
    expect(seen).toEqual(pieces);
    expect(await record()).toMatchObject({
      model: "mini",
      tokens_in: 12,
      tokens_out: 5,
      first_token_ms: expect.any(Number),
    });
  });

  test("usage within the stream goes out to those who ask for it, and to nobody else", async () => {
    first.answer = (_, response) => {
      stream(response);
      response.end(chatStream("Hi."));
    };
    const plain = await (await post("/v1/chat/completions", { ...hello, stream: true })).text();
    expect(plain).not.toContain("prompt_tokens");
    expect(plain.endsWith("data: [DONE]\n\n")).toBe(true);
    const asked = { ...hello, stream: true, stream_options: { include_usage: true } };
    const told = await (await post("/v1/chat/completions", asked)).text();
    expect(told).toContain('"prompt_tokens":12');
  });

  test("another dialect at the provider: whole and as a stream", async () => {
    second.answer = (asked, response) => {
      if (asked.body.stream !== true) return json(response, 200, messagesAnswer("From Claude."));
      stream(response);
      response.end(messagesStream("From Claude."));
    };
    const capped = { ...hello, max_completion_tokens: 20 };
    const whole = await client("claude").chat.completions.create(capped);
    expect(whole.choices[0]?.message.content).toBe("From Claude.");
    expect(whole.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 });
    expect(second.asked[0]?.headers["x-api-key"]).toBe(OTHER);
    expect(second.asked[0]?.headers["anthropic-version"]).toBeDefined();
    const helper = client("claude").chat.completions.stream(capped);
    expect(await helper.finalContent()).toBe("From Claude.");
  });

  test("a request that the provider's dialect cannot say is refused, and says why", async () => {
    const failed = await client("claude")
      .chat.completions.create({ ...hello, n: 2, max_completion_tokens: 20 })
      .catch((error) => error);
    expect(failed).toBeInstanceOf(OpenAI.BadRequestError);
    expect(second.asked).toEqual([]);
  });

  test("a failure before the first content is another model's answer", async () => {
    second.answer = (_, response) => {
      stream(response);
      response.end(messagesStream("Spare."));
    };
    const ways: ((asked: unknown, response: Parameters<ModelServer["answer"]>[1]) => void)[] = [
      (_, response) =>
        json(response, 429, { error: { message: "slow down", type: "requests", code: "rate_limit_exceeded" } }),
      (_, response) => json(response, 500, { error: { message: "oops" } }),
      (_, response) => response.destroy(),
      // Within the stream: signs of life, then an error, an end, silence.
      (_, response) => {
        stream(response);
        response.end(
          `${chatChunk({ role: "assistant", content: "" })}data: {"error":{"message":"overloaded","type":"server_error"}}\n\n`,
        );
      },
      (_, response) => {
        stream(response);
        response.end(chatChunk({ role: "assistant", content: "" }));
      },
      (_, response) => {
        stream(response);
        response.write(`${chatChunk({ role: "assistant", content: "" })}: still here\n\n`);
      },
    ];
    for (const [index, way] of ways.entries()) {
      first.answer = way;
      const helper = client().chat.completions.stream(hello);
      expect(await helper.finalContent(), `way ${index}`).toBe("Spare.");
      expect(await record()).toMatchObject({ model: "claude", fallbacks: 1 });
      logs = [];
    }
    expect(second.asked).toHaveLength(ways.length);
    expect(second.asked[0]?.body).toMatchObject({ max_tokens: 50 });
  });

  test("a model that keeps failing is left alone, and the next one asked at once", async () => {
    first.answer = (_, response) => json(response, 500, {});
    second.answer = (_, response) => json(response, 200, messagesAnswer("Spare."));
    for (let round = 0; round < 8; round++) {
      const answer = await client("steady").chat.completions.create(hello);
      expect(answer.choices[0]?.message.content).toBe("Spare.");
    }
    expect(first.asked).toHaveLength(4);
    expect(second.asked).toHaveLength(8);
  });

  test("a request that is wrong in itself is not sent on", async () => {
    first.answer = (_, response) =>
      json(response, 400, {
        error: { message: "bad temperature", type: "invalid_request_error", param: "temperature" },
      });
    const failed = await client()
      .chat.completions.create(hello)
      .catch((error) => error);
    expect(failed).toBeInstanceOf(OpenAI.BadRequestError);
    expect(failed).toMatchObject({ param: "temperature" });
    expect(second.asked).toEqual([]);
  });

  test("without a spare: the provider's error in the client's dialect, nothing of the account", async () => {
    first.answer = (_, response) => json(response, 401, { error: { message: `Incorrect API key provided: ${KEY}` } });
    const failed = await client("alone")
      .chat.completions.create(hello)
      .catch((error) => error);
    expect(failed.status).toBe(502);
    expect(failed.message).not.toContain("sk-");
    expect(await record()).toMatchObject({ status: 502, reason: "model-auth", model_error: "auth" });
    first.answer = (_, response) =>
      json(response, 429, { error: { message: "x", code: "rate_limit_exceeded" } }, { "retry-after": "7" });
    const limited = await client("alone")
      .chat.completions.create(hello)
      .catch((error) => error);
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    expect(limited.headers.get("retry-after")).toBe("7");
  });

  test("after the first content: an error within the stream, and no end that looks like one", async () => {
    for (const way of ["dies", "stalls"]) {
      first.answer = (_, response) => {
        stream(response);
        response.write(chatChunk({ content: "Half of" }));
        if (way === "dies") setTimeout(() => response.destroy(), 50);
      };
      const text = await (await post("/v1/chat/completions", { ...hello, stream: true })).text();
      expect(text, way).toContain("Half of");
      expect(text, way).toContain('"error"');
      expect(text, way).not.toContain("[DONE]");
      expect(text, way).not.toContain('finish_reason":"stop');
      expect(second.asked).toEqual([]);
    }
  });

  test("a client that leaves ends the provider's work at once", async () => {
    for (const content of ["", "Some"]) {
      let heard = (): void => {};
      const begun = new Promise<void>((resolve) => {
        heard = resolve;
      });
      first.answer = (_, response) => {
        stream(response);
        response.write(content === "" ? ": wait\n\n" : chatChunk({ content }));
        heard();
      };
      const abort = new AbortController();
      const body = JSON.stringify({ ...hello, stream: true });
      const asking = fetch(`${url()}/alone/chat/completions`, { method: "POST", body, signal: abort.signal });
      asking.catch(() => {});
      await begun;
      if (content !== "") await asking;
      abort.abort();
      await first.asked.at(-1)?.gone;
    }
    expect(await record()).toMatchObject({ model: "mini", model_error: "left" });
  });

  test("the route's deadline, told in the client's dialect", async () => {
    first.answer = () => {};
    const failed = await client("late")
      .chat.completions.create(hello)
      .catch((error) => error);
    expect(failed.status).toBe(504);
    expect(failed.error).toMatchObject({ type: "server_error" });
    await first.asked[0]?.gone;
  });

  test("else takes what goes wrong", async () => {
    first.answer = (_, response) => json(response, 503, {});
    expect(await (await post("/caught/chat/completions", hello)).json()).toEqual({ kind: "overload" });
    expect(await (await post("/caught/chat/completions", { model: "x" })).json()).toEqual({ kind: "invalid" });
    first.answer = (_, response) => json(response, 200, chatAnswer("fine"));
    expect(await (await post("/caught/chat/completions", hello)).json()).toMatchObject({ object: "chat.completion" });
  });

  test("bodies that are none, too long, or nested without end", async () => {
    const send = (path: string, body: string): Promise<Response> => fetch(url() + path, { method: "POST", body });
    for (const body of [
      "",
      "{",
      "[]",
      "\u0000",
      '{"messages":'.concat("[".repeat(100_000), "]".repeat(100_000), "}"),
    ]) {
      const answer = await send("/v1/chat/completions", body);
      expect(answer.status, body.slice(0, 20)).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    }
    const long = await send("/small/chat/completions", JSON.stringify({ ...hello, user: "x".repeat(200) }));
    expect(long.status).toBe(413);
    expect(first.asked).toEqual([]);
  });

  test("a slow client holds the provider back", async () => {
    const piece = chatChunk({ content: "x".repeat(60_000) });
    let sent = 0;
    let drained = true;
    first.answer = (_, response) => {
      stream(response);
      const pour = (): void => {
        while (sent < 2000 && !response.destroyed) {
          sent++;
          if (!response.write(piece)) {
            drained = false;
            response.once("drain", () => {
              drained = true;
              pour();
            });
            return;
          }
        }
      };
      pour();
    };
    const abort = new AbortController();
    const body = JSON.stringify({ ...hello, stream: true });
    const answer = await fetch(`${url()}/alone/chat/completions`, { method: "POST", body, signal: abort.signal });
    // Nobody reads: what is on its way fills, and then the provider waits.
    let before = -1;
    while (drained || before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(sent).toBeLessThan(1500);
    abort.abort();
    await answer.body?.cancel().catch(() => {});
    await first.asked[0]?.gone;
  });

  test("metrics tell what each model did", async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.admin?.port}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const text = await answer.text();
    expect(text).toMatch(/vgw_model_requests_total\{model="mini",outcome="answered"\} \d+/);
    expect(text).toMatch(/vgw_model_requests_total\{model="mini",outcome="left"\} 3/);
    expect(text).toMatch(/vgw_model_tokens_total\{model="mini",kind="cache_read"\} \d+/);
    expect(text).toMatch(/vgw_model_fallbacks_total\{model="claude"\} 14/);
    expect(text).toMatch(
      /gen_ai_client_operation_time_to_first_chunk_seconds_count\{model="mini",[^}]*gen_ai_provider_name="openai"[^}]*\} [1-9]/,
    );
    expect(text).not.toContain("sk-");
  });
});
