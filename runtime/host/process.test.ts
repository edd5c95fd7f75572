/** `node gateway.mjs` as operators run it: threads, restarts, drains, signals, swaps, with real processes and sockets. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canShareAddress } from "../http/node/share-address.ts";
import { writeFolder } from "./testing/artifact-folder.ts";
import { bundleText, TEST_GATEWAY, type TestBundle } from "./testing/bundle.ts";
import { fast, NATIVE, serving, useGatewayProcesses } from "./testing/gateway-processes.ts";
import { listenersOf } from "./testing/gateway-run.ts";

const { folderOf, run } = useGatewayProcesses();

/** Answers "/slow" after a while, everything else at once. */
const slow =
  'if (exchange.path === "/slow") setTimeout(() => exchange.respond(200, [], "TEXT"), 700); else exchange.respond(200, [], "TEXT");';

describe("node gateway.mjs", () => {
  it("serves from a copied folder, and ends with 0 after SIGTERM", async () => {
    const gateway = run(await folderOf({ text: "alone" }));
    const url = await serving(gateway);
    expect(await (await fetch(url)).text()).toBe("alone");
    gateway.process.kill("SIGTERM");
    expect(await gateway.ended).toBe(0);
  });

  it.skipIf(!canShareAddress)("serves with several threads on the strict transport", async () => {
    const gateway = run(await folderOf({ text: "many", gateway: { threads: 2 } }));
    const started = await gateway.seen("start.serving");
    expect(started).toMatchObject({ threads: 2, listeners: [{ transport: "strict" }] });
    const url = `http://127.0.0.1:${listenersOf(started)[0]?.port}`;
    const answers = await Promise.all(Array.from({ length: 40 }, async () => (await fetch(url)).text()));
    expect(new Set(answers)).toEqual(new Set(["many"]));
    gateway.process.kill("SIGTERM");
    expect(await gateway.ended).toBe(0);
  });

  it("serves both transports with several threads", async () => {
    const listen = [...fast.listen, ...TEST_GATEWAY.listen];
    const gateway = run(await folderOf({ text: "both", gateway: { listen, threads: 2 } }), [], NATIVE);
    const listeners = listenersOf(await gateway.seen("start.serving"));
    expect(listeners.map(({ transport }) => transport)).toEqual(["fast", "strict"]);
    for (const { port } of listeners) {
      const asked = Array.from({ length: 10 }, async () => (await fetch(`http://127.0.0.1:${port}`)).text());
      expect(new Set(await Promise.all(asked))).toEqual(new Set(["both"]));
    }
  });

  it("serves with several threads on one port", async () => {
    const gateway = run(await folderOf({ text: "many", gateway: { ...fast, threads: 2 } }), [], NATIVE);
    const started = await gateway.seen("start.serving");
    expect(started).toMatchObject({ threads: 2, transports: { fast: expect.stringContaining("uWebSockets.js") } });
    const url = `http://127.0.0.1:${listenersOf(started)[0]?.port}`;
    const answers = await Promise.all(Array.from({ length: 40 }, async () => (await fetch(url)).text()));
    expect(new Set(answers)).toEqual(new Set(["many"]));
    gateway.process.kill("SIGTERM");
    expect(await gateway.ended).toBe(0);
  });

  it("starts again when the serving process aborts, and says why", async () => {
    const handle = 'if (exchange.path === "/abort") process.abort(); exchange.respond(200, [], "ok");';
    const gateway = run(await folderOf({ handle }));
    const url = await serving(gateway);
    await expect(fetch(`${url}/abort`)).rejects.toThrow();
    expect(await gateway.seen("supervisor.restart")).toMatchObject({ level: "error", signal: "SIGABRT" });
    expect(await (await fetch(await serving(gateway))).text()).toBe("ok");
  });

  it("goes on with the program that served last, whatever lies in its folder by then", async () => {
    const handle = 'if (exchange.path === "/abort") process.abort(); exchange.respond(200, [], "TEXT");';
    const folder = await folderOf({ handle: handle.replace("TEXT", "one") });
    const gateway = run(folder);
    const url = await serving(gateway);
    await gateway.seen("generation.serving");
    await writeFolder(folder, bundleText({ handle: handle.replace("TEXT", "two") }));
    gateway.process.kill("SIGHUP");
    const { hash } = await gateway.seen("generation.serving");
    // Back and forth, of which the supervisor only hears the names.
    for (const text of ["one", "two"]) {
      await writeFolder(folder, bundleText({ handle: handle.replace("TEXT", text) }));
      gateway.process.kill("SIGHUP");
      await gateway.seen("generation.serving");
    }
    await writeFile(join(folder, "bundle.cjs"), "half a copy");
    await expect(fetch(`${url}/abort`)).rejects.toThrow();
    expect(await gateway.seen("supervisor.restart")).toMatchObject({ program: hash });
    expect(await (await fetch(await serving(gateway))).text()).toBe("two");
  });

  it("goes back to what lies in its folder when the program that served last does not start any more", async () => {
    const handle = 'if (exchange.path === "/abort") process.abort(); exchange.respond(200, [], "two");';
    const folder = await folderOf({ text: "one" });
    const gateway = run(folder);
    const url = await serving(gateway);
    await gateway.seen("generation.serving");
    const flag = join(folder, "flag");
    const load = `if (process.getBuiltinModule("node:fs").existsSync(${JSON.stringify(flag)})) throw new Error("no more");`;
    await writeFolder(folder, bundleText({ handle, load }));
    gateway.process.kill("SIGHUP");
    await gateway.seen("generation.serving");
    await writeFolder(folder, bundleText({ text: "one" }));
    await writeFile(flag, "");
    await expect(fetch(`${url}/abort`)).rejects.toThrow();
    await gateway.seen("supervisor.restart");
    expect(await gateway.seen("supervisor.restart")).toMatchObject({ program: null });
    expect(await (await fetch(await serving(gateway))).text()).toBe("one");
  });

  it.each([1, 2])("starts again when one of %d threads hangs, and says why", async (threads) => {
    const handle = 'if (exchange.path === "/hang") for (;;); exchange.respond(200, [], "ok");';
    const gateway = run(await folderOf({ handle, gateway: { ...fast, threads } }), ["--hang-limit", "2.5"], NATIVE);
    const url = await serving(gateway);
    await expect(fetch(`${url}/hang`)).rejects.toThrow();
    const reason = threads === 1 ? "no heartbeat for 2500 ms" : expect.stringContaining("no sign of life for 2500 ms");
    expect(await gateway.seen("supervisor.restart")).toMatchObject({ signal: "SIGKILL", reason });
    expect(await (await fetch(await serving(gateway))).text()).toBe("ok");
  });

  it("tells what is known, and which thread does not answer, while one hangs", async () => {
    const handle = 'if (exchange.path === "/hang") for (;;); exchange.respond(200, [], "ok");';
    const admin = { address: "127.0.0.1", port: 0, token: null };
    const settings = { ...fast, threads: 2, admin };
    const gateway = run(await folderOf({ handle, gateway: settings }), ["--hang-limit", "60"], NATIVE);
    const started = await gateway.seen("start.serving");
    const { port } = started.admin as { port: number };
    const look = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(JSON.parse(await look("/status"))).toMatchObject({ silent: [], threads: [{ thread: 0 }, { thread: 1 }] });
    expect(await look("/metrics")).toMatch(/vgw_thread_answers\{thread="0"\} 1\nvgw_thread_answers\{thread="1"\} 1\n/);

    const left = new AbortController();
    const hanging = fetch(`http://127.0.0.1:${listenersOf(started)[0]?.port}/hang`, { signal: left.signal });
    await expect.poll(async () => JSON.parse(await look("/status")).silent, { timeout: 20_000 }).toHaveLength(1);
    const status = JSON.parse(await look("/status"));
    const [silent] = status.silent;
    expect(status.threads).toMatchObject([{ thread: 0 }, { thread: 1 }]);
    expect(await look("/metrics")).toContain(`vgw_thread_answers{thread="${silent}"} 0\n`);
    expect(await look("/healthz")).toBe("ok\n");
    left.abort();
    await expect(hanging).rejects.toThrow();
    gateway.process.kill("SIGKILL");
  });

  it.each([
    { transport: "strict", gateway: {}, threads: 1 },
    { transport: "fast", gateway: fast, threads: 1 },
    { transport: "fast", gateway: fast, threads: 2 },
  ])(
    "lets requests in flight end when it stops ($transport, $threads threads)",
    async ({ gateway: settings, threads }) => {
      const gateway = run(
        await folderOf({ handle: slow, gateway: { ...settings, threads, accessLog: true } }),
        [],
        NATIVE,
      );
      const url = await serving(gateway);
      const answers = Array.from({ length: 4 }, async () => (await fetch(`${url}/slow`)).text());
      await fetch(url);
      gateway.process.kill("SIGTERM");
      await gateway.seen("stop.draining");
      expect(await Promise.all(answers)).toEqual(["TEXT", "TEXT", "TEXT", "TEXT"]);
      await expect(fetch(url)).rejects.toThrow();
      expect(await gateway.seen("stop.done")).toMatchObject({ cut: 0 });
      expect(await gateway.ended).toBe(0);
      // Nothing of the log is lost on the way out of a thread and a process.
      await gateway.closed;
      expect(gateway.lines.filter((line) => line.message === "request")).toHaveLength(5);
    },
  );

  it.each([1, 2])("does not take a drain for a hang (%d threads)", async (threads) => {
    const gateway = run(
      await folderOf({ handle: slow.replace("700", "2500"), gateway: { ...fast, threads } }),
      ["--hang-limit", "1.5"],
      NATIVE,
    );
    const url = await serving(gateway);
    const answer = fetch(`${url}/slow`);
    await fetch(url);
    gateway.process.kill("SIGTERM");
    expect(await (await answer).text()).toBe("TEXT");
    expect(await gateway.ended).toBe(0);
  });

  it("cuts what outlasts the drain", async () => {
    const gateway = run(
      await folderOf({ handle: 'if (exchange.path === "/") exchange.respond(200, [], "");', gateway: { drain: 300 } }),
    );
    const url = await serving(gateway);
    const never = fetch(`${url}/never`);
    never.catch(() => undefined);
    await fetch(url);
    gateway.process.kill("SIGTERM");
    expect(await gateway.seen("stop.done")).toMatchObject({ level: "warn", cut: 1 });
    await expect(never).rejects.toThrow();
    expect(await gateway.ended).toBe(0);
  });

  it("ends at once at the second SIGINT", async () => {
    const gateway = run(
      await folderOf({
        handle: 'if (exchange.path === "/") exchange.respond(200, [], "");',
        gateway: { drain: 600_000 },
      }),
    );
    const url = await serving(gateway);
    const never = fetch(`${url}/never`);
    never.catch(() => undefined);
    await fetch(url);
    gateway.process.kill("SIGINT");
    await gateway.seen("stop.draining");
    gateway.process.kill("SIGINT");
    expect(await gateway.ended).toBe(130);
    await expect(never).rejects.toThrow();
  });

  it("loads the folder again at SIGHUP, and serves on when that fails", async () => {
    const folder = await folderOf({ text: "one" });
    const gateway = run(folder);
    const url = await serving(gateway);
    await writeFolder(folder, bundleText({ text: "two" }));
    await gateway.seen("generation.serving");
    gateway.process.kill("SIGHUP");
    await gateway.seen("generation.serving");
    expect(await (await fetch(url)).text()).toBe("two");
    await writeFile(join(folder, "bundle.cjs"), "half a copy");
    gateway.process.kill("SIGHUP");
    expect(await gateway.seen("generation.refused")).toMatchObject({ code: "start-hash" });
    expect(await (await fetch(url)).text()).toBe("two");
  });

  it("stops when its supervisor is gone", async () => {
    const gateway = run(await folderOf({ text: "ok" }));
    const url = await serving(gateway);
    gateway.process.kill("SIGKILL");
    await gateway.ended;
    await gateway.closed;
    await expect(fetch(url)).rejects.toThrow();
  });

  it("checks without listening", async () => {
    const gateway = run(await folderOf({ text: "ok" }), ["--check"]);
    expect(await gateway.ended).toBe(0);
    expect(gateway.output()).toContain("edge ");
    expect(gateway.output()).toContain("would listen on 127.0.0.1:0 (strict)");
  });
});

it("swaps on every thread through the admin listener", async () => {
  const admin = { address: "127.0.0.1", port: 0, token: "t" };
  const gateway = { ...fast, threads: 2, admin };
  const handle = 'if (exchange.path === "/mark") globalThis.vgwMarked = true; exchange.respond(200, [], "TEXT");';
  const bundleOf = (text: string): TestBundle => ({ handle: handle.replace("TEXT", text), gateway });
  const started = await run(await folderOf(bundleOf("one")), [], NATIVE).seen("start.serving");
  const url = `http://127.0.0.1:${listenersOf(started)[0]?.port}`;
  const ask = (method: string, where: string, body?: string): Promise<Response> => {
    const { port } = started.admin as { port: number };
    const headers = { authorization: "Bearer t" };
    return fetch(`http://127.0.0.1:${port}${where}`, { method, headers, ...(body && { body }) });
  };
  const call = async (method: string, where: string, body?: string): Promise<unknown> =>
    (await ask(method, where, body)).json();
  // A connection each, so that both threads are asked.
  const texts = async (): Promise<Set<string>> => {
    const headers = { connection: "close" };
    return new Set(await Promise.all(Array.from({ length: 30 }, async () => (await fetch(url, { headers })).text())));
  };
  expect(await texts()).toEqual(new Set(["one"]));
  await call("POST", "/generations", JSON.stringify({ code: bundleText(bundleOf("two")) }));
  expect(await texts()).toEqual(new Set(["two"]));
  // The thread that this one request reached refuses: none switches.
  await (await fetch(`${url}/mark`)).text();
  const picky = bundleText({ text: "three", gateway, load: "if (globalThis.vgwMarked) throw new Error('marked');" });
  expect(await call("POST", "/generations", JSON.stringify({ code: picky }))).toMatchObject({ code: "start-bundle" });
  expect(await texts()).toEqual(new Set(["two"]));
  await call("POST", "/rollback");
  expect(await texts()).toEqual(new Set(["one"]));
  expect(await call("GET", "/status")).toMatchObject({
    generations: { serving: { inFlight: 0 }, draining: [] },
    threads: [{ thread: 0 }, { thread: 1 }],
  });
  // Four rounds of 30 and the mark, whichever thread answered them.
  const metrics = await (await ask("GET", "/metrics")).text();
  const counts = [...metrics.matchAll(/^vgw_requests_total\{.*\} (\d+)$/gm)].map((match) => Number(match[1]));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(121);
  expect(metrics).toMatch(/^vgw_generation_swaps_total\{result="served"\} 2$/m);
});
