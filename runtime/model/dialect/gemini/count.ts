/** Counting tokens: `:countTokens` asks with contents alone, or with a whole request inside, and is answered with one number. Who counts is decided elsewhere. */
import type { Json, ModelRequest } from "../../canonical/request.ts";
import type { ClientPath, Refusal } from "../dialect.ts";
import { isObject } from "../fields.ts";
import { readRequest } from "./request.ts";

export function readCountRequest(body: Json, path: ClientPath): ModelRequest | readonly Refusal[] {
  if (!isObject(body)) return readRequest(body, path);
  const whole = body.generateContentRequest ?? body.generate_content_request;
  return readRequest(isObject(whole) ? whole : body, path);
}

export function writeCount(tokens: number): string {
  return `{"totalTokens":${tokens}}`;
}
