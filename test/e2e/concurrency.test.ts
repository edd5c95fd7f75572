/** A concurrency limit of a built gateway under load: over all of its threads never more than it says, and nothing left over. */
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { build, type Running, startArtifact, temporaryFolder, until } from "./support.ts";

const MOST = 20;
const CONNECTIONS = 500;
const EACH = 20;
const TOKEN = "let-me-in";

const program = (origin: string): string => `vgw 1
gateway edge {
  listen: http("127.0.0.1:0")
  admin: http("127.0.0.1:0", token: secret("TOKEN"))
  threads: 3
  access_log: false
}
service work { url: "${origin}" }
route GET "/work" open {
  limit ${MOST} concurrent { queue: 1000, wait: 60s, name: "work" }
  forward work
}
route GET "/try" open {
  limit ${MOST} concurrent { name: "work" } else deny 429 "enough"
  forward work
}
`;

const { native } = loadNative();
const folder = temporaryFolder();
let gateway: Running;
/** What the upstream has to do at the moment, and the most of it so far. */
let busy = 0;
let busiest = 0;

const server = createServer((_request, response) => {
  busy++;
  busiest = Math.max(busiest, busy);
  setTimeout(() => {
    // Before the gateway can know of it.
    busy--;
    response.end("done");
  }, Math.random() * 4);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const artifact = build(folder.path, program(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  gateway = await startArtifact(artifact, [], { TOKEN });
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  folder.remove();
});

/** One request after the other on a connection; gives the statuses. `leave`: goes away after so many bytes of the answers, or none. */
function ask(path: string, count: number, leave = Number.POSITIVE_INFINITY): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(gateway.port, "127.0.0.1");
    const statuses: string[] = [];
    let text = "";
    const next = (): void => {
      text = "";
      socket.write(`GET ${path} HTTP/1.1\r\nhost: edge\r\n\r\n`);
      if (statuses.length >= leave) {
        setTimeout(() => {
          socket.destroy();
          resolve(statuses);
        }, Math.random() * 20);
      }
    };
    socket.setEncoding("latin1").on("error", reject).on("connect", next);
    socket.on("data", (data: string) => {
      text += data;
      const body = text.indexOf("\r\n\r\n") + 4;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (body < 4 || text.length < body + length) return;
      statuses.push(text.slice(9, 12));
      if (statuses.length < count) next();
      else {
        socket.destroy();
        resolve(statuses);
      }
    });
  });
}

function counted(statuses: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function metric(name: string): Promise<number> {
  const admin = /"admin":\{"address":"127\.0\.0\.1","port":(\d+)/.exec(gateway.output())?.[1];
  const answer = await fetch(`http://127.0.0.1:${admin}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const line = (await answer.text()).split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.split(" ").at(-1));
}

/** Of the gateway, all threads together. */
const IN_USE = 'vgw_concurrency_in_use{limit="name work"}';
const QUEUED = 'vgw_concurrency_queued{limit="name work"}';

test.skipIf(native === null)(
  "10,000 requests wait their turn: all are answered, never more at a time than the limit",
  async () => {
    const answers = await Promise.all(Array.from({ length: CONNECTIONS }, () => ask("/work", EACH)));
    expect(counted(answers.flat())).toEqual({ 200: CONNECTIONS * EACH });
    expect(busiest).toBe(MOST);
    expect([await metric(IN_USE), await metric(QUEUED)]).toEqual([0, 0]);
    expect(await metric('vgw_concurrency_decisions_total{limit="name work",result="admitted"}')).toBe(
      CONNECTIONS * EACH,
    );
  },
  60_000,
);

test.skipIf(native === null)(
  "what finds no room and may not wait is refused",
  async () => {
    busiest = 0;
    const answers = await Promise.all(Array.from({ length: CONNECTIONS }, () => ask("/try", EACH)));
    const counts = counted(answers.flat());
    expect((counts["200"] ?? 0) + (counts["429"] ?? 0)).toBe(CONNECTIONS * EACH);
    expect(counts["429"]).toBeGreaterThan(0);
    expect(busiest).toBe(MOST);
  },
  60_000,
);

test.skipIf(native === null)(
  "clients that go away while they wait, or inside, take nobody's place",
  async () => {
    const leaving = Array.from({ length: CONNECTIONS }, (_, index) => ask("/work", EACH, index % 5));
    const staying = await Promise.all(Array.from({ length: 100 }, () => ask("/work", EACH)));
    expect(counted(staying.flat())).toEqual({ 200: 100 * EACH });
    await Promise.all(leaving);
    await until(
      async () => (await metric(IN_USE)) === 0 && (await metric(QUEUED)) === 0,
      () => "places are still taken",
    );
    const again = await Promise.all(Array.from({ length: MOST }, () => ask("/try", 1)));
    expect(counted(again.flat())).toEqual({ 200: MOST });
  },
  60_000,
);
