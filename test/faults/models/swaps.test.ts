/**
 * Other programs and kills in the middle of streams: prices change, budgets get other names, models go, providers speak another dialect. No stream breaks at a swap, each call costs what
 * the program asks under which it began, and whatever dies when, the ledger, its budgets and what is left agree to the last digit.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../../runtime/http/uws/loader.ts";
import { build, type Running, startArtifact, temporaryFolder, until } from "../../e2e/support.ts";
import { onRequest, type RawServer, rawServer } from "../../fakes/raw-server.ts";
import { Random } from "../../fakes/random.ts";
import { pico } from "./books.ts";

const TOKEN = "an-admin-token";
const LIMIT = 1000;
/** Micro-units for a million tokens in; out costs twice that. */
const PRICES = { first: 1, second: 3, third: 7 } as const;
type Name = keyof typeof PRICES;

const program = (name: Name, transport: string, origin: string): string => {
  const price = PRICES[name];
  const paid = `key: secret("KEY"), price: { in: $${price}/Mtok, out: $${2 * price}/Mtok }, max_output: 50tok, silence: 1min, first_token: 1min`;
  const provider = name === "third" ? `anthropic("m"), url: "${origin}"` : `openai("m"), url: "${origin}/v1"`;
  const gone = name === "first" ? `model gone { provider: openai("gone"), url: "${origin}/v1", ${paid} }` : "";
  return `vgw 1
gateway swapped { listen: http("127.0.0.1:0", transport: ${transport}), admin: http("127.0.0.1:0", token: secret("TOKEN")), threads: ${transport === "fast" ? 2 : 1}, ledger: env("LEDGER") }
model ${name} { provider: ${provider}, ${paid}, budget: $${LIMIT}/day }
${gone}
model told = choose(${name}) { cost_headers: true${name === "first" ? ", fallback: [gone]" : ""} }
route POST "/v1/chat/completions" open { ${name === "first" ? "" : `budget $${LIMIT}/day by request.path\n `}forward told as openai.chat }
`;
};

const { native } = loadNative();
const transports = native === null ? (["strict"] as const) : (["strict", "fast"] as const);

describe.runIf(existsSync("/proc/self/fd")).each(transports)("over the %s transport", (transport) => {
  const folder = temporaryFolder();
  const folders = { first: temporaryFolder(), second: temporaryFolder(), third: temporaryFolder() };
  const artifacts: { [Each in Name]?: string } = {};
  const hashes = new Map<string, Name>();
  let provider: RawServer;
  /** Streams under way at the provider, to be ended. */
  const waiting: (() => void)[] = [];
  let asked = 0;
  let patient = true;

  beforeAll(async () => {
    provider = await rawServer((socket) => onRequest(socket, (request) => answer(socket, request)));
    for (const name of ["first", "second", "third"] as const) {
      const artifact = build(folders[name].path, program(name, transport, provider.origin));
      artifacts[name] = artifact;
      const { hash } = JSON.parse(readFileSync(`${artifact}/manifest.json`, "utf8"));
      hashes.set(String(hash).slice(0, 12), name);
    }
  }, 180_000);
  afterAll(async () => {
    await provider?.stop();
    for (const one of [folder, ...Object.values(folders)]) one.remove();
  });

  /** The first half at once, the rest when it is told to. Each stream has a usage of its own. */
  function answer(socket: Socket, request: string): void {
    asked++;
    const number = asked;
    const claude = request.startsWith("POST /v1/messages");
    const events = claude ? messages(number) : chunks(number);
    const half = events.length >> 1;
    const piece = (texts: readonly string[]): string => {
      const text = texts.join("");
      return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    };
    socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
    socket.write(piece(events.slice(0, half)));
    const rest = (): void => void socket.write(`${piece(events.slice(half))}0\r\n\r\n`);
    if (patient) waiting.push(rest);
    else setTimeout(rest, number % 40);
  }

  const read = async (response: Response): Promise<string> => {
    expect(response.status).toBe(200);
    return response.text();
  };
  const ask = (port: number): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"model":"m","messages":[{"role":"user","content":"hello"}],"stream":true}',
    });
  const adminOf = (running: Running): string =>
    `http://127.0.0.1:${/"admin":\{[^}]*"port":(\d+)/.exec(running.output())?.[1]}`;
  const admin = async (running: Running, path: string, body?: object): Promise<Response> =>
    fetch(adminOf(running) + path, {
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    });

  interface Books {
    readonly usage: readonly {
      readonly model: string;
      readonly cost: string;
      readonly calls: number;
      readonly inexactCalls: number;
    }[];
    readonly budgets: readonly { readonly budget: string; readonly spent: string }[];
  }
  const books = async (running: Running): Promise<Books> => {
    const usage = JSON.parse(await (await admin(running, "/usage?by=model")).text());
    const budgets = JSON.parse(await (await admin(running, "/usage?by=budget")).text());
    return { usage: usage.usage, budgets: budgets.budgets };
  };
  const sum = (amounts: readonly string[]): bigint => amounts.reduce((all, one) => all + pico(one), 0n);

  test("streams of three programs at once: none breaks, each costs what its own asks", {
    timeout: 120_000,
  }, async () => {
    const env = { KEY: "sk-x", TOKEN, LEDGER: `${folder.path}/swaps` };
    const running = await startArtifact(artifacts.first!, [], env);
    try {
      const streams: Promise<string>[] = [];
      const order: readonly Name[] = ["first", "second", "third", "first", "third", "second", "first"];
      for (const [at, name] of order.entries()) {
        if (at > 0) {
          const swapped = await admin(running, "/generations", { folder: artifacts[name] });
          expect(swapped.status, await swapped.clone().text()).toBe(200);
        }
        const before = waiting.length;
        for (let count = 0; count < 15; count++) streams.push(ask(running.port).then(read));
        // All of them have begun at the provider, and none has ended.
        await until(
          () => waiting.length === before + 15,
          () => `${waiting.length} of ${before + 15} wait`,
        );
      }
      for (const rest of waiting.splice(0)) rest();
      const texts = await Promise.all(streams);
      for (const text of texts) {
        expect(text).toContain('"content":"half and "');
        expect(text).toContain('"content":"whole"');
        expect(text.match(/^data: \[DONE\]$/gm)).toHaveLength(1);
        expect(text).not.toContain('"error"');
      }
      const records = (): { readonly [field: string]: unknown }[] =>
        running
          .output()
          .split("\n")
          .filter((line) => line.includes('"message":"request"'))
          .map((line) => JSON.parse(line));
      await until(
        () => records().length === streams.length,
        () => `${records().length} records`,
      );
      const seen = new Map<unknown, number>();
      for (const record of records()) {
        const name = record.model as Name;
        seen.set(name, (seen.get(name) ?? 0) + 1);
        expect(hashes.get(String(record.generation)) ?? name).toBe(name);
        const price = BigInt(PRICES[name]) * 1_000_000n;
        const cost = String(record.cost);
        expect(cost).toMatch(/^[\d.]+ USD$/);
        expect(pico(cost.split(" ")[0]!)).toBe(
          price * BigInt(Number(record.tokens_in)) + 2n * price * BigInt(Number(record.tokens_out)),
        );
      }
      expect([...seen.entries()].sort()).toEqual([
        ["first", 45],
        ["second", 30],
        ["third", 30],
      ]);
      const logged = sum(records().map(({ cost }) => String(cost).split(" ")[0]!));
      await until(
        async () => sum((await books(running)).usage.map(({ cost }) => cost)) === logged,
        () => "the ledger does not have what the log has",
      );
      const { usage, budgets } = await books(running);
      for (const { model, cost } of usage) expect(budgets.find(({ budget }) => budget === model)?.spent).toBe(cost);
    } finally {
      await running.stop();
    }
  });

  test("killed at random moments, with clients that leave: the books agree to the last digit", {
    timeout: 240_000,
  }, async () => {
    patient = false;
    const env = { KEY: "sk-x", TOKEN, LEDGER: `${folder.path}/kills` };
    const random = new Random(Number(process.env.VGW_FAULTS_SEED ?? 1), 9);
    const before = asked;
    let told = 0;
    for (let round = 0; round < Number(process.env.VGW_KILLS ?? 5); round++) {
      const running = await startArtifact(artifacts[random.pick(["first", "second", "third"] as const)]!, [], env);
      let alive = true;
      const client = async (): Promise<void> => {
        while (alive) {
          const leaving = new AbortController();
          if (random.chance(0.3)) setTimeout(() => leaving.abort(), random.below(40));
          try {
            const response = await fetch(`http://127.0.0.1:${running.port}/v1/chat/completions`, {
              method: "POST",
              signal: leaving.signal,
              headers: { "content-type": "application/json" },
              body: '{"model":"m","messages":[{"role":"user","content":"hello"}],"stream":true}',
            });
            if ((await response.text()).includes("[DONE]")) told++;
          } catch {
            // It left, or the gateway was killed.
          }
        }
      };
      const clients = Array.from({ length: 30 }, client);
      await new Promise((resolve) => setTimeout(resolve, random.between(100, 700)));
      kill(running);
      alive = false;
      await Promise.all(clients);
    }
    const running = await startArtifact(artifacts.first!, [], env);
    try {
      const { usage, budgets } = await books(running);
      const calls = usage.reduce((all, one) => all + one.calls, 0);
      const inexact = usage.reduce((all, one) => all + one.inexactCalls, 0);
      // Each is written down before it is sent; those of the turn in which a kill came may never have been.
      expect(calls).toBeGreaterThanOrEqual(asked - before);
      expect(calls - inexact).toBeGreaterThanOrEqual(told);
      for (const { model, cost } of usage)
        expect(sum([budgets.find(({ budget }) => budget === model)?.spent ?? "0"])).toBe(pico(cost));
      // Nothing is reserved for the dead.
      const one = await (await ask(running.port)).text();
      expect(one).toContain("[DONE]");
      const text = await fetch(`http://127.0.0.1:${running.port}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"model":"m","messages":[{"role":"user","content":"hello"}],"stream":true}',
      }).then((response) => response.text());
      expect(text).toMatch(/^: model-cost: [\d.]+ USD$/m);
    } finally {
      await running.stop();
    }
  });
});

/** The supervisor first, which would start another one. */
function kill({ child }: Running): void {
  const pid = child.pid!;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  process.kill(pid, "SIGKILL");
  for (const one of children) if (one !== "") process.kill(Number(one), "SIGKILL");
}

function chunks(number: number): readonly string[] {
  const event = (value: object): string =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", ...value })}\n\n`;
  const delta = (value: object, finish: string | null = null): string =>
    event({ choices: [{ index: 0, delta: value, finish_reason: finish }] });
  return [
    delta({ role: "assistant", content: "" }),
    delta({ content: "half and " }),
    delta({ content: "whole" }),
    delta({}, "stop") +
      event({ choices: [], usage: { prompt_tokens: number, completion_tokens: 3, total_tokens: number + 3 } }) +
      "data: [DONE]\n\n",
  ];
}

function messages(number: number): readonly string[] {
  const event = (value: { readonly type: string }): string =>
    `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
  const text = (said: string): string =>
    event({ type: "content_block_delta", ...{ index: 0, delta: { type: "text_delta", text: said } } });
  const message = { id: "m", type: "message", role: "assistant", model: "m", content: [], stop_reason: null };
  return [
    event({ type: "message_start", ...{ message: { ...message, usage: { input_tokens: number, output_tokens: 1 } } } }),
    event({ type: "content_block_start", ...{ index: 0, content_block: { type: "text", text: "" } } }) +
      text("half and "),
    text("whole"),
    event({ type: "content_block_stop", ...{ index: 0 } }) +
      event({ type: "message_delta", ...{ delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } } }) +
      event({ type: "message_stop" }),
  ];
}
