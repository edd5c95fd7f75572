/**
 * A connection of Node's `http` server that becomes a WebSocket. The server's own event for that ("upgrade") takes every request
 * with an Upgrade field away from HTTP, body and all, although most of them (h2c, say) are to be answered as if the field were not
 * there. So requests come as requests, and only the one that has been agreed upon takes its socket out of the server's hands: as soon
 * as somebody else listens for its data, the server's parser lets go of it.
 */
import type { Socket } from "node:net";
import { type ByteStream, SocketStream } from "../../websocket/index.ts";
import type { Headers, WebSocketAnswer } from "../exchange.ts";
import { sendable } from "./headers.ts";

/** Writes the answer; what follows on the socket belongs to the stream. "close" goes on telling the server. */
export function switchProtocols(socket: Socket, headers: Headers, answer: WebSocketAnswer): ByteStream {
  for (const event of ["data", "end", "drain", "timeout", "error"]) socket.removeAllListeners(event);
  socket.setTimeout(0);
  const stream = new SocketStream(socket);
  socket.on("data", (chunk) => stream.received(chunk));
  // "close" follows.
  socket.on("error", () => {});
  let text = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n";
  text += `sec-websocket-accept: ${answer.accept}\r\n`;
  if (answer.protocol !== null) text += `sec-websocket-protocol: ${answer.protocol}\r\n`;
  const sound = sendable(headers);
  for (let index = 0; index < sound.length; index += 2) text += `${sound[index]}: ${sound[index + 1]}\r\n`;
  if (!sound.includes("date")) text += `date: ${new Date().toUTCString()}\r\n`;
  socket.write(`${text}\r\n`, "latin1");
  return stream;
}
