/** Counting tokens of a conversation: `CountTokens`, which some of Bedrock's models know. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html */
import { type CountProvider, fieldsOf } from "../../operation/count-tokens.ts";
import { writeRequest } from "./request.ts";

const COUNTED: ReadonlySet<string> = new Set(["system", "messages", "toolConfig", "additionalModelRequestFields"]);

export const bedrockCounter: CountProvider = {
  dialect: "bedrock",
  write(request, target) {
    const written = writeRequest({ ...request, stream: false }, target);
    if (!("target" in written)) return written;
    const path = written.target.replace(/\/converse$/, "/count-tokens");
    return { ...written, target: path, body: JSON.stringify({ input: { converse: fieldsOf(written, COUNTED) } }) };
  },
  field: "inputTokens",
  passes: false,
};
