import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { bedrockProvider } from "../dialect/bedrock/provider.ts";
import { PLAIN_REQUEST } from "../testing/feature-requests.ts";
import { type FakeName, FakeProvider, type FakeServer, parseSwitches, startFakeProvider, WORDS } from "./index.ts";
import { switchesOfModel, switchesOfPrompt, withoutMarks } from "./switches.ts";

describe("switches", () => {
  it.each([
    ["", {}],
    ["tools=2, slow", { tools: 2, latency: 500, rate: 10 }],
    ["slow tps=5", { latency: 500, rate: 5 }],
    ["429-retry=2", { failure: "rate", retry: 2 }],
    ["THINK", { think: 5 }],
    ["think=2+redacted", { think: 5, redacted: true }],
  ])("%s", (text, switches) => expect(parseSwitches(text)).toEqual(switches));

  it.each(["nonsense", "slow=3", "tools=x", "tools=", "tools=101", "latency", "retry"])("%s is refused", (text) => {
    expect(parseSwitches(text)).toBeTypeOf("string");
  });

  it("every word does something, and no two the same", () => {
    const sets = WORDS.map(({ word, number }) => JSON.stringify(parseSwitches(number === null ? word : `${word}=9`)));
    expect(new Set(sets).size).toBe(WORDS.length);
  });

  it("every word stands in the README as it is", () => {
    const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
    const rows = WORDS.map(
      ({ word, number, documentation }) => `| \`${word}${number === null ? "" : "=N"}\` | ${documentation} |`,
    );
    expect(readme).toContain(rows.join("\n"));
  });

  it.each([
    ["fake", ""],
    ["fake-slow", "slow"],
    ["vendor/fake-429-retry=2", "429-retry=2"],
    ["us.anthropic.fake-stall", "stall"],
    ["gpt-4", ""],
    ["fakery-slow", ""],
  ])("model %s", (model, switches) => expect(switchesOfModel(model)).toBe(switches));

  it("marks in a prompt are read and not repeated", () => {
    const text = "a [[fake tools=2]] b [[fake slow]]";
    expect(switchesOfPrompt(text).trim().split(/\s+/)).toEqual(["tools=2", "slow"]);
    expect(withoutMarks(text)).toBe("a  b");
  });
});

const chat = (model: string, more: object = {}): string =>
  JSON.stringify({ model, messages: [{ role: "user", content: "Hello there" }], ...more });
const ask = (provider: FakeProvider, body: string, switches = "", path = "/v1/chat/completions") => {
  const response = provider.respond({ method: "POST", path, query: "", switches, body });
  return { ...response, text: Buffer.concat(response.steps.map(({ bytes }) => bytes)).toString() };
};

describe("the fake provider", () => {
  it("says the same to the same", () => {
    expect(ask(new FakeProvider(), chat("fake"))).toEqual(ask(new FakeProvider(), chat("fake")));
  });

  it("model, header and prompt each add to what was given at the start", () => {
    const provider = new FakeProvider({ dialects: [], switches: { latency: 7 } });
    const { steps } = ask(provider, chat("fake-tps=10", { stream: true }), "bytes=5");
    expect(steps[0]?.after).toBe(7);
    expect(steps.some(({ after }) => after === 100)).toBe(true);
    expect(steps.every(({ bytes }) => bytes.length <= 5)).toBe(true);
    expect(ask(provider, chat("fake-429"), "500").status).toBe(500);
  });

  it("fails so many times and then no more", () => {
    const provider = new FakeProvider();
    const statuses = [1, 2, 3, 4].map(() => ask(provider, chat("fake-429-times=2")).status);
    expect(statuses).toEqual([429, 429, 200, 200]);
  });

  it("a word that it does not know is told of, in the provider's own form", () => {
    const { status, text } = ask(new FakeProvider(), chat("fake-nonsense"));
    expect(status).toBe(400);
    expect(JSON.parse(text).error.message).toContain('knows no "nonsense"');
  });

  it("speaks only what it was started for", () => {
    const provider = new FakeProvider({ dialects: ["anthropic"], switches: {} });
    expect(ask(provider, chat("fake")).status).toBe(404);
    expect(ask(provider, chat("fake", { max_tokens: 5 }), "", "/v1/messages").status).toBe(200);
  });

  it.each(["", "null", "[]", "{", '{"messages":5}', "\u0000"])("%j throws nothing, at any path", (body) => {
    const paths = [
      "/v1/chat/completions",
      "/v1/responses",
      "/v1/messages",
      "/v1beta/models/fake:generateContent",
      "/api/chat",
      "/v2/chat",
      "/model/fake/converse",
      "/model/%zz/converse",
      "/v1/projects/p/locations/l/publishers/google/models/%zz:generateContent",
      "/v1/projects/p/locations/l/publishers/anthropic/models/%zz:rawPredict",
      "/openai/deployments/%zz/chat/completions",
      "/openai/v1/responses",
      "/",
    ];
    for (const path of paths) expect(ask(new FakeProvider(), body, "", path).status).toBeGreaterThanOrEqual(400);
  });

  it("calls tools for as many rounds as are wanted, then answers", () => {
    const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];
    const messages: object[] = [{ role: "user", content: "Go. [[fake tools rounds=2]]" }];
    const finishes: string[] = [];
    for (let round = 0; round < 3; round++) {
      const { choices } = JSON.parse(ask(new FakeProvider(), JSON.stringify({ model: "fake", messages, tools })).text);
      finishes.push(choices[0].finish_reason);
      messages.push(choices[0].message);
      for (const { id } of choices[0].message.tool_calls ?? [])
        messages.push({ role: "tool", tool_call_id: id, content: "rain" });
    }
    expect(finishes).toEqual(["tool_calls", "tool_calls", "stop"]);
    expect(messages.at(-1)).toMatchObject({ content: "The tool said: rain" });
  });

  it("is as strict as Bedrock", () => {
    const wrong = [
      { messages: [{ role: "assistant", content: [{ text: "a" }] }] },
      { messages: [{ role: "user", content: [{ text: " " }] }] },
      {
        messages: [
          { role: "user", content: [{ text: "a" }] },
          { role: "user", content: [{ text: "b" }] },
        ],
      },
      { messages: [{ role: "user", content: [{ toolResult: { toolUseId: "a", content: [] } }] }] },
    ];
    for (const body of wrong) {
      const { status, headers, text } = ask(new FakeProvider(), JSON.stringify(body), "", "/model/fake/converse");
      expect(bedrockProvider.readError(status ?? 0, headers, Buffer.from(text))).toMatchObject({
        class: "client",
        code: "ValidationException",
      });
    }
    const written = bedrockProvider.writeRequest(PLAIN_REQUEST, {
      model: "fake",
      base: "http://127.0.0.1:1",
      variant: "",
      settings: {},
    });
    expect("body" in written && ask(new FakeProvider(), written.body, "", written.target).status).toBe(200);
  });
});

describe("providers with paths of their own", () => {
  const PROJECT = "/v1/projects/p/locations/l/publishers";
  const post = (
    path: string,
    body: object,
    headers: { readonly [name: string]: string },
    dialects: FakeName[] = [],
  ) => {
    const provider = new FakeProvider({ dialects, switches: {} });
    const [place = "", query = ""] = path.split("?");
    const credentials = { headers, isToken: (token: string) => token === "good" };
    const asked = { method: "POST", path: place, query, switches: "", body: JSON.stringify(body), credentials };
    const { status, steps } = provider.respond(asked);
    return { status, body: JSON.parse(Buffer.concat(steps.map(({ bytes }) => bytes)).toString()) };
  };
  const token = { authorization: "Bearer good" };
  const contents = [{ role: "user", parts: [{ text: "Hello" }] }];
  const claude = {
    anthropic_version: "vertex-2023-10-16",
    max_tokens: 9,
    messages: [{ role: "user", content: "Hello" }],
  };

  it.each<[string, object, { readonly [name: string]: string }, number, object]>([
    [`${PROJECT}/google/models/fake:generateContent`, { contents }, token, 200, { candidates: [{}] }],
    [`${PROJECT}/google/models/fake:generateContent`, { contents }, {}, 401, { error: { status: "UNAUTHENTICATED" } }],
    [`${PROJECT}/google/models/fake-404:generateContent`, { contents }, token, 404, { error: { status: "NOT_FOUND" } }],
    [`${PROJECT}/google/models/fake:countTokens`, { contents }, token, 200, { totalTokens: 2 }],
    [`${PROJECT}/google/models/fake:countTokens`, { contents }, {}, 401, {}],
    [`${PROJECT}/anthropic/models/fake:rawPredict`, claude, token, 200, { type: "message" }],
    [`${PROJECT}/anthropic/models/fake:rawPredict`, { ...claude, stream: true }, token, 400, { type: "error" }],
    [`${PROJECT}/anthropic/models/fake:rawPredict`, { ...claude, model: "x" }, token, 400, { type: "error" }],
    [`${PROJECT}/anthropic/models/fake:rawPredict`, { ...claude, anthropic_version: "x" }, token, 400, {}],
    [
      `${PROJECT}/anthropic/models/fake-429:rawPredict`,
      claude,
      token,
      429,
      { error: { status: "RESOURCE_EXHAUSTED" } },
    ],
    [`${PROJECT}/anthropic/models/fake-overloaded:rawPredict`, claude, token, 529, { type: "error" }],
    ["/openai/deployments/fake/chat/completions?api-version=2024-10-21", { messages: [] }, { "api-key": "k" }, 200, {}],
    ["/openai/deployments/fake/chat/completions", { messages: [] }, { "api-key": "k" }, 404, {}],
    ["/openai/deployments/fake/chat/completions?api-version=2024-10-21", { messages: [] }, {}, 401, {}],
    [
      "/openai/deployments/fake/embeddings?api-version=2024-10-21",
      { input: "a" },
      { "api-key": "k" },
      200,
      { data: [{}] },
    ],
    ["/openai/deployments/fake-404/embeddings?api-version=2024-10-21", { input: "a" }, { "api-key": "k" }, 404, {}],
    ["/v1beta/models/fake-404:batchEmbedContents", { requests: [] }, {}, 404, {}],
    ["/v1beta/models/fake:embedContent", { content: contents[0] ?? {} }, {}, 200, { embedding: {} }],
  ])("%s %j %j: %d", (path, body, headers, status, answer) => {
    const told = post(path, body, headers);
    expect(told).toMatchObject({ status, body: answer });
  });

  it("belong to nobody else, and others' paths not to them", () => {
    expect(post(`${PROJECT}/google/models/fake:generateContent`, { contents }, token, ["gemini"]).status).toBe(404);
    expect(post("/v1beta/models/fake:generateContent", { contents }, token, ["vertex"]).status).toBe(404);
    expect(post("/v1beta/models/fake:countTokens", { contents }, token, ["vertex"]).status).toBe(404);
    const v1 = "/openai/v1/chat/completions";
    const asked = { model: "fake", messages: [] };
    expect(post(v1, asked, {}, ["azure"]).status).toBe(401);
    expect(post(v1, asked, { "api-key": "k" }, ["azure"]).status).toBe(200);
    expect(post(v1, asked, {}).status).toBe(200);
  });

  it.each<[string, FakeName[], { readonly [name: string]: string }, RegExp]>([
    ["/v1/models", [], {}, /^{"object":"list","data":\[{"id":"fake"/],
    ["/v1/models", [], { "anthropic-version": "2023-06-01" }, /"has_more":false/],
    ["/v1/models", ["anthropic"], {}, /"has_more":false/],
    ["/v1/models", ["cohere"], {}, /"context_length"/],
    ["/v1beta/models", [], {}, /"name":"models\/fake"/],
    ["/api/tags", [], {}, /"name":"fake","model":"fake"/],
    ["/foundation-models", [], {}, /"modelId":"fake"/],
    ["/openai/v1/models", ["azure"], {}, /^{"object":"list"/],
    ["/v1/models", ["vertex"], {}, /Nothing is here/],
  ])("the models at %s, of %j for %j", (path, dialects, headers, answer) => {
    const provider = new FakeProvider({ dialects, switches: {} });
    const credentials = { headers, isToken: () => false };
    const { steps } = provider.respond({ method: "GET", path, query: "", switches: "", body: "", credentials });
    expect(Buffer.concat(steps.map(({ bytes }) => bytes)).toString()).toMatch(answer);
  });
});

describe("the fake provider over HTTP", () => {
  let server: FakeServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });
  const start = async (): Promise<string> => {
    server = await startFakeProvider({ dialects: [], switches: {}, port: 0 });
    return `${server.origin}/v1/chat/completions`;
  };
  const post = (url: string, body: string, signal?: AbortSignal) =>
    fetch(url, { method: "POST", body, ...(signal === undefined ? {} : { signal }) });

  it("answers, whole and streamed, with waits", async () => {
    const url = await start();
    const whole = await post(url, chat("fake-latency=5"));
    expect(whole.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(await whole.text()).choices[0].message.content).toBe("Hello there");
    const streamed = await post(url, chat("fake-tps=500-bytes=7", { stream: true }));
    expect((await streamed.text()).trimEnd().endsWith("data: [DONE]")).toBe(true);
  });

  it("errors have the provider's status and fields", async () => {
    const response = await post(await start(), chat("fake-429-retry=3"));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
    await response.text();
  });

  it("connections break, or stand still until the client goes", async () => {
    const url = await start();
    await expect(post(url, chat("fake-reset", { stream: true })).then((response) => response.text())).rejects.toThrow();
    const cut = await post(url, chat("fake-cut", { stream: true }));
    expect(await cut.text()).not.toContain("[DONE]");
    const gone = new AbortController();
    const stalled = await post(url, chat("fake-stall", { stream: true }), gone.signal);
    const reader = stalled.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    gone.abort();
    await expect(reader?.read()).rejects.toThrow();
    const never = new AbortController();
    const hanging = post(url, chat("fake-hang"), never.signal);
    never.abort();
    await expect(hanging).rejects.toThrow();
  });

  it("a port that is taken is told of", async () => {
    await start();
    await expect(startFakeProvider({ dialects: [], switches: {}, port: server?.port ?? 0 })).rejects.toThrow(
      "EADDRINUSE",
    );
  });
});
