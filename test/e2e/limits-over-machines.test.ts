/** Limits of two built gateways in one real Redis: together they admit what one would, what a killed one had inside comes back, and a Redis that hangs holds up nobody. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request as ask, createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { REDIS_FILE } from "../../runtime/redis/client.ts";
import { freePort, REDIS_SERVER, RedisServer } from "../fakes/redis-server.ts";
import { build, type Running, startArtifact, temporaryFolder, until } from "./support.ts";

const PASSWORD = "hushhush";

const program = (service: string): string => `vgw 1
gateway edge {
  listen: http("127.0.0.1:0")
  threads: 2
  access_log: false
  state: redis(secret("REDIS_URL"), timeout: 2s)
}
service work { url: "${service}" }
route GET "/rate" open {
  limit 100/h { shared: exact }
  reply "in"
}
route GET "/leased" open {
  limit 100/h { shared: leased }
  reply "in"
}
route GET "/kind" open {
  limit 3/h { shared: exact, when_away: allow }
  reply "in"
}
route GET "/places" open {
  limit 5 concurrent { shared: exact }
  forward work
}
`;

const left = REDIS_SERVER === null || loadNative().native === null;
if (REDIS_SERVER === null) process.stderr.write("redis-server is not installed: limits over machines are left out\n");

const agent = new Agent({ keepAlive: true, maxSockets: 300 });
const folder = temporaryFolder();
let redis: RedisServer;
let service: Server;
let artifact: string;
let gateways: Running[] = [];
/** Requests that the service has and has not answered. */
let held: ServerResponse[] = [];

beforeAll(async () => {
  if (left) return;
  redis = await new RedisServer("--appendonly", "no", "--requirepass", PASSWORD).start();
  service = createServer((_, response) => void held.push(response));
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  artifact = build(folder.path, program(`http://127.0.0.1:${(service.address() as AddressInfo).port}`));
}, 60_000);
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  gateways = [];
  held = [];
  await redis?.ask(["FLUSHALL"], PASSWORD);
});
afterAll(async () => {
  agent.destroy();
  service?.closeAllConnections();
  service?.close();
  await redis?.remove();
  folder.remove();
});

async function start(): Promise<readonly [Running, Running]> {
  const url = redis.url.replace("//", `//:${PASSWORD}@`);
  const all = [0, 1].map(() => startArtifact(artifact, [], { REDIS_URL: url }));
  const [one, other] = [await all[0]!, await all[1]!];
  gateways = [one, other];
  return [one, other];
}

interface Answer {
  /** 0: the connection broke. */
  readonly status: number;
  readonly left: string;
  readonly retryAfter: string;
  readonly body: string;
}

function get({ port }: Running, path: string): Promise<Answer> {
  return new Promise((resolve) => {
    const broken = { status: 0, left: "", retryAfter: "", body: "" };
    const one = ask({ port, host: "127.0.0.1", path, agent }, (response) => {
      const { headers, statusCode = 0 } = response;
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      response.on("error", () => resolve(broken));
      response.on("end", () =>
        resolve({
          status: statusCode,
          left: String(headers.ratelimit),
          retryAfter: String(headers["retry-after"]),
          body,
        }),
      );
    });
    one.on("error", () => resolve(broken));
    one.end();
  });
}

function many(path: string, count: number, over: readonly Running[] = gateways): Promise<Answer>[] {
  return Array.from({ length: count }, (_, index) => get(over[index % over.length]!, path));
}

const passed = (answers: readonly Answer[]): number => answers.filter(({ status }) => status === 200).length;

/** The supervisor and the process that serves. */
async function kill({ child }: Running): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const { pid = 0 } = child;
  const serving = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  process.kill(pid, "SIGKILL");
  for (const one of serving) process.kill(Number(one), "SIGKILL");
  await ended;
}

describe.skipIf(left)("limits of two gateways and one Redis", () => {
  it("1,000 requests at once: exactly the limit passes, and what is left is told", async () => {
    await start();
    // The client of Redis is there, though nothing is paid for and no ledger is kept.
    expect(readdirSync(artifact)).toContain(REDIS_FILE);
    const answers = await Promise.all(many("/rate", 1000));
    expect(passed(answers)).toBe(100);
    const remaining = answers
      .filter(({ status }) => status === 200)
      .map(({ left: text }) => Number(/;r=(\d+);/.exec(text)?.[1]));
    expect(remaining.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.left).toMatch(/^"default";r=0;t=36\d\d$|^"default";r=0;t=35\d\d$/);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(36);
  }, 60_000);

  it("leased: never more than the limit, and all of it in the end", async () => {
    await start();
    let admitted = passed(await Promise.all(many("/leased", 1000)));
    expect(admitted).toBeLessThanOrEqual(100);
    await until(
      async () => {
        admitted += passed(await Promise.all(many("/leased", 40)));
        return admitted >= 100;
      },
      () => `${admitted} admitted`,
      20_000,
    );
    expect(admitted).toBeLessThanOrEqual(102);
  }, 60_000);

  it("kill -9: what the killed gateway had inside comes back, and never before are more inside than the limit says", async () => {
    const [dying, living] = await start();
    const first = many("/places", 1000);
    await until(
      () => held.length === 5,
      () => `${held.length} inside`,
    );
    // Nobody else is let in.
    let refused = 0;
    for (const one of first) void one.then(({ status }) => (refused += status === 503 ? 1 : 0));
    await until(
      () => refused === 995,
      () => `${refused} refused`,
    );
    expect(held.length).toBe(5);
    // All that the living one has ends; the dying one takes every place.
    for (const response of held.splice(0)) response.end("done");
    await Promise.all(first);
    const taken = await until5(dying);
    expect(taken).toBe(5);
    expect((await get(living, "/places")).status).toBe(503);
    await kill(dying);
    const before = held.length;
    await until(
      async () => {
        void get(living, "/places");
        await new Promise((resolve) => setTimeout(resolve, 200));
        return held.length === before + 5;
      },
      () => `${held.length - before} let in`,
      30_000,
    );
    for (const response of held) response.end("done");
  }, 90_000);

  it("hangs: requests are refused in time or counted alone, gateways stop all the same, and nobody is told the password", async () => {
    const [one, other] = await start();
    expect((await get(one, "/kind")).status).toBe(200);
    redis.freeze();
    try {
      const [refused, kind] = await Promise.all([get(one, "/rate"), get(other, "/kind")]);
      expect(refused).toMatchObject({ status: 503, retryAfter: "1", left: "undefined" });
      expect(refused.body).toContain("limit-unavailable");
      expect(kind.status).toBe(200);
      expect(await Promise.all([one.stop(), other.stop()])).toEqual([0, 0]);
      for (const { output } of [one, other]) {
        expect(output()).toContain("state.away");
        expect(output()).not.toContain(PASSWORD);
      }
    } finally {
      redis.thaw();
      gateways = [];
    }
  }, 60_000);
});

describe.skipIf(left)("where the Redis is", () => {
  const own = temporaryFolder();
  const ending: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ending.toReversed()) await end();
    own.remove();
  });

  /** Whether a gateway whose `state` has these settings is answered there: else it refuses. */
  async function counts(settings: string, url: string): Promise<number> {
    const source = `vgw 1
gateway edge { listen: http("127.0.0.1:0"), threads: 1, access_log: false, state: redis(secret("REDIS_URL"), ${settings}) }
route GET "/rate" open {
  limit 100/h { shared: exact }
  reply "in"
}
`;
    const gateway = await startArtifact(build(own.path, source), [`--files=${own.path}`], { REDIS_URL: url });
    gateways.push(gateway);
    return (await get(gateway, "/rate")).status;
  }

  it("is told by `ca` and by `sentinel`", async () => {
    const at = (name: string): string => join(own.path, name);
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("key")];
    execFileSync("openssl", ["req", "-x509", "-days", "2", ...subject, ...key, "-out", at("ca.pem")], {
      stdio: "ignore",
    });
    const [tlsPort, sentinelPort] = [await freePort(), await freePort()];
    const tls = ["--tls-port", `${tlsPort}`, "--tls-cert-file", at("ca.pem"), "--tls-key-file", at("key")];
    const secure = await new RedisServer("--appendonly", "no", "--tls-auth-clients", "no", ...tls).start();
    ending.push(() => secure.remove());
    const over = `rediss://127.0.0.1:${tlsPort}`;
    expect(await counts('timeout: 5s, ca: file("ca.pem")', over)).toBe(200);
    expect(await counts("timeout: 5s", over)).toBe(503);
    writeFileSync(
      at("sentinel.conf"),
      `port ${sentinelPort}\nbind 127.0.0.1\nsentinel monitor shop 127.0.0.1 ${redis.port} 1\nsentinel auth-pass shop ${PASSWORD}\n`,
    );
    const sentinel = await new RedisServer().startWith([at("sentinel.conf"), "--sentinel"], sentinelPort, "");
    ending.push(() => sentinel.remove());
    const watched = `redis://:${PASSWORD}@127.0.0.1:${sentinelPort}`;
    expect(await counts('timeout: 5s, sentinel: "shop"', watched)).toBe(200);
    expect(await counts("timeout: 5s", watched)).toBe(503);
  }, 60_000);
});

/** Takes all places on one gateway: as soon as those of before are free. */
async function until5(gateway: Running): Promise<number> {
  await until(
    async () => {
      if (held.length < 5) void get(gateway, "/places");
      await new Promise((resolve) => setTimeout(resolve, 50));
      return held.length === 5;
    },
    () => `${held.length} inside`,
  );
  return held.length;
}
