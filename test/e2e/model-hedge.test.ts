/** Hedges from a program's text to real sockets: who is asked when, whose content wins, what the others cost, and that nobody is asked too often. */
import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import {
  chatAnswer,
  chatChunk,
  chatStream,
  json,
  type ModelServer,
  startModelServer,
  stream,
} from "../fakes/model-server.ts";
import { type GatewayHere, codeOf, recordsIn, startCode } from "./in-process.ts";

const program = (slow: string, fast: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0"), admin: http("127.0.0.1:0") }
model slow  { provider: openai("slow"), key: secret("KEY"), url: "${slow}/v1", max_output: 50tok, price: { in: $1/Mtok, out: $2/Mtok } }
model fast  { provider: openai("fast"), key: secret("KEY"), url: "${fast}/v1", max_output: 50tok, price: { in: $1/Mtok, out: $2/Mtok } }
model spare { provider: openai("spare"), key: secret("KEY"), url: "${fast}/v1", max_output: 50tok, price: { in: $1/Mtok, out: $2/Mtok } }
model hedged = choose(slow) { fallback: [fast], hedge: { after: 30ms }, budget: $1/day }
model both = choose(slow, fast) { hedge: { after: 30ms, most: 1 } }
model all = choose(slow, fast) { fallback: [spare], hedge: { after: 30ms, most: 2 } }
model joined = choose(slow) { fallback: [fast, spare], hedge: { after: 30ms }, broken: continue }
model patient = choose(slow) { fallback: [fast], hedge: { after: 10min } }
model tight = choose(slow) { fallback: [fast], hedge: { after: 30ms }, budget: $0.0005/day }
${["hedged", "both", "all", "joined", "patient", "tight"].map((name) => `route POST "/${name}/chat/completions" open { forward ${name} as openai.chat }`).join("\n")}
`;

const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

describe.each(transports)("over the %s transport", (transport) => {
  let slow: ModelServer;
  let fast: ModelServer;
  let gateway: GatewayHere;
  let logs: { readonly [field: string]: unknown }[] = [];
  const files = mkdtempSync(join(tmpdir(), "vgw-hedge-"));

  beforeAll(async () => {
    slow = await startModelServer();
    fast = await startModelServer();
    const code = await codeOf(program(slow.origin, fast.origin));
    gateway = await startCode(code, transport, {
      environment: { KEY: "sk-test" },
      files,
      write: (lines) => logs.push(...recordsIn(lines)),
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await slow?.stop();
    await fast?.stop();
    rmSync(files, { recursive: true, force: true });
  });
  afterEach(() => {
    slow.asked.length = 0;
    fast.asked.length = 0;
    logs = [];
  });

  const ask = (name: string, body: object = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}/${name}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "any", stream: true, messages: [{ role: "user", content: "?" }], ...body }),
      ...(signal && { signal }),
    });
  const whole = (text: string) => (_: unknown, response: ServerResponse) => {
    stream(response);
    response.end(chatStream(text));
  };
  const silent = (_: unknown, response: ServerResponse): void => {
    stream(response);
    response.write(chatChunk({ role: "assistant", content: "" }));
  };
  const record = async (): Promise<{ readonly [field: string]: unknown }> => {
    for (;;) {
      const found = logs.findLast(({ message }) => message === "request");
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const usage = async (): Promise<Map<string, { readonly [name: string]: unknown }>> => {
    const answer = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/usage?by=model`)).json();
    const { usage: rows } = answer as { readonly usage: readonly { readonly model: string }[] };
    return new Map(rows.map((row) => [row.model, { ...row }]));
  };

  test("the first content wins; the other is let go and paid for", async () => {
    slow.answer = silent;
    fast.answer = whole("Fast.");
    const text = await (await ask("hedged")).text();
    expect(text).toContain("Fast.");
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    await slow.asked[0]?.gone;
    expect(await record()).toMatchObject({ model: "fast" });
    expect((await record()).fallbacks).toBeUndefined();
    const rows = await usage();
    expect(rows.get("slow")).toMatchObject({ calls: 1, inexactCalls: 1 });
    expect(rows.get("fast")).toMatchObject({ calls: 1, inexactCalls: 0 });
  });

  test("who was asked first may still win, and the hedge is let go", async () => {
    let first: ServerResponse | null = null;
    slow.answer = (_, response) => {
      first = response;
      stream(response);
    };
    fast.answer = (_, response) => {
      stream(response);
      first?.end(chatStream("Slow."));
    };
    expect(await (await ask("both")).text()).toContain("Slow.");
    await fast.asked[0]?.gone;
    expect(await record()).toMatchObject({ model: "slow" });
  });

  test("who fails while another runs is not made up for; the last one's error is the client's", async () => {
    let first: ServerResponse | null = null;
    slow.answer = (_, response) => {
      first = response;
    };
    fast.answer = (_, response) => {
      json(first!, 500, {});
      setTimeout(() => json(response, 429, { error: { message: "slow down", code: "rate_limit_exceeded" } }), 50);
    };
    const answer = await ask("both");
    expect(answer.status).toBe(429);
    expect(fast.asked).toHaveLength(1);
  });

  test("two hedges, one behind the other", async () => {
    slow.answer = silent;
    fast.answer = (asked, response) =>
      asked.body.model === "spare" ? whole("Spare.")(asked, response) : silent(asked, response);
    expect(await (await ask("all")).text()).toContain("Spare.");
    await slow.asked[0]?.gone;
    await fast.asked[0]?.gone;
    expect(fast.asked.map(({ body }) => body.model)).toEqual(["fast", "spare"]);
  });

  test("the one that won breaks off: who has not been asked goes on", async () => {
    slow.answer = silent;
    fast.answer = (asked, response) => {
      if (asked.body.model === "spare") return whole("Spare.")(asked, response);
      stream(response);
      response.end(chatChunk({ content: "Half, " }));
    };
    const text = await (await ask("joined")).text();
    expect(text).toContain("Half, ");
    expect(text).toContain("Spare.");
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    await slow.asked[0]?.gone;
    expect(fast.asked.map(({ body }) => body.model)).toEqual(["fast", "spare"]);
    expect(await record()).toMatchObject({ model: "spare", continuations: 1 });
  });

  test("nobody else is asked in time, or for an answer that is not streamed", async () => {
    fast.answer = whole("Fast.");
    slow.answer = whole("In time.");
    expect(await (await ask("patient")).text()).toContain("time.");
    slow.answer = (_, response) => void setTimeout(() => json(response, 200, chatAnswer("Whole.")), 150);
    expect(await (await ask("both", { stream: false })).text()).toContain("Whole.");
    expect(fast.asked).toEqual([]);
  });

  test("a budget that has no room for both keeps the hedge away, and the first one on", async () => {
    fast.answer = whole("Fast.");
    slow.answer = (_, response) => {
      stream(response);
      setTimeout(() => response.end(chatStream("Alone.")), 150);
    };
    expect(await (await ask("tight")).text()).toContain("Alone.");
    expect(fast.asked).toEqual([]);
  });

  test("a client that leaves ends all of them", async () => {
    slow.answer = silent;
    const begun = new Promise<void>((resolve) => {
      fast.answer = (asked, response) => {
        silent(asked, response);
        resolve();
      };
    });
    const abort = new AbortController();
    const asking = ask("both", {}, abort.signal).catch(() => null);
    await begun;
    abort.abort();
    await asking;
    await slow.asked[0]?.gone;
    await fast.asked[0]?.gone;
  });

  test("hedges are a part of the requests: ten, however many there are of a sudden", async () => {
    slow.answer = (_, response) => void setTimeout(() => whole("Slow.")(_, response), 200);
    fast.answer = whole("Fast.");
    const texts = await Promise.all(Array.from({ length: 40 }, async () => (await ask("hedged")).text()));
    const hedged = texts.filter((text) => text.includes("Fast.")).length;
    // One of them was spent before, unless that was ten seconds ago.
    expect(hedged).toBeGreaterThanOrEqual(9);
    expect(hedged).toBeLessThanOrEqual(10);
    expect(fast.asked).toHaveLength(hedged);
  });

  test("metrics", async () => {
    const text = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/metrics`)).text();
    expect(text).toMatch(/vgw_model_requests_total\{model="slow",outcome="outrun"\} \d+/);
    expect(text).toMatch(/vgw_model_chosen_total\{model="fast",by="hedge"\} \d+/);
  });
});
