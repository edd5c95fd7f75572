/**
 * A process of its own for `swap.test.ts`, so that its heap is only the gateway's: swaps between two bundles under load and reports what
 * happened as one JSON line. Arguments: transport, swaps.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startGateway } from "../index.ts";
import { bundleText } from "./bundle.ts";
import { Client } from "./client.ts";

const [transport, swaps] = [process.argv[2] === "fast" ? "fast" : "strict", Number(process.argv[3])] as const;
const CLIENTS = 4;
/** What each generation allocates when it is loaded, so that one that is kept shows in the heap: some 200 KB. */
const ALLOCATED = 25_000;

declare const gc: (options?: { type: "major"; execution: "sync" }) => void;

/** The gateway's connections to the upstream. */
const connections = { opened: 0, closed: 0 };
// It never closes a connection that had nothing to do for a while: only a swap could.
const upstream = createServer({ keepAliveTimeout: 0 }, (_request, response) => response.end("from upstream"));
upstream.on("connection", (socket) => {
  connections.opened++;
  socket.on("close", () => connections.closed++);
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;

/** Every request goes upstream; the answer's head tells which bundle began it. */
function source(name: string) {
  const code = bundleText({
    gateway: { listen: [{ address: "127.0.0.1", port: 0, transport }] },
    services: [{ name: "api", endpoints: [origin], connections: 8 }],
    load: `const api = host.service("api"); const own = new Array(${ALLOCATED}).fill("${name}");`,
    handle: `
      exchange.edits = { status: null, changes: [{ kind: "set", name: "x-bundle", value: own[0] }] };
      return api.forward(exchange, {
        target: exchange.path, edits: null, body: null, timeout: null, deadline: null, bodyLimit: 1000, answer: null,
      }).then((failure) => { if (failure !== null) exchange.respond(599, [], failure.detail); });`,
  });
  return { code };
}

const sources = [source("a"), source("b")] as const;
const gateway = await startGateway({ source: sources[0], environment: {} });
const port = gateway.listeners[0]?.port ?? 0;

let stopping = false;
let requests = 0;
const failures: string[] = [];
const bundles = new Set<string>();
const clients = Array.from({ length: CLIENTS }, () => new Client(port));
const load = clients.map(async (client) => {
  while (!stopping) {
    requests++;
    try {
      const answer = await client.get("/x");
      bundles.add(answer.headers.get("x-bundle") ?? "");
      if (answer.status !== 200 || answer.body !== "from upstream") failures.push(`${answer.status} ${answer.body}`);
    } catch (error) {
      failures.push(String(error));
    }
  }
});

async function settledHeap(): Promise<number> {
  // What a generation leaves is released over a few turns of the loop.
  for (let round = 0; round < 4; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    gc();
  }
  return process.memoryUsage().heapUsed;
}

async function swap(times: number): Promise<void> {
  for (let index = 0; index < times; index++) {
    await gateway.swap(sources[(index + 1) % 2 === 0 ? 0 : 1]);
    // A few requests on each generation.
    const before = requests;
    while (requests < before + CLIENTS) await new Promise((resolve) => setImmediate(resolve));
  }
}

await swap(20);
const heapBefore = await settledHeap();
await swap(swaps);
const heapAfter = await settledHeap();
stopping = true;
await Promise.all(load);
const status = await gateway.status();
const upstreamConnections = { ...connections };
const opened = clients.reduce((sum, client) => sum + client.connections, 0);
for (const client of clients) client.close();
await gateway.close();
upstream.closeAllConnections();
await new Promise((resolve) => upstream.close(resolve));

process.stdout.write(
  `${JSON.stringify({
    requests,
    failures: failures.slice(0, 5),
    bundles: [...bundles].sort(),
    heapBefore,
    heapAfter,
    upstreamConnections,
    clientConnections: opened,
    generations: status.threads.map((thread) => thread.generations.length),
    pools: status.threads.map((thread) => thread.pools),
    lastId: status.generations.serving.id,
  })}\n`,
);
