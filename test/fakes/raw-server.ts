/** A TCP server that a test scripts byte by byte: upstreams that stall, lie, hang up or answer too early. */
import { createServer, type AddressInfo, type Socket } from "node:net";

export interface RawServer {
  readonly port: number;
  readonly origin: string;
  /** Every connection so far, in order. */
  readonly sockets: Socket[];
  /** Resolves when so many connections have been closed by either side. */
  closed(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** `connection` gets each new socket and its number, from 0. */
export async function rawServer(connection: (socket: Socket, index: number) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  let closed = 0;
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const index = sockets.push(socket) - 1;
    socket.on("error", () => {});
    socket.on("close", () => {
      closed++;
      for (const { count, resolve } of waiting) if (closed >= count) resolve();
    });
    connection(socket, index);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    sockets,
    async closed(count) {
      if (closed >= count) return;
      await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Calls `respond` once for each complete request (its head, and a body of declared length or chunks) on the socket. */
export function onRequest(socket: Socket, respond: (request: string) => void): void {
  let received = "";
  socket.on("data", (data) => {
    received += data.toString("latin1");
    for (;;) {
      const length = requestLength(received);
      if (length === null) return;
      const request = received.slice(0, length);
      received = received.slice(length);
      respond(request);
    }
  });
}

/** Length of the first complete request in the text; null: not complete. */
function requestLength(text: string): number | null {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return null;
  const declared = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head));
  if (declared !== null) {
    const end = head + 4 + Number(declared[1]);
    return text.length < end ? null : end;
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(text.slice(0, head))) return head + 4;
  const last = text.indexOf("\r\n0\r\n\r\n", head);
  return last < 0 ? null : last + 7;
}
