/** A limit of a built gateway, over all of its threads and from one program to the next: exactly as many as it says. */
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { build, type Running, startArtifact, temporaryFolder } from "./support.ts";

const LIMIT = 1234;
const CONNECTIONS = 200;
const EACH = 50;
const TOKEN = "let-me-in";

const program = (second: string): string => `vgw 1
gateway edge {
  listen: http("127.0.0.1:0")
  admin: http("127.0.0.1:0", token: secret("TOKEN"))
  threads: 3
  access_log: false
}
route GET "/limited" open {
  limit ${LIMIT}/day by request.header("x-key") else deny 429 "enough"
  reply "${second}"
}
route GET "/more" open {
  limit 1/day
  reply "${second}"
}
`;

const { native } = loadNative();
const folder = temporaryFolder();
const next = temporaryFolder();
let gateway: Running;

beforeAll(async () => {
  const artifact = build(folder.path, program("first"));
  build(next.path, program("second").replace("limit 1/day", "limit 2/day"));
  gateway = await startArtifact(artifact, [], { TOKEN });
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  folder.remove();
  next.remove();
});

/** All requests of one connection are under way at once; gives the statuses. */
function ask(path: string, key: string, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(gateway.port, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1").on("error", reject);
    socket.on("data", (data: string) => {
      text += data;
      const statuses = text.match(/HTTP\/1\.1 \d{3}/g) ?? [];
      if (statuses.length < count) return;
      socket.destroy();
      resolve(statuses.map((line) => line.slice(-3)));
    });
    socket.write(`GET ${path} HTTP/1.1\r\nhost: edge\r\nx-key: ${key}\r\n\r\n`.repeat(count));
  });
}

async function admitted(path: string, key: string, connections: number, each: number): Promise<[number, number]> {
  const asked = await Promise.all(Array.from({ length: connections }, () => ask(path, key, each)));
  const statuses = asked.flat();
  return [statuses.filter((status) => status === "200").length, statuses.filter((status) => status === "429").length];
}

test.skipIf(native === null)(
  "10,000 requests at once over three threads: exactly the limit is admitted, of each key",
  async () => {
    const total = CONNECTIONS * EACH;
    expect(await admitted("/limited", "a", CONNECTIONS, EACH)).toEqual([LIMIT, total - LIMIT]);
    expect(await admitted("/limited", "b", CONNECTIONS, EACH)).toEqual([LIMIT, total - LIMIT]);
    expect(gateway.output()).toContain('"threads":3');
  },
  60_000,
);

test.skipIf(native === null)("a new program goes on counting where a limit is as it was", async () => {
  expect(await admitted("/limited", "c", 1, 3)).toEqual([3, 0]);
  expect(await admitted("/more", "", 1, 3)).toEqual([1, 2]);
  const admin = /"admin":\{"address":"127\.0\.0\.1","port":(\d+)/.exec(gateway.output())?.[1];
  const url = `http://127.0.0.1:${admin}`;
  const authorization = { authorization: `Bearer ${TOKEN}` };
  const swapped = await fetch(`${url}/generations`, {
    method: "POST",
    headers: { ...authorization, "content-type": "application/json" },
    body: JSON.stringify({ folder: join(next.path, "artifact") }),
  });
  expect(swapped.status).toBeLessThan(300);
  expect(await (await fetch(`http://127.0.0.1:${gateway.port}/limited`, { headers: { "x-key": "d" } })).text()).toBe(
    "second",
  );
  const all = await admitted("/limited", "c", 10, 200);
  expect(all).toEqual([LIMIT - 3, 2000 - (LIMIT - 3)]);
  // Its rate has changed: it begins anew.
  expect(await admitted("/more", "", 1, 3)).toEqual([2, 1]);
  const metrics = await (await fetch(`${url}/metrics`, { headers: authorization })).text();
  expect(metrics).toContain('vgw_limit_decisions_total{limit="route GET /more",result="admitted"} 3');
});
