/**
 * Clients of models that mean harm or have no luck: they take nothing, leave all at once, send bodies that two readers read in two ways, and write paths, names and fields
 * that are meant for the provider. What reaches the provider, what stays in memory and what stays reserved is looked at from outside.
 */
import { connect, type Socket } from "node:net";
import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../../runtime/http/uws/loader.ts";
import { build, temporaryFolder, until } from "../../e2e/support.ts";
import { MessageReader } from "../message-reader.ts";
import { type RawServer, rawServer } from "../../fakes/raw-server.ts";
import { type ProbedGateway, probedGateway } from "../gateway-process.ts";

interface Asked {
  readonly line: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
  readonly socket: Socket;
}

const PAID = `key: secret("KEY"), price: { in: $1/Mtok, out: $2/Mtok }, max_output: 100tok, budget: $1000/day`;

const program = (transport: string, origin: string): string => `vgw 1
gateway clients { listen: http("127.0.0.1:0", transport: ${transport}), admin: http("127.0.0.1:0"), threads: 1, ledger: env("LEDGER"), limits: { body: 4MB } }
model chat { provider: openai("gpt"), url: "${origin}/v1", ${PAID}, silence: 1min, connections: 5000 }
model google { provider: gemini("gemini-x"), url: "${origin}/v1beta", ${PAID}, silence: 1min }
model told = choose(chat) { cost_headers: true }
route POST "/v1/chat/completions" open { forward told as openai.chat }
route POST "/google/{name}" open { forward google as gemini }
route POST "/cross/chat/completions" open { forward google as openai.chat }
`;

const CHUNK = `data: {"id":"1","object":"chat.completion.chunk","model":"gpt","choices":[{"index":0,"delta":{"content":"${"x".repeat(4000)}"}}]}\n\n`;
const ANSWER = `{"id":"1","object":"chat.completion","created":1,"model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}`;
const GOOGLE = `{"candidates":[{"content":{"role":"model","parts":[{"text":"hi"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5}}`;

const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

describe.runIf(existsSync("/proc/self/fd")).each(transports)("over the %s transport", (transport) => {
  const folder = temporaryFolder();
  let provider: RawServer;
  let gateway: ProbedGateway;
  let asked: Asked[] = [];
  let sent = 0;
  /** What is done with a request; by default it is answered at once. */
  let answer: ((one: Asked) => void) | null = null;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    provider = await rawServer((socket) => {
      let line = "";
      let fields: ReadonlyMap<string, string> = new Map();
      let body: Buffer[] = [];
      const reader = new MessageReader(
        {
          head: (first, names) => {
            line = first;
            fields = names;
            body = [];
          },
          data: (chunk) => void body.push(Buffer.from(chunk)),
          end: () => {
            const one = { line, fields, body: Buffer.concat(body).toString(), socket };
            asked.push(one);
            if (answer !== null) answer(one);
            else respond(socket, line.includes("gemini") ? GOOGLE : ANSWER);
          },
        },
        (_line, names) => Number(names.get("content-length") ?? 0),
      );
      socket.on("data", (data: Buffer) => reader.read(data));
    });
    const artifact = build(folder.path, program(transport, provider.origin));
    gateway = await probedGateway(artifact, { KEY: "sk-the-gateways-own", LEDGER: `${folder.path}/ledger` });
  }, 120_000);
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    asked = [];
    answer = null;
  });
  afterAll(async () => {
    await gateway?.stop();
    await provider?.stop();
    folder.remove();
  });

  function respond(socket: Socket, body: string): void {
    socket.write(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }

  /** Endless, as fast as it is taken. */
  function flood({ socket }: Asked): void {
    socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
    const piece = `${CHUNK.length.toString(16)}\r\n${CHUNK}\r\n`;
    const go = (): void => {
      while (!socket.destroyed && socket.writable) {
        sent += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on("drain", go);
    go();
  }

  const request = (path: string, body: string | Buffer, fields = "", version = "1.1"): Buffer =>
    Buffer.concat([
      Buffer.from(
        `POST ${path} HTTP/${version}\r\nhost: gateway.test\r\ncontent-type: application/json\r\n${fields}content-length: ${Buffer.byteLength(body)}\r\n\r\n`,
      ),
      Buffer.from(body),
    ]);

  async function open(): Promise<Socket> {
    const socket = connect({ port: gateway.port, host: "127.0.0.1" });
    sockets.push(socket);
    socket.on("error", () => {});
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return socket;
  }

  /** What comes back until there are so many answers, or the connection ends. */
  async function exchange(bytes: Buffer, answers = 1): Promise<string> {
    const socket = await open();
    let text = "";
    let closed = false;
    socket.on("data", (data: Buffer) => {
      text += data.toString("latin1");
    });
    socket.on("close", () => {
      closed = true;
    });
    socket.write(bytes);
    const whole = (): boolean => [...text.matchAll(/HTTP\/1\.[01] [2-5]\d\d[\s\S]*?\r\n\r\n[\s\S]/g)].length >= answers;
    await until(
      () => closed || whole(),
      () => `no answer: ${text}`,
    );
    return text;
  }

  const hello = (more = ""): string =>
    `{"model":"any","messages":[{"role":"user","content":"hello"}],"max_tokens":10${more}}`;

  /** In pico-units, of the budget of `chat`. */
  async function left(): Promise<string> {
    const text = await exchange(request("/v1/chat/completions", hello()));
    return /model-budget: "chat";left="([\d.]+) USD"/i.exec(text)?.[1] ?? `none: ${text}`;
  }

  async function spent(): Promise<number> {
    const { budgets } = JSON.parse(await (await fetch(`${gateway.admin}/usage?by=budget`)).text());
    return Number(budgets.find(({ budget }: { budget: string }) => budget === "chat")?.spent ?? 0);
  }

  async function quiet(): Promise<void> {
    await until(
      async () => {
        const metrics = await gateway.metrics();
        return metrics.get("vgw_requests_in_flight") === 0 && metrics.get("vgw_upstream_requests_in_flight") === 0;
      },
      () => "requests are in flight still",
      30_000,
    );
  }

  test("clients that take nothing hold their providers back, and cost bounded memory", {
    timeout: 120_000,
  }, async () => {
    answer = flood;
    const many = Number(process.env.VGW_SLOW_CLIENTS ?? 40);
    await left().catch(() => {});
    const before = await gateway.alive();
    sent = 0;
    for (let count = 0; count < many; count++) {
      const socket = await open();
      socket.pause();
      socket.write(request("/v1/chat/completions", hello(',"stream":true')));
    }
    await until(
      () => asked.length >= many,
      () => `${asked.length} were asked`,
      30_000,
    );
    // Nobody takes anything any more: what is sent comes to a stand.
    let last = -1;
    await until(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        const stands = sent === last;
        last = sent;
        return stands;
      },
      () => "it is sent without end",
      60_000,
    );
    const during = await gateway.alive();
    const kept = during.rss - before.rss;
    // The sockets' own buffers are the kernel's; of each stream the gateway holds a few hundred kilobytes at the most.
    expect(kept).toBeLessThan(50_000_000 + many * 300_000);
    for (const socket of sockets.splice(0)) socket.destroy();
    await quiet();
  });

  test("streams that are all left at once leave nothing reserved", { timeout: 120_000 }, async () => {
    const many = Number(process.env.VGW_LEAVING_CLIENTS ?? 300);
    answer = ({ socket }) => {
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${CHUNK.length.toString(16)}\r\n${CHUNK}\r\n`,
      );
    };
    const clients: Socket[] = [];
    for (let count = 0; count < many; count++) {
      const socket = await open();
      socket.write(request("/v1/chat/completions", hello(',"stream":true')));
      clients.push(socket);
    }
    await until(
      () => asked.length >= many,
      () => `${asked.length} were asked`,
      30_000,
    );
    const open_ = asked.map(({ socket }) => socket);
    for (const socket of clients) socket.destroy();
    await until(
      () => open_.every((socket) => socket.destroyed),
      () => `${open_.filter((socket) => !socket.destroyed).length} providers are not told`,
      30_000,
    );
    await quiet();
    answer = null;
    const rest = await left();
    await until(
      async () => (await spent()) > 0 && Math.abs(1000 - Number(rest) - (await spent())) < 1e-12,
      () => `${rest} is left`,
    );
  });

  test.each([
    [
      "a second model",
      '{"model":"any","model":"gpt-expensive","messages":[{"role":"user","content":"hello"}],"max_tokens":10}',
    ],
    ["a second cap", hello(',"max_tokens":1000000')],
    ["a second cap in escapes", hello(',"max\\u005ftokens":1000000')],
    ["a second role", '{"model":"any","messages":[{"role":"user","role":"system","content":"hello"}],"max_tokens":10}'],
    [
      "two contents",
      '{"model":"any","messages":[{"role":"user","content":"hello","content":[{"type":"text","text":"bye"}]}],"max_tokens":10}',
    ],
    ["__proto__", hello(',"__proto__":{"max_tokens":1000000,"model":"gpt-expensive"}')],
    ["constructor", hello(',"constructor":{"prototype":{"polluted":1}}')],
    [
      "__proto__ in a tool",
      hello(
        ',"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"__proto__":{"type":"string"}}}}}]',
      ),
    ],
    ["__proto__ in metadata", hello(',"metadata":{"__proto__":"x","constructor":"y"}')],
    ["toString for a role", '{"model":"any","messages":[{"role":"toString","content":"hello"}],"max_tokens":10}'],
  ])("%s: one meaning at most reaches the provider", async (_name, body) => {
    for (const path of ["/v1/chat/completions", "/cross/chat/completions"]) {
      asked = [];
      const text = await exchange(request(path, body));
      expect(text).toMatch(/^HTTP\/1\.1 (200|400)/);
      if (asked.length === 0) continue;
      const sentBody = asked[0]!.body;
      const read = JSON.parse(sentBody);
      if (path.startsWith("/v1")) {
        expect(sentBody.match(/"model"/g)).toHaveLength(1);
        expect(read.model).toBe("gpt");
        expect(read.max_tokens ?? read.max_completion_tokens).toBeLessThanOrEqual(100);
        expect(sentBody.match(/max\\?u?0?0?5?f?_?_tokens|max_(completion_)?tokens|max\\u005f/g)).toHaveLength(1);
        expect(sentBody.match(/"role"/g)).toHaveLength(1);
        expect(sentBody.match(/"content"/g)).toHaveLength(1);
      } else expect(read.generationConfig.maxOutputTokens).toBeLessThanOrEqual(100);
    }
    expect(Object.prototype).not.toHaveProperty("polluted");
  });

  test.each([
    [
      "no UTF-8",
      Buffer.concat([
        Buffer.from('{"model":"any","messages":[{"role":"user","content":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}],"max_tokens":10}'),
      ]),
    ],
    [
      "an overlong slash",
      Buffer.concat([
        Buffer.from('{"model":"any","messages":[{"role":"user","content":"'),
        Buffer.from([0xc0, 0xaf]),
        Buffer.from('"}],"max_tokens":10}'),
      ]),
    ],
    ["a raw NUL", Buffer.from('{"model":"any","messages":[{"role":"user","content":"a\0b"}],"max_tokens":10}')],
    ["nothing", Buffer.alloc(0)],
    ["half", Buffer.from('{"model":"any","mess')],
    ["two values", Buffer.from(`${hello()}${hello()}`)],
    ["nesting", Buffer.from(hello(`,"metadata":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`))],
    ["nested lists", Buffer.from(hello(`,"tools":${"[".repeat(100_000)}${"]".repeat(100_000)}`))],
    ["a mark of order", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from("[]")])],
    [
      "a hundred thousand unknown members",
      Buffer.from(`{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":1`).join()}}`),
    ],
  ])("%s is refused in the client's dialect, and is not sent", async (_name, body) => {
    const text = await exchange(request("/v1/chat/completions", body));
    expect(text).toMatch(/^HTTP\/1\.1 400/);
    expect(text).toContain('"error":{"message":');
    expect(asked).toEqual([]);
  });

  test("a lone surrogate, and an escaped NUL, arrive as they were sent", async () => {
    const text = await exchange(request("/v1/chat/completions", hello().replace("hello", "\\ud800 \\u0000")));
    expect(text).toMatch(/^HTTP\/1\.1 200/);
    expect(JSON.parse(asked[0]!.body).messages[0].content).toBe("\ud800 \u0000");
  });

  test("a body beyond the limit is refused, however it is announced", async () => {
    const large = "x".repeat(5_000_000);
    const plain = await exchange(request("/v1/chat/completions", hello(`,"user":"${large}"`)));
    expect(plain).toMatch(/^HTTP\/1\.1 413/);
    expect(asked).toEqual([]);
  });

  test("names in bodies, paths and fields do not get into the provider's URL or head", async () => {
    const evil = [
      "../../admin",
      "x?key=1",
      "x#y",
      "a\\r\\nx-evil: 1",
      "a b",
      "gpt:generateContent?alt=sse",
      "@evil.test/x",
    ];
    for (const name of evil) {
      await exchange(
        request(
          "/v1/chat/completions",
          hello().replace("any", name),
          `x-model: ${name.replaceAll("\\", "")}\r\nx-openai-organization: evil\r\nopenai-organization: evil\r\nauthorization: Bearer evil\r\n`,
        ),
      );
      await exchange(request("/cross/chat/completions", hello().replace("any", name)));
    }
    const body = '{"contents":[{"role":"user","parts":[{"text":"hello"}]}],"generationConfig":{"maxOutputTokens":10}}';
    for (const name of ["..%2f..%2fadmin", "x%3fkey=1", "x%0d%0ax-evil:%201", "a%00b", "x%23y", "%2e%2e", "x:y"]) {
      await exchange(request(`/google/${name}:generateContent`, body));
      await exchange(
        request(
          `/google/models%2f${name}:generateContent?key=evil&alt=json&$fields=x`,
          body,
          "x-goog-api-key: evil\r\n",
        ),
      );
    }
    const lines = new Set(asked.map(({ line }) => line));
    for (const line of lines)
      expect(["POST /v1/chat/completions HTTP/1.1", "POST /v1beta/models/gemini-x:generateContent HTTP/1.1"]).toContain(
        line,
      );
    const fields = new Set(asked.flatMap(({ fields }) => [...fields.keys()]));
    expect([...fields].sort()).toEqual(
      [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "traceparent",
        "x-goog-api-key",
      ].sort(),
    );
    for (const { fields } of asked) expect([...fields.values()].join("\n")).not.toContain("evil");
    for (const { body } of asked) expect(body).not.toMatch(/"model":"(?!gpt")/);
  });

  test("requests behind one another on one connection are answered in order, or the connection ends", async () => {
    const words = ["first", "second", "third"];
    const text = await exchange(
      Buffer.concat(words.map((word) => request("/v1/chat/completions", hello().replace("hello", word)))),
      3,
    );
    const answers = text.match(/HTTP\/1\.1 200/g)?.length ?? 0;
    // uWebSockets.js ends a connection on which one comes while another is under way.
    if (transport === "strict") expect(answers).toBe(3);
    await quiet();
    const said = asked.map(({ body }) => JSON.parse(body).messages[0].content);
    expect(said).toEqual(words.slice(0, said.length));
  });

  test("a client that waits for 100 gets it, or its answer", async () => {
    const whole = request("/v1/chat/completions", hello(), "expect: 100-continue\r\n");
    const socket = await open();
    let text = "";
    socket.on("data", (data: Buffer) => {
      text += data.toString();
    });
    const head = whole.indexOf("\r\n\r\n") + 4;
    socket.write(whole.subarray(0, head));
    // Some wait for a second at most, some for ever.
    await until(
      () => text !== "",
      () => "nothing",
      3000,
    ).catch(() => {});
    const told = text;
    socket.write(whole.subarray(head));
    await until(
      () => /HTTP\/1\.1 (200|417)/.test(text),
      () => `no answer: ${text}`,
    );
    expect(told, `${transport} says nothing to Expect: 100-continue`).toMatch(/^HTTP\/1\.1 (100|417)/);
  });

  test("half a body, and nothing more, is a client that left", async () => {
    const whole = request("/v1/chat/completions", hello());
    const socket = await open();
    socket.write(whole.subarray(0, whole.length - 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await quiet();
    expect(asked).toEqual([]);
  });

  // uWebSockets.js speaks no HTTP/1.0.
  test.runIf(transport === "strict")("HTTP/1.0: a stream ends with its connection", async () => {
    const text = await exchange(request("/v1/chat/completions", hello(',"stream":true'), "", "1.0"));
    expect(text).toMatch(/^HTTP\/1\.[01] 200/);
    expect(text).not.toMatch(/^transfer-encoding/im);
  });

  test("the log holds no word and no key of it", () => {
    const found = /hello|sk-the-gateways|Bearer evil|gpt-expensive|uncaught|supervisor\.restart/.exec(
      gateway.running.output(),
    );
    expect(found?.[0]).toBeUndefined();
  });
});
