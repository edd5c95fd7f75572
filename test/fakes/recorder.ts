/** Passes requests on to another server, and keeps what they said as JSON. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Recorder {
  readonly origin: string;
  /** The bodies since the last time. */
  take(): readonly unknown[];
  close(): Promise<void>;
}

export async function startRecorder(target: string): Promise<Recorder> {
  let bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    bodies.push(JSON.parse(body));
    const answer = await fetch(target + (request.url ?? ""), { method: request.method ?? "POST", body });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = bodies;
      bodies = [];
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
