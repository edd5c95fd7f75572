/** Shadows and canaries from a program's text to real sockets: a copy for a model that answers nobody; callers that stay with their version; both measured side by side. */
import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import {
  chatAnswer,
  chatStream,
  json,
  messagesAnswer,
  messagesStream,
  type ModelServer,
  startModelServer,
  stream,
} from "../fakes/model-server.ts";
import { type GatewayHere, codeOf, recordsIn, startCode } from "./in-process.ts";

const program = (main: string, other: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0"), admin: http("127.0.0.1:0") }
model stable { provider: openai("stable"), key: secret("KEY"), url: "${main}/v1", max_output: 50tok, price: { in: $1/Mtok, out: $2/Mtok }, budget: $1/day }
model next { provider: anthropic("next"), key: secret("KEY"), url: "${other}", max_output: 50tok, price: { in: $1/Mtok, out: $5/Mtok }, budget: $1/day }
model shadowed = choose(stable) { shadow: { model: next, share: 100%, at_once: 2 } }
model rare = choose(stable) { shadow: { model: next, share: 0% } }
model poor = choose(stable) { shadow: { model: next, share: 100% }, budget: $0.000001/day }
model versions = choose(stable, next) { prefer: weights(stable: 80, next: 20) }
route POST "/shadowed/chat/completions" open { forward shadowed as openai.chat }
route POST "/rare/chat/completions" open { forward rare as openai.chat }
route POST "/poor/chat/completions" open { forward poor as openai.chat }
route POST "/versions/chat/completions" open {
  read header user: string
  forward versions as openai.chat { sticky: user }
}
`;

const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

describe.each(transports)("over the %s transport", (transport) => {
  let main: ModelServer;
  let other: ModelServer;
  let gateway: GatewayHere;
  let logs: { readonly [field: string]: unknown }[] = [];
  const files = mkdtempSync(join(tmpdir(), "vgw-shadow-"));

  beforeAll(async () => {
    main = await startModelServer();
    other = await startModelServer();
    const code = await codeOf(program(main.origin, other.origin));
    gateway = await startCode(code, transport, {
      environment: { KEY: "sk-test" },
      files,
      write: (lines) => logs.push(...recordsIn(lines)),
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await main?.stop();
    await other?.stop();
    rmSync(files, { recursive: true, force: true });
  });
  afterEach(() => {
    main.asked.length = 0;
    other.asked.length = 0;
    logs = [];
  });

  const ask = (name: string, body: object = {}, headers: { [name: string]: string } = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}/${name}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "any", messages: [{ role: "user", content: "?" }], ...body }),
    });
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${gateway.admin?.port}/metrics`)).text();
  const metric = async (name: string): Promise<number> =>
    Number(
      (await metrics())
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.split(" ")[1] ?? 0,
    );
  /** Shadows end in their own time. */
  const until = async (name: string, value: number): Promise<void> => {
    while ((await metric(name)) < value) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const answered = 'vgw_model_requests_total{model="shadow next",outcome="answered"}';

  test("the client has its answer, and the shadow another one, whole and as a stream", async () => {
    main.answer = (asked, response) => {
      if (asked.body.stream !== true) return json(response, 200, chatAnswer("Stable."));
      stream(response);
      response.end(chatStream("Stable."));
    };
    other.answer = (asked, response) => {
      if (asked.body.stream !== true) return json(response, 200, messagesAnswer("Next."));
      stream(response);
      response.end(messagesStream("Next."));
    };
    const whole = await (await ask("shadowed")).text();
    const streamed = await (await ask("shadowed", { stream: true })).text();
    for (const text of [whole, streamed]) {
      expect(text).toContain("Stable");
      expect(text).not.toContain("Next");
    }
    await until(answered, 2);
    expect(other.asked.map(({ body }) => body.model)).toEqual(["next", "next"]);
    const usage = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/usage?by=model`)).json();
    const rows = (usage as { readonly usage: readonly { readonly model: string }[] }).usage;
    expect(rows.find(({ model }) => model === "shadow next")).toMatchObject({ calls: 2, inexactCalls: 0 });
    expect(rows.find(({ model }) => model === "next")).toBeUndefined();
    expect(await metrics()).toContain(
      'gen_ai_client_operation_time_to_first_chunk_seconds_count{model="shadow next",gen_ai_operation_name="chat",gen_ai_provider_name="anthropic",gen_ai_request_model="next"} 1',
    );
    expect(await metrics()).toContain('vgw_model_chosen_total{model="shadow next",by="shadow"} 2');
    expect(JSON.stringify(logs)).not.toContain("shadow next");
  });

  test("a shadow that fails or hangs harms nobody; too many at once are dropped", async () => {
    main.answer = (_, response) => json(response, 200, chatAnswer("Stable."));
    other.answer = (_, response) => json(response, 500, {});
    expect((await ask("shadowed")).status).toBe(200);
    await until('vgw_model_requests_total{model="shadow next",outcome="upstream"}', 1);
    const held: ServerResponse[] = [];
    other.answer = (_, response) => void held.push(response);
    for (let request = 0; request < 5; request++) expect((await ask("shadowed")).status).toBe(200);
    await until('vgw_model_skipped_total{model="shadow next",reason="busy"}', 3);
    expect(other.asked).toHaveLength(3);
    while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const response of held) json(response, 200, messagesAnswer("Late."));
    await until(answered, 4);
  });

  test("a request that nobody may answer has no copy", async () => {
    expect((await ask("poor")).status).toBe(429);
    expect((await ask("poor", { messages: "none" })).status).toBe(400);
    expect(other.asked).toEqual([]);
  });

  test("a part of none is nobody", async () => {
    main.answer = (_, response) => json(response, 200, chatAnswer("Stable."));
    for (let request = 0; request < 5; request++) await ask("rare");
    expect(other.asked).toEqual([]);
  });

  test("a canary: a part of the callers, each of whom stays with its version", async () => {
    main.answer = (_, response) => json(response, 200, chatAnswer("Stable."));
    other.answer = (_, response) => json(response, 200, messagesAnswer("Next."));
    const versions = new Map<string, Set<string>>();
    for (let round = 0; round < 2; round++) {
      for (let user = 0; user < 60; user++) {
        const text = await (await ask("versions", {}, { user: `user-${user}` })).text();
        const seen = versions.get(`user-${user}`) ?? new Set();
        versions.set(`user-${user}`, seen.add(text.includes("Next.") ? "next" : "stable"));
      }
    }
    expect([...versions.values()].every(({ size }) => size === 1)).toBe(true);
    const moved = [...versions.values()].filter((seen) => seen.has("next")).length;
    expect(moved).toBeGreaterThan(3);
    expect(moved).toBeLessThan(25);
    expect(await metric('vgw_model_requests_total{model="next",outcome="answered"}')).toBe(2 * moved);
  });
});
