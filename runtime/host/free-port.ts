/**
 * Makes sure that nobody else listens where the fast transport will. It binds with SO_REUSEPORT, so a second gateway started by mistake
 * would silently take half of the connections; and with port 0 its first thread would get a port that no other can join.
 */
import { createServer } from "node:net";
import type { ReadyListener } from "./certificates.ts";
import { listenError } from "./listen-error.ts";

/** The listener with a real port. Rejects with a `StartError` "start-listen". */
export function claimPort(listen: ReadyListener): Promise<ReadyListener> {
  const { address, port } = listen;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => reject(listenError(address, port, error)));
    server.listen({ host: address, port, exclusive: true }, () => {
      const bound = server.address();
      const found = bound !== null && typeof bound === "object" ? bound.port : port;
      server.close(() => resolve({ ...listen, port: found }));
    });
  });
}
