/** A process of its own: short answers, long downloads at a steady pace, uploads that are checked, events, an echo over WebSocket. Tells its parent its ports. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { wsUpstream } from "../websocket/peers.ts";
import { longContent, paced } from "./pace.ts";

/** Milliseconds between two events. */
const EVENT_EVERY = 50;

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const [, kind, argument = "", duration = ""] = (request.url ?? "").split("/");
  if (kind === "download") download(response, Number(argument), Number(duration));
  else if (kind === "upload") upload(request, response, Number(argument));
  else if (kind === "events") events(response, Number(argument));
  else response.setHeader("content-type", "text/plain").end(`short ${argument}`);
});

function download(response: ServerResponse, id: number, milliseconds: number): void {
  const body = longContent("answer", id);
  response.setHeader("content-length", body.length);
  paced(
    body,
    milliseconds,
    (piece) => response.write(piece),
    () => response.destroyed,
  ).then((whole) => void (whole && response.end()));
}

function upload(request: IncomingMessage, response: ServerResponse, id: number): void {
  const meant = longContent("upload", id);
  let received = 0;
  let right = true;
  request.on("data", (data: Buffer) => {
    right &&= meant.subarray(received, received + data.length).equals(data);
    received += data.length;
  });
  request.on("end", () => response.end(right && received === meant.length ? "right" : `wrong after ${received}`));
}

/** `many` events, numbered from 1. */
function events(response: ServerResponse, many: number): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  let number = 0;
  const timer = setInterval(() => {
    response.write(`id: ${++number}\ndata: event ${number}\n\n`);
    if (number < many) return;
    clearInterval(timer);
    response.end();
  }, EVENT_EVERY);
  response.on("close", () => clearInterval(timer));
}

const sockets = await wsUpstream(() => undefined);

async function echo(): Promise<never> {
  for (;;) {
    const peer = await sockets.next();
    peer.on("message", (data, binary) => peer.send(data, { binary }));
  }
}

void echo();
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  process.send?.({ port, sockets: Number(new URL(sockets.origin).port) });
});
process.on("disconnect", () => process.exit(0));
