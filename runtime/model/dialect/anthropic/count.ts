/** Counting tokens: `POST /v1/messages/count_tokens` asks with a request that names no cap, and is answered with one number. Who counts is decided elsewhere. */
import type { Json, ModelRequest } from "../../canonical/request.ts";
import type { Refusal } from "../dialect.ts";
import { readRequest } from "./request.ts";

export function readCountRequest(body: Json): ModelRequest | readonly Refusal[] {
  return readRequest(body, { model: null, stream: false }, true);
}

export function writeCount(tokens: number): string {
  return `{"input_tokens":${tokens}}`;
}
