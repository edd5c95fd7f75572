import { createHash } from "node:crypto";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canShareAddress } from "../http/node/share-address.ts";
import { loadNative } from "../http/uws/loader.ts";
import type { Manifest } from "../manifest.ts";
import { temporaryFolder, writeFolder } from "./testing/artifact-folder.ts";
import { bundleText, TEST_GATEWAY, type TestBundle } from "./testing/bundle.ts";
import { type BuiltEntry, buildEntry } from "./testing/entry.ts";
import { type GatewayRun, listenersOf, runGateway } from "./testing/gateway-run.ts";

/** A folder copied to a machine has no packages; here they are found as an artifact's own native file would be. */
const NATIVE = { NODE_PATH: join(import.meta.dirname, "../../node_modules") };

/** As the compiler's `configure` refuses. */
const MISSING = `throw Object.assign(new Error("2 variables are missing"), {
  [Symbol.for("vivremotion.start-error")]: true, code: "start-environment",
  problems: ["ORDERS_URL: a URL", "TOKEN: a secret"], next: "Set them before the start.",
});`;

let built: BuiltEntry;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  built = await buildEntry();
});

afterAll(() => built.remove());

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function folderOf(bundle: TestBundle): Promise<string> {
  const { path, remove } = await temporaryFolder();
  cleanups.push(remove);
  await writeFolder(path, bundleText(bundle), { entry: built.entry });
  return path;
}

function run(folder: string, args: readonly string[] = [], environment: { [name: string]: string } = {}): GatewayRun {
  const gateway = runGateway(join(folder, "gateway.mjs"), args, environment);
  cleanups.push(() => gateway.kill());
  return gateway;
}

/** The address of the first listener, once it serves. */
async function serving(gateway: GatewayRun): Promise<string> {
  const listener = listenersOf(await gateway.seen("start.serving"))[0];
  return `http://127.0.0.1:${listener?.port}`;
}

const fast = { listen: [{ address: "127.0.0.1", port: 0, transport: "fast" as const }] };
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

  it.skipIf(canShareAddress)("refuses threads that the strict transport cannot have", async () => {
    const gateway = run(await folderOf({ gateway: { threads: 2 } }));
    expect(await gateway.ended).toBe(3);
    expect(gateway.errors()).toContain("error start-setting: ");
    expect(gateway.errors()).toContain("  - threads: ");
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

  it.each([1, 2])("starts again when one of %d threads hangs, and says why", async (threads) => {
    const handle = 'if (exchange.path === "/hang") for (;;); exchange.respond(200, [], "ok");';
    const gateway = run(await folderOf({ handle, gateway: { ...fast, threads } }), ["--hang-limit", "1.5"], NATIVE);
    const url = await serving(gateway);
    await expect(fetch(`${url}/hang`)).rejects.toThrow();
    const reason = threads === 1 ? "no heartbeat for 1500 ms" : expect.stringContaining("no sign of life for 1500 ms");
    expect(await gateway.seen("supervisor.restart")).toMatchObject({ signal: "SIGKILL", reason });
    expect(await (await fetch(await serving(gateway))).text()).toBe("ok");
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
      await folderOf({ handle: slow, gateway: { ...fast, threads } }),
      ["--hang-limit", "0.4"],
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

describe("a start that cannot succeed says why and what to do, and ends with 3", () => {
  const cases: {
    name: string;
    bundle: TestBundle;
    manifest?: Partial<Manifest>;
    args?: string[];
    native?: true;
    says: string[];
  }[] = [
    {
      name: "a missing environment",
      bundle: { configure: MISSING },
      says: [
        "error start-environment: 2 variables are missing",
        "  - ORDERS_URL: a URL",
        "  - TOKEN: a secret",
        "next: Set them",
      ],
    },
    {
      name: "another ABI",
      bundle: {},
      manifest: { abi: 999 },
      says: ["error start-abi: ", "ABI 999", "next: Build the program again"],
    },
    { name: "another language", bundle: {}, manifest: { language: 7 }, says: ["error start-language: ", "vgw 7"] },
    { name: "another bundle", bundle: {}, manifest: { hash: "0".repeat(64) }, says: ["error start-hash: "] },
    { name: "a bundle that throws", bundle: { load: 'throw new Error("no");' }, says: ["error start-bundle: ", "no"] },
    { name: "no folder", bundle: {}, args: ["--folder", "/nowhere"], says: ["error start-folder: ", "/nowhere"] },
    {
      name: "a bad setting",
      bundle: { gateway: { threads: 0 } },
      says: ["error start-configuration: ", "  - gateway.threads: "],
    },
    {
      name: "a setting that the transport ignores",
      bundle: { gateway: { ...fast, limits: { ...TEST_GATEWAY.limits, idle: 5_000, connections: 10 } } },
      native: true,
      says: [
        "error start-setting: ",
        "  - limits.idle on 127.0.0.1:0",
        "  - limits.connections",
        "the other transport",
      ],
    },
    {
      name: "an open admin listener without a token",
      bundle: { gateway: { admin: { address: "0.0.0.0", port: 0, token: null } } },
      says: ["error start-token: ", "secret("],
    },
    {
      name: "no fast transport where it is required",
      bundle: { gateway: fast },
      args: ["--require-fast"],
      says: ["error start-fast: ", "  - ", "next: "],
    },
  ];
  it.each(cases)("$name", async ({ bundle, manifest, args, native, says }) => {
    const { path, remove } = await temporaryFolder();
    cleanups.push(remove);
    await writeFolder(path, bundleText(bundle), { entry: built.entry, ...(manifest && { manifest }) });
    const gateway = run(path, args ?? [], native ? NATIVE : {});
    expect(await gateway.ended).toBe(3);
    for (const part of says) expect(gateway.errors()).toContain(part);
  });

  it("a port that is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    cleanups.push(async () => void other.close());
    const { port } = other.address() as AddressInfo;
    for (const transport of ["strict", "fast"] as const) {
      const listen = [{ address: "127.0.0.1", port, transport }];
      const gateway = run(await folderOf({ gateway: { listen } }), [], NATIVE);
      expect(await gateway.ended).toBe(3);
      expect(gateway.errors()).toContain(`error start-listen: cannot listen on 127.0.0.1:${port}`);
      expect(gateway.errors()).toContain("next: Another process listens there");
    }
  });

  it("a wrong option ends with 2", async () => {
    const gateway = run(await folderOf({}), ["--thread", "2"]);
    expect(await gateway.ended).toBe(2);
    expect(gateway.errors()).toContain("next: `node gateway.mjs --help`");
  });
});

describe("an artifact with its native file", () => {
  const { native } = loadNative();
  async function nativeFolder(change: Partial<NonNullable<Manifest["native"]>> = {}): Promise<string> {
    if (native === null) throw new Error("no build of uWebSockets.js loads on this machine");
    const { path, remove } = await temporaryFolder();
    cleanups.push(remove);
    const hash = createHash("sha256")
      .update(await readFile(native.file))
      .digest("hex");
    const { platform, arch } = process;
    const nodeAbi = process.versions.modules;
    await writeFolder(path, bundleText({ text: "fast", gateway: fast }), {
      entry: built.entry,
      manifest: {
        native: { file: "uws.node", hash, version: "20.99", platform, arch, nodeAbi, libc: null, ...change },
      },
    });
    await copyFile(native.file, join(path, "uws.node"));
    return path;
  }

  it("serves with it, without any package", async () => {
    const gateway = run(await nativeFolder(), ["--require-fast"]);
    expect(await gateway.seen("start.serving")).toMatchObject({
      transports: { fast: "uWebSockets.js 20.99 (uws.node)" },
      listeners: [{ transport: "fast" }],
    });
  });

  it("does not load another file than the one that was built", async () => {
    const gateway = run(await nativeFolder({ hash: "0".repeat(64) }));
    expect(await gateway.ended).toBe(3);
    expect(gateway.errors()).toContain("error start-hash: uws.node");
  });

  it("says that it was built for another platform", async () => {
    const folder = await nativeFolder({ platform: "plan9" });
    await rm(join(folder, "uws.node"));
    const gateway = run(folder);
    const warning = await gateway.seen("start.transport");
    expect(warning.message).toContain("the artifact was built for plan9");
    await gateway.seen("start.serving");
    const refused = run(folder, ["--require-fast"]);
    expect(await refused.ended).toBe(3);
    expect(refused.errors()).toContain("  - the artifact was built for plan9");
  });
});

it("swaps on every thread through the admin listener", async () => {
  const admin = { address: "127.0.0.1", port: 0, token: "t" };
  const gateway = { ...fast, threads: 2, admin };
  const handle = 'if (exchange.path === "/mark") globalThis.vgwMarked = true; exchange.respond(200, [], "TEXT");';
  const of = (text: string): string => bundleText({ handle: handle.replace("TEXT", text), gateway });
  const { path, remove } = await temporaryFolder();
  cleanups.push(remove);
  await writeFolder(path, of("one"), { entry: built.entry });
  const started = await run(path, [], NATIVE).seen("start.serving");
  const url = `http://127.0.0.1:${listenersOf(started)[0]?.port}`;
  const call = async (method: string, where: string, body?: string): Promise<unknown> => {
    const { port } = started.admin as { port: number };
    const headers = { authorization: "Bearer t" };
    const answer = await fetch(`http://127.0.0.1:${port}${where}`, { method, headers, ...(body && { body }) });
    return answer.json();
  };
  // A connection each, so that both threads are asked.
  const texts = async (): Promise<Set<string>> => {
    const headers = { connection: "close" };
    return new Set(await Promise.all(Array.from({ length: 30 }, async () => (await fetch(url, { headers })).text())));
  };
  expect(await texts()).toEqual(new Set(["one"]));
  await call("POST", "/generations", JSON.stringify({ code: of("two") }));
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
});

it("falls back to the strict transport with a warning", async () => {
  const gateway = run(await folderOf({ text: "slower", gateway: fast }));
  const warning = await gateway.seen("start.transport");
  expect(warning).toMatchObject({ level: "warn", message: expect.stringContaining("not available") });
  const started = await gateway.seen("start.serving");
  expect(listenersOf(started)).toMatchObject([{ transport: "strict" }]);
  expect(await (await fetch(`http://127.0.0.1:${listenersOf(started)[0]?.port}`)).text()).toBe("slower");
});
