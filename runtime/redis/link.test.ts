/** Connections to real Redis servers that move, fail over, refuse, and to peers that are none: each is away in time, nobody is told a password, and it finds its way back. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { RedisCluster } from "../../test/fakes/redis-cluster.ts";
import { freePort, REDIS_SERVER, RedisServer } from "../../test/fakes/redis-server.ts";
import { addressesOf, movedTo, withHost, withoutUser } from "./address.ts";
import { loadRedis } from "./client.ts";
import { type LinkOptions, RedisLink } from "./link.ts";
import { script } from "./script.ts";

if (REDIS_SERVER === null) process.stderr.write("redis-server is not installed: connections to Redis are left out\n");

const SLOW = { timeout: 20_000, interval: 50 };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Linked {
  readonly link: RedisLink;
  readonly troubles: (string | null)[];
  connections: number;
}

function linked(url: string, more: Partial<LinkOptions> = {}): Linked {
  const made: { link?: RedisLink; troubles: (string | null)[]; connections: number } = { troubles: [], connections: 0 };
  const link = new RedisLink({
    url,
    timeout: 2000,
    create: loadRedis(),
    state: (trouble) => made.troubles.push(trouble),
    connected: () => {
      made.connections++;
    },
    ...more,
  });
  closing.push(() => link.close());
  return Object.assign(made, { link });
}

const countScript = script('return { redis.call("INCR", KEYS[1]), redis.call("INCR", KEYS[2]) }');
const keys = ["vgw:{x}:one", "vgw:{x}:two"];
const count = ({ link }: Linked): Promise<readonly string[] | null> => link.run(countScript, keys, []);

describe("an address", () => {
  it("has several hosts, or is where a node of a cluster sends one", () => {
    expect(addressesOf("rediss://u:p%40@one:1,[::1]:2/3")).toEqual([
      "rediss://u:p%40@one:1/3",
      "rediss://u:p%40@[::1]:2/3",
    ]);
    expect(addressesOf("redis://one")).toEqual(["redis://one"]);
    expect(withHost("redis://:p@one:1", "two:2")).toBe("redis://:p@two:2");
    expect(withoutUser("rediss://u:p@one:1/0")).toBe("rediss://one:1/0");
    expect(movedTo("MOVED 3999 127.0.0.1:6381", "redis://u:p@one:1")).toBe("redis://u:p@127.0.0.1:6381");
    expect(movedTo("MOVED 3999 ::1:6381", "redis://one:1")).toBe("redis://[::1]:6381");
    expect(movedTo("MOVED 3999 :6381", "redis://one:1")).toBe("redis://one:6381");
    for (const other of ["MOVED", "MOVED 1 a@b:1", "MOVED 1 a/b:1", "MOVED x one:1", "ASK 1 one:1", "MOVED 1 one"])
      expect(movedTo(other, "redis://one:1")).toBeNull();
  });
});

describe.skipIf(REDIS_SERVER === null)("a cluster", () => {
  it("is asked at the node that has the keys, wherever that goes", async () => {
    const cluster = await RedisCluster.start(3);
    closing.push(() => cluster.remove());
    const owner = await cluster.ownerOf(keys[0]!);
    const [other, third] = cluster.nodes.filter((node) => node !== owner);
    const url = `redis://127.0.0.1:1,127.0.0.1:${other!.port},127.0.0.1:${owner.port}`;
    const one = linked(url, { probe: "vgw:{x}:probe" });
    await expect.poll(() => count(one), SLOW).toEqual(["1", "1"]);
    expect(one.connections).toBe(1);
    await cluster.give(keys[0]!, third!);
    // Who is told so asks again; it was carried out nowhere.
    await expect.poll(() => count(one), SLOW).toEqual(["1", "1"]);
    expect(await third!.ask(["GET", keys[0]!])).toBe("1");
    // The first one's address refused; that it moved is no trouble.
    expect(one.troubles.filter((trouble) => trouble?.includes("MOVED"))).toEqual([]);
    await third!.kill();
    expect(await count(one)).toBeNull();
    await expect.poll(() => one.troubles.at(-1), SLOW).toEqual(expect.any(String));
    // The others say that the cluster is down, or still send one to the node that is gone.
    expect(one.link.ready).toBe(false);
  }, 60_000);

  it("that sends one about is away", async () => {
    const ports: number[] = [];
    const sending = (to: () => number): Promise<number> =>
      peer((_, socket) => socket.write(`-MOVED 1 127.0.0.1:${to()}\r\n`));
    ports.push(await sending(() => ports[1]!), await sending(() => ports[0]!));
    const one = linked(`redis://127.0.0.1:${ports[0]}`, { probe: "x" });
    await expect.poll(() => one.troubles.at(-1), SLOW).toMatch(/do not agree/);
    expect(one.link.ready).toBe(false);
  }, 60_000);
});

describe.skipIf(REDIS_SERVER === null)("sentinels", () => {
  it("tell where the master is, also after another one took over", async () => {
    const password = ["--requirepass", "hush", "--masterauth", "hush", "--repl-diskless-sync-delay", "0"];
    const one = await new RedisServer("--appendonly", "no", ...password).start();
    const replica = await new RedisServer(
      "--appendonly",
      "no",
      "--replicaof",
      "127.0.0.1",
      `${one.port}`,
      ...password,
    ).start();
    closing.push(
      () => one.remove(),
      () => replica.remove(),
    );
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "vgw-sentinel-"));
    const file = join(folder, "sentinel.conf");
    writeFileSync(
      file,
      `port ${port}\nbind 127.0.0.1\nrequirepass hush\nsentinel monitor shop 127.0.0.1 ${one.port} 1\nsentinel auth-pass shop hush\nsentinel down-after-milliseconds shop 1000\nsentinel failover-timeout shop 5000\n`,
    );
    const sentinel = await new RedisServer().startWith([file, "--sentinel"], port, "hush");
    closing.push(
      () => sentinel.remove(),
      () => rmSync(folder, { recursive: true, force: true }),
    );
    await expect
      .poll(async () => String(await replica.ask(["INFO", "replication"], "hush")), SLOW)
      .toContain("master_link_status:up");
    const wrong = linked(`redis://:hush@127.0.0.1:${port}`, { sentinel: "other" });
    const made = linked(`redis://:hush@127.0.0.1:1,127.0.0.1:${port}`, { sentinel: "shop" });
    await expect.poll(() => count(made), SLOW).toEqual(["1", "1"]);
    await expect.poll(() => wrong.troubles.at(-1), SLOW).toMatch(/no master of this name/);
    await expect
      .poll(async () => String(await sentinel.ask(["SENTINEL", "REPLICAS", "shop"], "hush")), SLOW)
      .toContain(`${replica.port}`);
    await expect.poll(async () => String(await replica.ask(["GET", keys[0]!], "hush")), SLOW).toBe("1");
    await one.kill();
    await expect.poll(() => count(made), { timeout: 40_000, interval: 100 }).toEqual(["2", "2"]);
    expect(String(made.troubles)).not.toContain("hush");
  }, 90_000);
});

describe.skipIf(REDIS_SERVER === null)("a Redis", () => {
  it("over TLS, with a user of its own that may touch nothing else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vgw-redis-tls-"));
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    const at = (name: string): string => join(folder, name);
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const made = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      at("key"),
      "-out",
      at("crt"),
    ];
    execFileSync("openssl", ["req", "-x509", "-days", "2", ...subject, ...made], { stdio: "ignore" });
    const port = await freePort();
    const tls = [
      "--tls-port",
      `${port}`,
      "--tls-cert-file",
      at("crt"),
      "--tls-key-file",
      at("key"),
      "--tls-auth-clients",
      "no",
    ];
    const server = await new RedisServer("--appendonly", "no", ...tls).start();
    closing.push(() => server.remove());
    const may = "on >pass%word ~vgw:{x}:* -@all +ping +exists +evalsha +eval +incr".split(" ");
    await server.ask(["ACL", "SETUSER", "gateway", ...may]);
    const ca = readFileSync(at("crt"), "utf8");
    const url = (user: string): string => `rediss://${user}@127.0.0.1:${port}`;
    const good = linked(url("gateway:pass%25word"), { create: loadRedis(undefined, ca), probe: "vgw:{x}:probe" });
    await expect.poll(() => count(good), SLOW).toEqual(["1", "1"]);
    // A command that it may not use is no sign that Redis is away.
    expect(await good.link.ask(["INFO", "memory"])).toBeInstanceOf(Error);
    expect(good.troubles).toEqual([]);
    expect(await good.link.run(countScript, ["elsewhere", "elsewhere"], [])).toBeNull();
    expect(good.troubles.at(-1)).toMatch(/NOPERM|can't access|No permissions/);
    const distrusting = linked(url("gateway:pass%25word"));
    const wrong = linked(url("gateway:guess"), { create: loadRedis(undefined, ca) });
    await expect.poll(() => distrusting.troubles.at(-1), SLOW).toMatch(/self.signed/);
    await expect.poll(() => wrong.troubles.at(-1), SLOW).toMatch(/WRONGPASS/);
    expect(JSON.stringify([good, distrusting, wrong].map(({ troubles }) => troubles))).not.toMatch(/pass%|guess/);
  }, 60_000);

  it("that has no memory left, is a replica or is being loaded, is away for what counts, and is not asked in a rush", async () => {
    const server = await new RedisServer("--appendonly", "no").start();
    closing.push(() => server.remove());
    const one = linked(server.url);
    await expect.poll(() => count(one), SLOW).toEqual(["1", "1"]);
    await server.ask(["CONFIG", "SET", "maxmemory", "1"]);
    expect(await count(one)).toBeNull();
    expect(one.troubles.at(-1)).toMatch(/OOM/);
    // The connection is as good as it was.
    expect(one.link.ready).toBe(true);
    await server.ask(["CONFIG", "SET", "maxmemory", "0"]);
    await expect.poll(async () => (await count(one)) !== null && one.troubles.at(-1) === null, SLOW).toBe(true);
    await server.ask(["REPLICAOF", "127.0.0.1", "1"]);
    expect(await count(one)).toBeNull();
    expect(one.troubles.at(-1)).toMatch(/READONLY|MASTERDOWN/);
    const said = one.troubles.length;
    await expect.poll(async () => (await count(one)) === null && one.connections, SLOW).toBeGreaterThan(2);
    // A replica takes connections: that says nothing.
    expect(one.troubles.length).toBe(said);
    await server.ask(["REPLICAOF", "NO", "ONE"]);
    await expect.poll(async () => (await count(one)) !== null && one.troubles.at(-1) === null, SLOW).toBe(true);
    expect(one.troubles.length).toBe(said + 1);
  }, 60_000);
});

/** What a peer that is no Redis does with what it is sent. */
async function peer(hears: (asked: string, socket: Socket, number: number) => void): Promise<number> {
  let number = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    number++;
    const own = number;
    socket.on("error", () => {}).on("data", (data) => hears(data.toString("latin1"), socket, own));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Answers a `PING`, whatever else it does. */
const afterPing =
  (does: (socket: Socket) => void) =>
  (asked: string, socket: Socket): void => {
    if (asked.includes("PING")) socket.write("+PONG\r\n");
    else does(socket);
  };

it("whoever waits for an answer is told that there is none, also where the client forgets what it was asked", async () => {
  const ends: (() => void)[] = [];
  const forgetful: LinkOptions["create"] = () => ({
    connect: () => Promise.resolve(),
    sendCommand: ([name]) => (name === "PING" ? Promise.resolve("PONG") : new Promise(() => {})),
    on: (event, listener) => event === "end" && ends.push(listener),
    destroy: () => {},
  });
  const one = linked("redis://nowhere", { create: forgetful });
  for (const lose of [() => ends.at(-1)!(), () => one.link.close()]) {
    await expect.poll(() => one.link.ready, SLOW).toBe(true);
    const waiting = Promise.all([count(one), one.link.ask(["GET", "x"])]);
    lose();
    expect(await waiting).toEqual([null, null]);
  }
});

describe("a peer that is no Redis", () => {
  const PEERS: readonly (readonly [string, (socket: Socket) => void])[] = [
    ["says nothing", () => {}],
    ["closes in the middle of an answer", (socket) => socket.end("*2\r\n:1\r\n$5\r\nab")],
    ["resets", (socket) => socket.resetAndDestroy()],
    ["speaks HTTP", (socket) => socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")],
    ["sends bytes", (socket) => socket.write(Buffer.from([0, 255, 13, 10, 42, 45, 57, 57, 13, 10, 1, 2, 3]))],
    ["sends an answer by the byte, without end", (socket) => drip(socket)],
    ["gives another answer than was asked for", (socket) => socket.write("+what?\r\n")],
    ["gives an error without words", (socket) => socket.write("-\r\n")],
    ["gives a long error", (socket) => socket.write(`-ERR ${"x".repeat(100_000)}\r\n`)],
    ["answers more than it was asked", (socket) => socket.write("*1\r\n:1\r\n+more\r\n+more\r\n")],
    ["is being loaded", (socket) => socket.write("-LOADING Redis is loading the dataset in memory\r\n")],
  ];
  for (const [what, does] of PEERS) {
    it(`${what}: nobody waits longer than the timeout, and little is said`, async () => {
      const port = await peer(afterPing(does));
      const one = linked(`redis://u:hush@127.0.0.1:${port}`, { timeout: 300, create: withoutUserAsked() });
      await expect.poll(() => one.connections, SLOW).toBeGreaterThan(0);
      const answers = await Promise.all(Array.from({ length: 50 }, () => count(one)));
      expect(answers.every((answer) => answer === null || !answer.includes("2"))).toBe(true);
      for (const trouble of one.troubles) {
        expect(trouble?.length ?? 0).toBeLessThanOrEqual(200);
        expect(trouble ?? "").not.toContain("hush");
      }
      one.link.close();
      expect(await count(one)).toBeNull();
    }, 30_000);
  }
});

/** These peers know no users. */
function withoutUserAsked(): LinkOptions["create"] {
  const create = loadRedis();
  return (url, timeout) => create(withoutUser(url), timeout);
}

function drip(socket: Socket): void {
  socket.write("*1\r\n$9999\r\n");
  const timer = setInterval(() => (socket.writable ? socket.write("x") : clearInterval(timer)), 10);
}
