/** `given chat.get("/room") = 101`: a service that agrees to the WebSocket handshake it gets, so that no test has to work out a key's answer. */
import { acceptKey } from "../../runtime/websocket/accept.ts";
import type { IncomingAnswer, OutgoingRequest } from "../5-plan/interpreter/index.ts";
import { firstHeader } from "../5-plan/interpreter/headers.ts";

/** Anything but a bare 101 is as the test gave it; to a request that asked for nothing of the kind, 101 is no answer. */
export function agreeing(answer: IncomingAnswer, { headers }: OutgoingRequest): IncomingAnswer {
  if ("failure" in answer || answer.status !== 101) return answer;
  const key = firstHeader(headers, "sec-websocket-key");
  if (key === undefined || firstHeader(headers, "upgrade") === undefined) return { failure: "protocol" };
  const own = ["upgrade", "websocket", "connection", "Upgrade", "sec-websocket-accept", acceptKey(key)];
  return { ...answer, headers: [...own, ...answer.headers] };
}
