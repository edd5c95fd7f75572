/** Counting tokens: `POST /v1/responses/input_tokens`. https://platform.openai.com/docs/api-reference/responses/input-tokens */
import { type CountProvider, fieldsOf } from "../../operation/count-tokens.ts";
import { writeRequest } from "./provider-request.ts";

const COUNTED: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "reasoning",
  "text",
  "truncation",
  "conversation",
  "previous_response_id",
]);

export const openaiResponsesCounter: CountProvider = {
  dialect: "openai-responses",
  write(request, target) {
    const written = writeRequest({ ...request, stream: false }, target);
    if (!("target" in written)) return written;
    const [path = "", query] = written.target.split("?");
    const asked = `${path}/input_tokens${query === undefined ? "" : `?${query}`}`;
    return { ...written, target: asked, body: JSON.stringify(fieldsOf(written, COUNTED)) };
  },
  field: "input_tokens",
  passes: false,
};
