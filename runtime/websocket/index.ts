/** WebSockets that are passed through: framing, both ends, and what joins them. */
export { acceptKey } from "./accept.ts";
export { FramedWebSocket } from "./framed.ts";
export { type WebSocketCounters, type WebSocketNote, WebSocketRelay, type WebSocketSettings } from "./relay.ts";
export { SocketStream } from "./socket-stream.ts";
export {
  type ByteReceiver,
  type ByteStream,
  GOING_AWAY,
  LOST,
  type ViolationCode,
  type WebSocketReceiver,
  type WebSocketSide,
} from "./side.ts";
