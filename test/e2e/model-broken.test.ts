/**
 * Providers that stall before their first token, in the middle, break off, or die within a tool call: from a program's text to real sockets, in every client's
 * dialect, streamed and not. What the client sees is what the program declared, and the ledger has what was used.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import type { ModelAnswer } from "../../runtime/model/canonical/answer.ts";
import type { ModelError } from "../../runtime/model/canonical/error.ts";
import { EMPTY_REQUEST } from "../../runtime/model/canonical/request.ts";
import type { ClientDialectName } from "../../runtime/model/dialect/dialect.ts";
import { type FakeServer, startFakeProvider } from "../../runtime/model/fake/index.ts";
import { CLIENTS, readStream } from "../models/clients.ts";
import { type GatewayHere, codeOf, recordsIn, startCode } from "./in-process.ts";

/** A path for each dialect behind that of a choice. */
const PATHS: { readonly [Name in ClientDialectName]: readonly [route: string, form: string] } = {
  "openai-chat": ["chat/completions", "openai.chat"],
  "openai-responses": ["responses", "openai.responses"],
  anthropic: ["v1/messages", "anthropic.messages"],
  gemini: ["v1beta/models/{name}", "gemini"],
};

/** Those that are asked alone end with an error; the others are gone on with. */
const ALONE = ["quiet", "stall", "reset", "half"];
const POOLS = ["first", "middle", "dead", "tool"];

/** Short where nothing comes, long where something does. */
const PAID = `key: secret("KEY"), price: { in: $1/Mtok, out: $2/Mtok }, budget: $100/day, max_output: 50tok`;
const BROKEN = `${PAID}, silence: 300ms, total: 3s`;

const program = (fake: string): string => `vgw 1
gateway edge { listen: http("127.0.0.1:0"), admin: http("127.0.0.1:0") }
model quiet { provider: openai("fake-quiet"), url: "${fake}/v1", ${PAID}, first_token: 300ms, total: 600ms }
model stall { provider: anthropic("fake-stall-words=20"), url: "${fake}", ${BROKEN} }
model reset { provider: gemini("fake-reset-words=20"), url: "${fake}/v1beta", ${BROKEN} }
model half  { provider: openai("fake-tools-half"), url: "${fake}/v1", ${BROKEN} }
model spare { provider: anthropic("fake-words=3"), url: "${fake}", ${PAID} }
model calls { provider: gemini("fake-tools"), url: "${fake}/v1beta", ${PAID} }
model first  = choose(quiet) { fallback: [spare] }
model middle = choose(stall) { fallback: [spare], broken: continue, saying: "[…]" }
model dead   = choose(reset) { fallback: [quiet, spare], broken: continue }
model tool   = choose(half)  { fallback: [calls], broken: continue }
${[...ALONE, ...POOLS]
  .flatMap((name) =>
    Object.values(PATHS).map(([path, form]) => `route POST "/${name}/${path}" open { forward ${name} as ${form} }`),
  )
  .join("\n")}
`;

const TOOL = {
  name: "weather",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

describe.each(transports)("over the %s transport", (transport) => {
  let fake: FakeServer;
  let gateway: GatewayHere;
  const logs: { readonly [field: string]: unknown }[] = [];
  const files = mkdtempSync(join(tmpdir(), "vgw-broken-"));

  beforeAll(async () => {
    fake = await startFakeProvider({ dialects: [], switches: {}, port: 0 });
    const code = await codeOf(program(fake.origin));
    gateway = await startCode(code, transport, {
      environment: { KEY: "sk-test" },
      files,
      write: (lines) => logs.push(...recordsIn(lines)),
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close(0);
    await fake?.close();
    rmSync(files, { recursive: true, force: true });
  });

  interface Seen {
    readonly status: number;
    readonly raw: string;
    readonly answer: ModelAnswer | ModelError | null;
  }

  async function ask(name: string, dialect: ClientDialectName, stream: boolean): Promise<Seen> {
    const client = CLIENTS.get(dialect)!;
    const question = { text: "Hello there, how are you?", tools: [TOOL], stream };
    const request = { ...EMPTY_REQUEST, stream };
    const [path] = PATHS[dialect];
    const action = stream ? "m:streamGenerateContent?alt=sse" : "m:generateContent";
    const response = await fetch(
      `http://127.0.0.1:${gateway.listeners[0]?.port}/${name}/${path.replace("{name}", action)}`,
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(client.body(question)),
      },
    );
    const raw = await response.text();
    const { status } = response;
    if (status !== 200)
      return { status, raw, answer: client.reader.readError(status, [...response.headers].flat(), Buffer.from(raw)) };
    if (stream) expect(client.terminators(raw), raw).toBe(1);
    const answer = stream ? readStream(client, request, raw) : client.reader.readAnswer(Buffer.from(raw), request);
    return { status, raw, answer };
  }

  const textOf = (answer: Seen["answer"]): string =>
    answer !== null && "parts" in answer
      ? answer.parts.map((part) => (part.type === "text" ? part.text : "")).join("")
      : JSON.stringify(answer);

  describe.concurrent.each(Object.keys(PATHS) as ClientDialectName[])("a client of %s", (dialect) => {
    test("alone: an error in its dialect, by its status or within the stream", async () => {
      const kinds = await Promise.all(
        ALONE.map(async (name) => {
          const [streamed, whole] = await Promise.all([ask(name, dialect, true), ask(name, dialect, false)]);
          expect(whole.status, name).toBeGreaterThanOrEqual(502);
          expect(whole.answer).toHaveProperty("class");
          expect(streamed.answer).toHaveProperty("class");
          return [name, streamed.status] as const;
        }),
      );
      // Nothing was sent before the first token, so that it could still have a status.
      expect(kinds).toEqual([
        ["quiet", 504],
        ["stall", 200],
        ["reset", 200],
        ["half", 200],
      ]);
    });

    test("before the first token: another model's answer", async () => {
      for (const stream of [true, false]) {
        const { status, answer } = await ask("first", dialect, stream);
        expect(status).toBe(200);
        expect(textOf(answer).split(" ")).toHaveLength(3);
      }
    });

    test("in the middle: the next one goes on, told apart where the program says so", async () => {
      const { answer, raw } = await ask("middle", dialect, true);
      const [before, behind, more] = textOf(answer).split("[…]");
      expect(before?.split(" ").length).toBeGreaterThan(3);
      expect(behind?.split(" ")).toHaveLength(3);
      expect(more).toBeUndefined();
      expect(raw).toContain("continued");
      expect(answer).toMatchObject({ stop: { reason: "end" } });
      // The one that broke off had told what it read.
      const alone = await ask("first", dialect, true);
      const read = ({ answer: given }: Seen): number =>
        given !== null && "parts" in given ? (given.usage?.input ?? 0) : 0;
      if (dialect !== "openai-chat") expect(read({ status: 200, raw, answer })).toBeGreaterThan(read(alone));
    });

    test("a connection that breaks; the first that is to go on does not", async () => {
      const { answer } = await ask("dead", dialect, true);
      expect(answer).toHaveProperty("parts");
      expect(textOf(answer).split(" ").length).toBeGreaterThan(5);
    });

    test("half a tool call never arrives; the next one makes it anew", async () => {
      const { answer, raw } = await ask("tool", dialect, true);
      if (answer === null || !("parts" in answer)) throw new Error(raw);
      const made = answer.parts.filter((part) => part.type === "tool-call");
      expect(made).toHaveLength(1);
      expect(JSON.parse(made[0]!.arguments)).toHaveProperty("city");
      expect(answer.stop.reason).toBe("tool-calls");
    });
  });

  test("the log and the metrics tell of it", async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/metrics`)).text();
    expect(metrics).toMatch(/vgw_model_continuations_total\{model="spare"\} 8\b/);
    expect(metrics).toMatch(/vgw_model_continuations_total\{model="calls"\} 4\b/);
    expect(logs.find(({ continuations, model }) => continuations === 1 && model === "calls")).toBeDefined();
  });

  test("each that was asked is paid for: exactly what it told, or what was reserved", async () => {
    const usage = await (await fetch(`http://127.0.0.1:${gateway.admin?.port}/usage?by=model`)).json();
    const rows = new Map<string, { readonly [name: string]: unknown }>();
    for (const row of (usage as { readonly usage: { readonly model: string }[] }).usage)
      rows.set(row.model, { ...row });
    // Alone streamed and whole, and the first of a choice, per dialect.
    expect(rows.get("quiet")).toMatchObject({ calls: 4 * (2 + 3 + 1), inexactCalls: 4 * (2 + 3 + 1) });
    expect(rows.get("stall")).toMatchObject({ calls: 4 * (2 + 1), inexactCalls: 4 * (2 + 1) });
    expect(rows.get("reset")).toMatchObject({ calls: 4 * (2 + 1), inexactCalls: 4 * (2 + 1) });
    expect(rows.get("half")).toMatchObject({ calls: 4 * (2 + 1), inexactCalls: 4 * (2 + 1) });
    expect(rows.get("spare")).toMatchObject({ calls: 4 * (3 + 1 + 1), inexactCalls: 0 });
    expect(rows.get("calls")).toMatchObject({ calls: 4, inexactCalls: 0 });
    for (const row of rows.values()) expect(Number(row.cost)).toBeGreaterThan(0);
  });
});
