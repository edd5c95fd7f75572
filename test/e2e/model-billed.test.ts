/**
 * What calls are charged that were cut off, from a program's text to real sockets: the ledger has what the provider told and what was received, no more, and says that
 * it is estimated. By dying and stalling providers, clients that leave, and models that lost against a hedge.
 */
import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { chatChunk, chatStream, type ModelServer, startModelServer, stream } from "../fakes/model-server.ts";
import { type GatewayHere, codeOf, recordsIn, startCode } from "./in-process.ts";

/** In pico-units: a token in costs 1,000,000, one out 2,000,000. Each request is as long as the next. */
const IN = 1_000_000n;
const OUT = 2_000_000n;
const CAP = 400;
const PRICE = `key: secret("KEY"), max_output: ${CAP}tok, price: { in: $1/Mtok, out: $2/Mtok }, budget: $100/day, silence: 300ms, total: 5s`;

const MODELS = ["plain", "thinker", "claude", "gemini", "second"];
const program = (one: string, two: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0"), admin: http("127.0.0.1:0") }
model plain   { provider: openai("gpt-4.1"), url: "${one}/v1", ${PRICE} }
model thinker { provider: openai("gpt-5"), url: "${one}/v1", ${PRICE} }
model claude  { provider: anthropic("claude-sonnet-4-5"), url: "${one}", ${PRICE} }
model gemini  { provider: gemini("gemini-2.5-flash"), url: "${one}/v1beta", ${PRICE} }
model second  { provider: openai("gpt-4.1-mini"), url: "${two}/v1", ${PRICE} }
model hedged = choose(plain) { fallback: [second], hedge: { after: 30ms } }
model written = choose(plain) { fallback: [second], on: [auth], broken: continue }
${[...MODELS, "hedged", "written"].map((name) => `route POST "/${name}/chat/completions" open { forward ${name} as openai.chat }`).join("\n")}
`;

const ANTHROPIC_START = {
  type: "message_start",
  message: {
    id: "m",
    type: "message",
    role: "assistant",
    model: "c",
    content: [],
    stop_reason: null,
    usage: { input_tokens: 30, cache_read_input_tokens: 70, output_tokens: 1 },
  },
};

/** An event of a stream. */
type Event = { readonly type: string; readonly [field: string]: unknown };

function anthropic(...events: readonly Event[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

const block = (kind: object): Event => ({
  type: "content_block_start",
  index: 0,
  content_block: kind,
});
const delta = (text: string): Event => ({
  type: "content_block_delta",
  index: 0,
  delta: { type: "text_delta", text },
});

function google(text: string, output: number, thoughts: number): string {
  return `data: ${JSON.stringify({
    candidates: [{ content: { role: "model", parts: [{ text }] } }],
    usageMetadata: { promptTokenCount: 100, candidatesTokenCount: output, thoughtsTokenCount: thoughts },
  })}\n\n`;
}

/** What is charged behind 20 bytes of text: these, one part, and what was on its way. */
const SEEN = 20 + 16 + 64;
const TEXT = "Ten bytes.";

const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

describe.each(transports)("over the %s transport", (transport) => {
  let one: ModelServer;
  let two: ModelServer;
  let gateway: GatewayHere;
  let logs: { readonly [field: string]: unknown }[] = [];
  const files = mkdtempSync(join(tmpdir(), "vgw-billed-"));

  beforeAll(async () => {
    one = await startModelServer();
    two = await startModelServer();
    const code = await codeOf(program(one.origin, two.origin));
    gateway = await startCode(code, transport, {
      environment: { KEY: "sk-test" },
      files,
      write: (lines) => logs.push(...recordsIn(lines)),
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await one?.stop();
    await two?.stop();
    rmSync(files, { recursive: true, force: true });
  });
  beforeEach(() => {
    one.asked.length = 0;
    two.asked.length = 0;
    logs = [];
  });

  const ask = (name: string, more: object = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}/${name}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "any", stream: true, messages: [{ role: "user", content: "?" }], ...more }),
      ...(signal && { signal }),
    });

  interface Row {
    readonly model: string;
    readonly calls: number;
    readonly cost: string;
    readonly inexactCalls: number;
    readonly estimatedCalls: number;
  }

  const rows = async (): Promise<Map<string, Row>> => {
    const answer = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/usage?by=model`)).json();
    return new Map((answer as { readonly usage: readonly Row[] }).usage.map((row) => [row.model, row]));
  };
  const pico = (row: Row | undefined): bigint => {
    const [whole = "0", fraction = ""] = (row?.cost ?? "0").split(".");
    return BigInt(whole) * 10n ** 12n + BigInt(fraction.padEnd(12, "0"));
  };
  const record = async (): Promise<{ readonly [field: string]: unknown }> => {
    for (;;) {
      const found = logs.find(({ message }) => message === "request");
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  /** Bytes of the request, as the provider got it: so many tokens are reserved for it, and 64. */
  const reserved = (server: ModelServer): bigint =>
    (BigInt(server.asked[0]!.headers["content-length"] ?? 0) + 64n) * IN;

  /** What this adds to the ledger for a model, and how many of its calls are told apart. */
  async function charged(model: string, work: () => Promise<unknown>) {
    const before = (await rows()).get(model);
    await work();
    await record();
    const after = (await rows()).get(model);
    const sum = (name: "calls" | "inexactCalls" | "estimatedCalls"): number =>
      (after?.[name] ?? 0) - (before?.[name] ?? 0);
    return {
      cost: pico(after) - pico(before),
      calls: sum("calls"),
      inexact: sum("inexactCalls"),
      estimated: sum("estimatedCalls"),
    };
  }

  /** Two texts of ten bytes, and then this. */
  const texts = (end: (response: ServerResponse) => void) => (_: unknown, response: ServerResponse) => {
    stream(response);
    response.write(chatChunk({ role: "assistant", content: TEXT }));
    response.write(chatChunk({ content: TEXT }));
    end(response);
  };
  const silence = (): void => {};
  const ENDS: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ["ends in the middle", (response) => response.end()],
    ["breaks", (response) => response.write("", () => response.destroy())],
    ["stalls", silence],
    ["fails within the stream", (response) => response.end('data: {"error":{"message":"no"}}\n\n')],
  ];

  for (const [title, end] of ENDS) {
    for (const name of ["plain", "written"]) {
      test(`a provider that ${title}, ${name === "plain" ? "its bytes passed on" : "its events written anew"}`, async () => {
        one.answer = texts(end);
        const seen = await charged("plain", async () => {
          const text = await (await ask(name)).text();
          expect(text.split(TEXT)).toHaveLength(3);
          expect(text).not.toContain("[DONE]");
        });
        expect(seen).toEqual({ cost: reserved(one) + BigInt(SEEN) * OUT, calls: 1, inexact: 1, estimated: 1 });
        expect(await record()).toMatchObject({
          model: "plain",
          cost: expect.stringMatching(/^0\.0\d+ USD;estimated$/),
        });
      });
    }
  }

  test("text of many bytes to a character, quotation marks and backslashes among it", async () => {
    const text = 'é"\\"\n語';
    one.answer = (_, response) => {
      stream(response);
      response.write(chatChunk({ role: "assistant", content: "" }));
      for (let count = 0; count < 4; count++) response.write(chatChunk({ content: text }));
      response.end();
    };
    const { cost } = await charged("plain", async () =>
      expect(await (await ask("plain")).text()).not.toContain("[DONE]"),
    );
    const output = Number((cost - reserved(one)) / OUT) - 16 - 64;
    const bytes = Buffer.byteLength(text) * 4;
    // Escapes are counted as they are written.
    expect(output).toBeGreaterThanOrEqual(bytes);
    expect(output).toBeLessThanOrEqual(Buffer.byteLength(JSON.stringify(text)) * 4);
  });

  test("a client that leaves in the middle", async () => {
    one.answer = texts(silence);
    const seen = await charged("plain", async () => {
      const leaving = new AbortController();
      const response = await ask("plain", {}, leaving.signal);
      let text = "";
      for await (const chunk of response.body!) {
        text += Buffer.from(chunk).toString();
        if (text.split(TEXT).length === 3) break;
      }
      leaving.abort();
      await one.asked[0]?.gone;
    });
    expect(seen).toEqual({ cost: reserved(one) + BigInt(SEEN) * OUT, calls: 1, inexact: 1, estimated: 1 });
  });

  test("nothing came: input as reserved, and what may have been on its way", async () => {
    one.answer = (_, response) => stream(response);
    const seen = await charged("plain", async () => {
      const leaving = new AbortController();
      const asked = ask("plain", {}, leaving.signal).catch(() => null);
      while (one.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      leaving.abort();
      await asked;
      await one.asked[0]?.gone;
    });
    expect(seen).toEqual({ cost: reserved(one) + 64n * OUT, calls: 1, inexact: 1, estimated: 1 });
  });

  test("a model that may have thought unseen: its output as reserved", async () => {
    one.answer = texts((response) => response.end());
    const seen = await charged("thinker", async () => (await ask("thinker")).text());
    expect(seen).toEqual({ cost: reserved(one) + BigInt(CAP) * OUT, calls: 1, inexact: 1, estimated: 0 });
  });

  test("input that was told, with what was cached", async () => {
    one.answer = (_, response) => {
      stream(response);
      response.end(anthropic(ANTHROPIC_START, block({ type: "text", text: "" }), delta(TEXT), delta(TEXT)));
    };
    const seen = await charged("claude", async () => (await ask("claude")).text());
    expect(seen).toEqual({ cost: 100n * IN + BigInt(SEEN) * OUT, calls: 1, inexact: 1, estimated: 1 });
  });

  test("a thought that has begun: the output as reserved, the input as told", async () => {
    one.answer = (_, response) => {
      stream(response);
      response.end(anthropic(ANTHROPIC_START, block({ type: "thinking", thinking: "" })));
    };
    const seen = await charged("claude", async () => (await ask("claude")).text());
    expect(seen).toEqual({ cost: 100n * IN + BigInt(CAP) * OUT, calls: 1, inexact: 1, estimated: 1 });
  });

  test("usage that every event tells, thoughts among it", async () => {
    one.answer = (_, response) => {
      stream(response);
      response.write(google("Some words", 2, 150));
      response.end(google(" and more.", 5, 150));
    };
    const seen = await charged("gemini", async () => (await ask("gemini")).text());
    expect(seen).toEqual({ cost: 100n * IN + (155n + 64n) * OUT, calls: 1, inexact: 1, estimated: 1 });
  });

  test("all but the end of the stream: exactly what was told", async () => {
    one.answer = (_, response) => {
      stream(response);
      const end = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } };
      response.write(anthropic(ANTHROPIC_START, block({ type: "text", text: "" }), delta(TEXT), end));
    };
    const seen = await charged("claude", async () => {
      const leaving = new AbortController();
      const response = await ask("claude", {}, leaving.signal);
      let text = "";
      for await (const chunk of response.body!) {
        text += Buffer.from(chunk).toString();
        if (text.includes('"finish_reason":"stop"')) break;
      }
      leaving.abort();
      await one.asked[0]?.gone;
    });
    expect(seen).toEqual({ cost: 100n * IN + 9n * OUT, calls: 1, inexact: 0, estimated: 0 });
  });

  describe("a model that lost against a hedge", () => {
    const hedge = async (first: (response: ServerResponse) => void) => {
      one.answer = (_, response) => first(response);
      two.answer = (_, response) => {
        stream(response);
        response.end(chatStream("Second."));
      };
      return charged("plain", async () => {
        expect(await (await ask("hedged")).text()).toContain("Second.");
        await one.asked[0]?.gone;
      });
    };

    test("before its head", async () => {
      expect(await hedge(silence)).toEqual({ cost: reserved(one) + 64n * OUT, calls: 1, inexact: 1, estimated: 1 });
    });

    test("before its first token", async () => {
      const seen = await hedge((response) => {
        stream(response);
        response.write(chatChunk({ role: "assistant", content: "" }));
      });
      expect(seen).toEqual({ cost: reserved(one) + 64n * OUT, calls: 1, inexact: 1, estimated: 1 });
    });
  });

  test("what is not streamed, and did not come: as reserved", async () => {
    one.answer = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"id":"1","choices":[', () => response.destroy());
    };
    const seen = await charged("plain", async () => (await ask("plain", { stream: false })).text());
    expect(seen).toEqual({ cost: reserved(one) + BigInt(CAP) * OUT, calls: 1, inexact: 1, estimated: 0 });
  });

  test("budgets have what the ledger has, to the last digit", async () => {
    const answer = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/usage?by=budget`)).json();
    const { budgets } = answer as { readonly budgets: readonly { readonly budget: string; readonly spent: string }[] };
    const spent = new Map(budgets.map((row) => [row.budget, row.spent]));
    for (const [model, row] of await rows()) expect(spent.get(model)).toBe(row.cost);
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/metrics`)).text();
    expect(metrics).toMatch(/vgw_model_calls_settled_total\{how="estimated"\} [1-9]/);
  });
});
