/**
 * A process of its own: asks at a steady rate over kept connections and measures each request. On "take" it tells
 * its parent what was measured since, and begins anew. Arguments: port, connections, milliseconds between two requests of one connection.
 */
import { Client } from "../../runtime/host/testing/client.ts";

export interface Measured {
  /** Milliseconds, one per request. */
  readonly latencies: readonly number[];
  readonly failures: readonly string[];
  readonly bundles: readonly string[];
  /** Connections opened since the start. */
  readonly connections: number;
}

const [port = 0, connections = 0, every = 0] = process.argv.slice(2).map(Number);
let latencies: number[] = [];
let failures: string[] = [];
const bundles = new Set<string>();
const clients = Array.from({ length: connections }, () => new Client(port));

clients.forEach((client, index) => void ask(client, index));
process.on("message", () => {
  const opened = clients.reduce((sum, client) => sum + client.connections, 0);
  process.send?.({ latencies, failures, bundles: [...bundles], connections: opened } satisfies Measured);
  latencies = [];
  failures = [];
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });

async function ask(client: Client, index: number): Promise<void> {
  let due = performance.now() + (every * index) / connections;
  for (let number = 0; ; number++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const from = performance.now();
    due = Math.max(due, from) + every;
    try {
      const answer = await client.get(`/short/${number}`);
      latencies.push(performance.now() - from);
      bundles.add(answer.headers.get("x-bundle") ?? "none");
      if (answer.status !== 200 || answer.body !== `short ${number}`) failures.push(`${answer.status} ${answer.body}`);
    } catch (error) {
      failures.push(String(error));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
