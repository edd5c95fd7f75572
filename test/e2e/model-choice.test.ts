/** Choices of models on a running gateway: who is asked, by what was measured and by what is under way; and what log and metrics say of it, without a key. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import {
  event,
  chatAnswer,
  chatStream,
  json,
  type ModelServer,
  startModelServer,
  stream,
} from "../fakes/model-server.ts";
import { type GatewayHere, codeOf, recordsIn, startCode } from "./in-process.ts";

const KEYS = { KEY: "sk-only", KEY_A: "sk-first-of-two", KEY_B: "sk-second-of-two", TOKEN: "let-me-in" };

const program = (first: string, second: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0"), admin: http("127.0.0.1:0", token: secret("TOKEN")) }
model one { provider: openai("one"), key: secret("KEY"), url: "${first}/v1", context: 100tok }
model two { provider: openai("two"), key: secret("KEY"), url: "${second}/v1" }
model three { provider: openai("three"), key: secret("KEY"), url: "${first}/v1" }
model four { provider: openai("four"), key: secret("KEY"), url: "${second}/v1" }
model keyed { provider: openai("keyed"), key: [secret("KEY_A"), secret("KEY_B")], url: "${first}/v1" }
model limited { provider: openai("limited"), key: [secret("KEY_A"), secret("KEY_B")], url: "${first}/v1" }
model plain { provider: openai("plain"), key: secret("KEY"), url: "${first}/v1", supports: [] }
model quick = choose(three, four) { prefer: fastest }
model idle = choose(one, two) { prefer: least_loaded }
model fits = choose(one, two) { aliases: { "gpt-*": two }, unknown: choose }
route POST "/quick" open { forward quick as openai.chat }
route POST "/idle" open { forward idle as openai.chat }
route POST "/fits" open { forward fits as openai.chat }
route POST "/alone" open { forward plain as openai.chat }
route POST "/keyed" open { forward keyed as openai.chat }
route POST "/limited" open { forward limited as openai.chat }
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
    const code = await codeOf(program(first.origin, second.origin));
    gateway = await startCode(code, transport, {
      environment: KEYS,
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

  const post = async (path: string, changes: object = {}): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${gateway.listeners[0]!.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "any", messages: [{ role: "user", content: "Hello" }], ...changes }),
    });
    return response.text();
  };
  const metrics = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${gateway.admin?.port}/metrics`, {
      headers: { authorization: `Bearer ${KEYS.TOKEN}` },
    });
    return response.text();
  };
  const record = async (): Promise<{ readonly [field: string]: unknown }> => {
    for (;;) {
      const found = logs.findLast(({ message }) => message === "request");
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const streams = (server: ModelServer, wait: number): void => {
    server.answer = (_, response) => {
      stream(response);
      setTimeout(() => response.end(chatStream("Hi.")), wait);
    };
  };

  test("the fastest, once both have been tried", async () => {
    streams(first, 800);
    streams(second, 0);
    for (let count = 0; count < 5; count++) await post("/quick", { stream: true });
    expect([first.asked.length, second.asked.length]).toEqual([1, 4]);
    expect(await record()).toMatchObject({ model: "four", model_by: "fastest" });
  });

  test("the least loaded: whoever answers already is left alone", async () => {
    let release = (): void => {};
    const asked = new Promise<void>((resolve) => {
      first.answer = (_, response) => {
        release = () => json(response, 200, chatAnswer("At last."));
        resolve();
      };
    });
    second.answer = (_, response) => json(response, 200, chatAnswer("At once."));
    const waiting = post("/idle");
    await asked;
    expect(await post("/idle")).toContain("At once.");
    expect(await post("/idle")).toContain("At once.");
    release();
    expect(await waiting).toContain("At last.");
  });

  test("a key that is at its limit within a stream: what the next one is answered as a whole is the client's stream", async () => {
    let times = 0;
    first.answer = (_, response) => {
      if (++times > 1) {
        json(response, 200, chatAnswer("From the other key."));
        return;
      }
      stream(response);
      response.end(event({ error: { message: "Slow down.", type: "rate_limit_error", code: "rate_limit_exceeded" } }));
    };
    const told = await post("/limited", { stream: true });
    expect(times).toBe(2);
    expect(told).toContain("From the other key.");
    expect(told).not.toContain("Slow down.");
    expect(told.trimEnd()).toMatch(/data: \[DONE\]$/);
  });

  test("who cannot take it is passed over, which is logged and counted", async () => {
    second.answer = (_, response) => json(response, 200, chatAnswer("Room enough."));
    const long = "a".repeat(1000);
    expect(await post("/fits", { messages: [{ role: "user", content: long }] })).toContain("Room enough.");
    expect(await record()).toMatchObject({ model: "two", model_by: "order", models_skipped: "one: context" });
    expect(await metrics()).toContain('vgw_model_skipped_total{model="one",reason="context"} 1');
  });

  test("who asks for what nobody takes is told so; the log says of whom and why", async () => {
    const text = await post("/alone", { tools: [{ type: "function", function: { name: "f" } }] });
    expect(JSON.parse(text)).toMatchObject({ error: { type: "invalid_request_error", param: "tools" } });
    expect(await record()).toMatchObject({ status: 400, reason: "model-client", detail: "nobody fits (plain: tools)" });
    expect(await metrics()).toContain('vgw_model_skipped_total{model="plain",reason="tools"} 1');
  });

  test("a stream comes under the name that the client asked for", async () => {
    streams(second, 0);
    const text = await post("/fits", { model: "gpt-99", stream: true });
    expect(text).toContain('"model":"gpt-99"');
    expect(text).not.toMatch(/"model":"(two|fits)"/);
    expect(await record()).toMatchObject({ model: "two", model_by: "alias" });
  });

  test("a key that is not taken: the other one is asked, and the log names the variable", async () => {
    first.answer = (asked, response) => {
      if (asked.headers.authorization === `Bearer ${KEYS.KEY_A}`)
        json(response, 401, {
          error: { message: `Incorrect API key provided: ${KEYS.KEY_A}`, code: "invalid_api_key" },
        });
      else json(response, 200, chatAnswer("Taken."));
    };
    for (let count = 0; count < 3; count++) expect(await post("/keyed")).toContain("Taken.");
    // Set aside after the first refusal.
    expect(first.asked.map(({ headers }) => headers.authorization)).toEqual(
      [KEYS.KEY_A, KEYS.KEY_B, KEYS.KEY_B, KEYS.KEY_B].map((key) => `Bearer ${key}`),
    );
    expect(logs.filter(({ event }) => event === "model.key")).toMatchObject([
      { level: "warn", model: "keyed", key: "KEY_A" },
    ]);
    expect(await record()).toMatchObject({ model: "keyed", model_key: "KEY_B" });
    const text = await metrics();
    expect(text).toContain('vgw_model_key_events_total{model="keyed",key="KEY_A",event="auth"} 1');
    expect(text).toContain('vgw_model_key_events_total{model="keyed",key="KEY_B",event="asked"} 3');
    expect(text).not.toContain("sk-");
  });
});
