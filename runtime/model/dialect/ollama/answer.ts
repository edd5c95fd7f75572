/** Whole answers of Ollama: the same object as a stream's last line, with everything in it. */
import type { ModelAnswer } from "../../canonical/answer.ts";
import type { ModelError } from "../../canonical/error.ts";
import { gather } from "../../canonical/gather.ts";
import type { ModelRequest } from "../../canonical/request.ts";
import { CUT_SHORT } from "../failures.ts";
import { OllamaEventReader } from "./events.ts";

export function readAnswer(body: Uint8Array, request: ModelRequest): ModelAnswer | ModelError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  return gather(new OllamaEventReader(request).whole(text)) ?? CUT_SHORT;
}
