/**
 * Counting tokens: `:countTokens` asks with contents alone, or with a whole request inside (Vertex AI with its fields beside them), and is answered with one
 * number. https://ai.google.dev/api/tokens
 */
import type { Json, ModelRequest } from "../../canonical/request.ts";
import { type CountClient, type CountProvider, fieldsOf } from "../../operation/count-tokens.ts";
import type { ClientPath, Refusal } from "../dialect.ts";
import { isObject } from "../fields.ts";
import { writeError } from "./error.ts";
import { readPath } from "./path.ts";
import { readRequest } from "./request.ts";
import { writeRequest } from "./request-writer.ts";

export function readCountRequest(body: Json, path: ClientPath): ModelRequest | readonly Refusal[] {
  if (!isObject(body)) return readRequest(body, path);
  const whole = body.generateContentRequest ?? body.generate_content_request;
  return readRequest(isObject(whole) ? whole : body, path);
}

export function writeCount(tokens: number): string {
  return `{"totalTokens":${tokens}}`;
}

export const geminiCountClient: CountClient = {
  dialect: "gemini",
  readRequest(body, path) {
    const found = readPath(path, "");
    if (found?.action !== "count") return [{ path: "", message: "No tokens are counted at this path." }];
    return readCountRequest(body, found);
  },
  writeCount,
  writeError,
};

const COUNTED: ReadonlySet<string> = new Set([
  "systemInstruction",
  "contents",
  "tools",
  "toolConfig",
  "generationConfig",
  "cachedContent",
]);

export const geminiCounter: CountProvider = {
  dialect: "gemini",
  write(request, target) {
    const written = writeRequest({ ...request, stream: false }, target);
    if (!("target" in written)) return written;
    const fields = fieldsOf(written, COUNTED);
    const whole = { model: `models/${target.model}`, ...fields };
    const body = target.variant === "vertex" ? fields : { generateContentRequest: whole };
    const path = written.target.replace(/:generateContent$/, ":countTokens");
    return { ...written, target: path, body: JSON.stringify(body) };
  },
  field: "totalTokens",
  // The model stands in the path, and in a whole request inside.
  passes: false,
};
