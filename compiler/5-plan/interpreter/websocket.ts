/**
 * `websocket` of a `forward`: which requests are handshakes, whether they are sound, and what the service's answer must be (RFC 6455,
 * section 4). What is said on a WebSocket is not a program's concern; for the interpreter it ends with the handshake.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { ERRORS } from "../../../runtime/errors.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { ForwardStep } from "../plan.ts";
import type { Answer } from "./call.ts";
import { allHeaders, applyChanges, filterHeaders } from "./headers.ts";
import type { InterpretedRequest, OutgoingRequest } from "./world.ts";

export interface Handshake {
  readonly key: string;
  readonly protocols: readonly string[];
}

function listed(headers: readonly string[], name: string): string[] {
  return allHeaders(headers, name).flatMap((value) => value.split(",").map((item) => item.trim()));
}

function says(headers: readonly string[], name: string, word: string): boolean {
  return listed(headers, name).some((item) => item.toLowerCase() === word);
}

/** Null: an ordinary request. */
export function handshakeOf(
  step: ForwardStep,
  { method, headers, body }: InterpretedRequest,
): Handshake | Failure | null {
  const asked = method === "GET" && says(headers, "upgrade", "websocket") && says(headers, "connection", "upgrade");
  if (step.webSocket === null || !asked) return null;
  if (allHeaders(headers, "sec-websocket-version").join() !== "13") {
    return failure("websocket-version", "version 13 of the WebSocket protocol is spoken here");
  }
  const keys = allHeaders(headers, "sec-websocket-key");
  const [key = ""] = keys;
  const bytes = Buffer.from(key, "base64");
  if (keys.length !== 1 || bytes.length !== 16 || bytes.toString("base64") !== key) {
    return failure("websocket-malformed", "Sec-WebSocket-Key must be 16 bytes in base64, once");
  }
  if (body.length > 0) return failure("websocket-malformed", "a handshake has no body");
  return { key, protocols: listed(headers, "sec-websocket-protocol") };
}

function failure(code: "websocket-version" | "websocket-malformed", detail: string): Failure {
  return new Failure("invalid", ERRORS[code].status, code, detail);
}

/** As it goes on: no extension is offered, and the key is the client's. */
export function withHandshake(request: OutgoingRequest, { key }: Handshake): OutgoingRequest {
  const headers = applyChanges(request.headers, [
    { kind: "set", name: "sec-websocket-extensions", value: null },
    { kind: "set", name: "sec-websocket-key", value: key },
    { kind: "set", name: "sec-websocket-version", value: "13" },
    { kind: "add", name: "connection", value: "Upgrade" },
    { kind: "add", name: "upgrade", value: "websocket" },
  ]);
  return { ...request, headers };
}

/** What a 101 must say to be the other half. */
export function agreed({ headers }: Answer, { key, protocols }: Handshake, service: string): Failure | null {
  const chosen = allHeaders(headers, "sec-websocket-protocol");
  const sound =
    allHeaders(headers, "upgrade").join().toLowerCase() === "websocket" &&
    allHeaders(headers, "sec-websocket-accept").join() === acceptOf(key) &&
    allHeaders(headers, "sec-websocket-extensions").length === 0 &&
    (chosen.length === 0 || (chosen.length === 1 && protocols.includes(chosen[0] ?? "")));
  return sound ? null : new Failure("protocol", 502, "upstream-malformed", `${service}: not the answer to a handshake`);
}

function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** The head of the 101 for the client; `headers` as they are passed on. */
export function opened(headers: readonly string[], answer: Answer): string[] {
  const own = ["sec-websocket-accept", "sec-websocket-protocol"];
  return [
    ...["upgrade", "websocket", "connection", "Upgrade"],
    ...filterHeaders(answer.headers, (name) => own.includes(name)),
    ...filterHeaders(headers, (name) => !own.includes(name)),
  ];
}
