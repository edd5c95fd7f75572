/** The gateway inside one process, on one thread, on both transports: start, swap, refusal, rollback, failure, deadline. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Gateway, type StartOptions, startGateway } from "./index.ts";
import { bundleText, type TestBundle } from "./testing/bundle.ts";
import type { LogLine } from "./testing/gateway-run.ts";

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Running {
  readonly gateway: Gateway;
  readonly log: readonly LogLine[];
  fetch(path?: string): Promise<Response>;
  text(path?: string): Promise<string>;
  /** Swaps to a bundle on the same listener. */
  swap(bundle: TestBundle | string, map?: string): ReturnType<Gateway["swap"]>;
}

async function started(
  transport: "strict" | "fast",
  bundle: TestBundle,
  options: Partial<StartOptions> = {},
): Promise<Running> {
  const log: LogLine[] = [];
  const listen = [{ address: "127.0.0.1", port: 0, transport }];
  const on = (one: TestBundle | string): string =>
    typeof one === "string" ? one : bundleText({ ...one, gateway: { listen, ...one.gateway } });
  const gateway = await startGateway({
    source: { code: on(bundle) },
    environment: {},
    write: (line) => log.push(JSON.parse(line)),
    ...options,
  });
  cleanups.push(() => gateway.close(0));
  const get = (path = "/"): Promise<Response> => fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}${path}`);
  return {
    gateway,
    log,
    fetch: get,
    text: async (path) => (await get(path)).text(),
    swap: (next, map) => gateway.swap({ code: on(next), map: map ?? null }),
  };
}

/** An upstream that counts its connections. */
async function upstream(): Promise<{ readonly origin: string; connections(): number }> {
  let count = 0;
  const server = createServer((_request, response) => response.end("from upstream"));
  server.on("connection", () => count++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => count };
}

const FORWARD = `return host.service("api").forward(exchange, {
  target: exchange.path, edits: null, body: null, timeout: null, deadline: null, bodyLimit: 1000, answer: null,
});`;

/** "/wait" is answered when "/go" comes; everything else at once. */
function gate(text: string): TestBundle {
  return {
    load: "let waiting = null;",
    handle: `
      const answer = (one) => one.respond(200, [], ${JSON.stringify(text)});
      if (exchange.path === "/wait") globalThis.vgwTestGate = () => answer(exchange);
      else answer(exchange);`,
  };
}

function openGate(): void {
  const { vgwTestGate } = globalThis as { vgwTestGate?: () => void };
  vgwTestGate?.();
}

describe.each(["strict", "fast"] as const)("on the %s transport", (transport) => {
  it("serves, swaps and goes back", async () => {
    const { gateway, text, swap } = await started(transport, { text: "one" });
    expect(gateway.listeners).toEqual([{ address: "127.0.0.1", port: expect.any(Number), transport, scheme: "http" }]);
    const first = await gateway.status();
    expect(await text()).toBe("one");
    await swap({ text: "two" });
    expect(await text()).toBe("two");
    expect(await gateway.rollback()).toMatchObject({ id: 3, hash: first.generations.serving.hash });
    expect(await text()).toBe("one");
    await gateway.rollback();
    expect(await text()).toBe("two");
  });

  it("ends a request on the generation that began it, then discards that generation", async () => {
    const { gateway, text, swap, log } = await started(transport, gate("old"));
    const waiting = text("/wait");
    await text();
    await swap({ text: "new" });
    expect(await text()).toBe("new");
    expect(await gateway.status()).toMatchObject({
      generations: { serving: { id: 2 }, draining: [{ id: 1, inFlight: 1 }] },
    });
    expect(log.some((line) => line.event === "generation.discarded")).toBe(false);
    openGate();
    expect(await waiting).toBe("old");
    await expect.poll(async () => (await gateway.status()).generations.draining).toEqual([]);
    expect(log.find((line) => line.event === "generation.discarded")).toMatchObject({ generation: 1 });
  });

  it.each([
    { name: "does not compile", bundle: "exports.load = (", error: "start-bundle" },
    { name: "throws when loaded", bundle: { load: "null.x;" }, error: "start-bundle" },
    { name: "exports nothing", bundle: "", error: "start-bundle" },
    { name: "has another ABI", bundle: { abi: 999 }, error: "start-abi" },
    { name: "asks for a module", bundle: 'require("node:fs");', error: "start-bundle" },
    {
      name: "has no configuration",
      bundle: "exports.configure = () => null; exports.load = () => ({});",
      error: "start-configuration",
    },
  ])("keeps serving when the new bundle $name", async ({ bundle, error }) => {
    const { gateway, text, log, swap } = await started(transport, { text: "old" });
    await expect(swap(bundle)).rejects.toMatchObject({ code: error });
    expect(await text()).toBe("old");
    expect(log.find((line) => line.event === "generation.refused")).toMatchObject({ level: "error", code: error });
    expect(await gateway.status()).toMatchObject({ generations: { serving: { id: 1 }, previous: null, draining: [] } });
  });

  it("answers 500 and names the .vgw line when the program throws", async () => {
    // The generated line 1 column 0 of the map stands for shop.vgw 7:3; the thrown error is on a line that the map covers.
    const code: TestBundle = { text: "fine" };
    const { fetch: get, swap, log } = await started(transport, code);
    const throwing: TestBundle = { handle: 'throw new Error("broken");' };
    const line = bundleText(throwing)
      .split("\n")
      .findIndex((text) => text.includes('throw new Error("broken")'));
    const map = { version: 3, sources: ["shop.vgw"], names: [], mappings: `${";".repeat(line)}AAME` };
    await swap(throwing, JSON.stringify(map));
    const answer = await get("/x");
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ code: "program-failed" });
    expect(log.find((entry) => entry.event === "request.failed")).toMatchObject({
      at: "shop.vgw:7:3",
      stack: expect.stringContaining("broken"),
    });
  });

  it("answers 500 when the program rejects, and serves on", async () => {
    const handle =
      'if (exchange.path === "/no") return Promise.reject(new Error("no")); exchange.respond(200, [], "yes");';
    const { fetch: get, text } = await started(transport, { handle });
    expect((await get("/no")).status).toBe(500);
    expect(await text()).toBe("yes");
  });

  it("ends a request at its deadline, whatever the program does later", async () => {
    const handle = `
      host.deadline(exchange, 60);
      if (exchange.path === "/begun") { exchange.begin(200, [], null); exchange.write(Buffer.from("half")); }
      else if (exchange.path === "/late") setTimeout(() => exchange.respond(200, [], "late"), 150);
      else exchange.respond(200, [], "in time");`;
    const { fetch: get, text, gateway } = await started(transport, { handle });
    const late = await get("/late");
    expect([late.status, await late.json()]).toMatchObject([504, { code: "deadline-exceeded" }]);
    await expect(text("/begun")).rejects.toThrow();
    expect(await text()).toBe("in time");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await text()).toBe("in time");
    expect((await gateway.status()).generations.serving.inFlight).toBe(0);
  });

  it("keeps upstream connections over a swap, and makes new ones for a service that changed", async () => {
    const { origin, connections } = await upstream();
    const service = { name: "api", endpoints: [origin] };
    const { gateway, text, swap } = await started(transport, { handle: FORWARD, services: [service] });
    expect(await text()).toBe("from upstream");
    await swap({ handle: FORWARD, services: [service], load: "// another bundle" });
    expect(await text()).toBe("from upstream");
    expect(connections()).toBe(1);
    await swap({ handle: FORWARD, services: [{ ...service, timeout: 1234 }] });
    expect(await text()).toBe("from upstream");
    expect(connections()).toBe(2);
    await expect.poll(async () => (await gateway.status()).threads[0]?.pools).toBe(1);
  });

  it("refuses a change of listeners and says that a restart is needed", async () => {
    const { swap, text } = await started(transport, { text: "old" });
    const moved = { gateway: { listen: [{ address: "127.0.0.1", port: 1, transport }] } };
    await expect(swap(moved)).rejects.toMatchObject({ code: "swap-restart", problems: ["listen"] });
    expect(await text()).toBe("old");
  });
});

describe("a gateway in this process", () => {
  it("has nowhere to go back to at first", async () => {
    const { gateway } = await started("strict", {});
    await expect(gateway.rollback()).rejects.toMatchObject({ code: "rollback-none" });
  });

  it("runs swaps one after the other", async () => {
    const { gateway, swap, text } = await started("strict", { text: "0" });
    const ids = await Promise.all(["1", "2", "3"].map(async (name) => (await swap({ text: name })).id));
    expect(ids).toEqual([2, 3, 4]);
    expect(await text()).toBe("3");
    expect((await gateway.status()).generations.draining).toEqual([]);
  });

  it("takes no swap while it stops", async () => {
    const { gateway, swap } = await started("strict", {});
    const closed = gateway.close(0);
    await expect(swap({ text: "late" })).rejects.toMatchObject({ code: "swap-stopping" });
    expect(await closed).toEqual({ cut: 0 });
  });

  it("leaves nothing open when a listener cannot be opened", async () => {
    const { gateway } = await started("strict", {});
    const port = gateway.listeners[0]?.port ?? 0;
    const listen = [
      { address: "127.0.0.1", port: 0, transport: "strict" as const },
      { address: "127.0.0.1", port, transport: "strict" as const },
    ];
    const start = startGateway({ source: { code: bundleText({ gateway: { listen } }) }, environment: {} });
    await expect(start).rejects.toMatchObject({
      code: "start-listen",
      next: expect.stringContaining("Another process"),
    });
  });

  it("puts overrides in place of the program's settings", async () => {
    const { origin } = await upstream();
    const { text } = await started(
      "strict",
      { handle: FORWARD, services: [{ name: "api", endpoints: ["http://127.0.0.1:1"] }] },
      { overrides: { endpoints: { api: [origin] } } },
    );
    expect(await text()).toBe("from upstream");
  });
});
