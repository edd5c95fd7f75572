/**
 * Counting tokens: `POST /v1/messages/count_tokens` asks with a request that names no cap, and is answered with one number. Claude on Vertex AI has a model of
 * its own for it. https://platform.claude.com/docs/en/build-with-claude/token-counting
 */
import type { Json, ModelRequest } from "../../canonical/request.ts";
import { type CountClient, type CountProvider, fieldsOf, LARGE_CAP } from "../../operation/count-tokens.ts";
import { vertexPath } from "../base-path.ts";
import type { Refusal } from "../dialect.ts";
import { writeError } from "./error.ts";
import { readRequest } from "./request.ts";
import { writeRequest } from "./request-writer.ts";

export function readCountRequest(body: Json): ModelRequest | readonly Refusal[] {
  return readRequest(body, { model: null, stream: false }, true);
}

export function writeCount(tokens: number): string {
  return `{"input_tokens":${tokens}}`;
}

export const anthropicCountClient: CountClient = {
  dialect: "anthropic",
  readRequest: readCountRequest,
  writeCount,
  writeError,
};

const COUNTED: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "mcp_servers",
]);

export const anthropicCounter: CountProvider = {
  dialect: "anthropic",
  write(request, target) {
    const written = writeRequest({ ...request, maxOutput: LARGE_CAP, stream: false }, target);
    if (!("target" in written)) return written;
    const fields = { ...fieldsOf(written, COUNTED), model: target.model };
    const vertex = target.variant === "vertex";
    const path = vertex
      ? `${vertexPath(target.base, target.settings, "anthropic", "count-tokens")}:rawPredict`
      : `${written.target}/count_tokens`;
    return { ...written, target: path, body: JSON.stringify(fields) };
  },
  field: "input_tokens",
  passes: true,
};
