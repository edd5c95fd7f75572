/** Starts that cannot succeed, and what an artifact's native file and platform decide, with real processes. */
import { createHash } from "node:crypto";
import { copyFile, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canShareAddress } from "../http/node/share-address.ts";
import { loadNative } from "../http/uws/loader.ts";
import type { Manifest } from "../manifest.ts";
import { TEST_GATEWAY, type TestBundle } from "./testing/bundle.ts";
import { fast, NATIVE, useGatewayProcesses } from "./testing/gateway-processes.ts";
import { listenersOf } from "./testing/gateway-run.ts";

const { cleanups, folderOf, run } = useGatewayProcesses();

/** As the compiler's `configure` refuses. */
const MISSING = `throw Object.assign(new Error("2 variables are missing"), {
  [Symbol.for("vivremotion.start-error")]: true, code: "start-environment",
  problems: ["ORDERS_URL: a URL", "TOKEN: a secret"], next: "Set them before the start.",
});`;

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
    const gateway = run(await folderOf(bundle, manifest), args ?? [], native ? NATIVE : {});
    expect(await gateway.ended).toBe(3);
    for (const part of says) expect(gateway.errors()).toContain(part);
  });

  it.skipIf(canShareAddress)("threads that the strict transport cannot have", async () => {
    const gateway = run(await folderOf({ gateway: { threads: 2 } }));
    expect(await gateway.ended).toBe(3);
    expect(gateway.errors()).toContain("error start-setting: ");
    expect(gateway.errors()).toContain("  - threads: ");
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
    const hash = createHash("sha256")
      .update(await readFile(native.file))
      .digest("hex");
    const { platform, arch } = process;
    const nodeAbi = process.versions.modules;
    const described = { file: "uws.node", hash, version: "20.99", platform, arch, nodeAbi, libc: null, ...change };
    const path = await folderOf({ text: "fast", gateway: fast }, { native: described });
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

it("falls back to the strict transport with a warning", async () => {
  const gateway = run(await folderOf({ text: "slower", gateway: fast }));
  const warning = await gateway.seen("start.transport");
  expect(warning).toMatchObject({ level: "warn", message: expect.stringContaining("not available") });
  const started = await gateway.seen("start.serving");
  expect(listenersOf(started)).toMatchObject([{ transport: "strict" }]);
  expect(await (await fetch(`http://127.0.0.1:${listenersOf(started)[0]?.port}`)).text()).toBe("slower");
});
