/**
 * How long a request is, as far as it can be told without its model's tokenizer: what choices are made by. Never what anything is charged by
 * (`money/worst-case.ts` has the bounds for that).
 */
import type { ModelRequest, Part } from "../canonical/request.ts";
import { argumentsOctets, dataLength, textOctets } from "../canonical/sizes.ts";

/** Bytes of UTF-8 that a token stands for, about, over languages and code. */
const BYTES = 4;
/** Of the marks around each turn and tool. */
const FRAME = 4;
/** Of an image of ordinary size; models make 85 to some thousands of one. */
const IMAGE = 1000;

/** Tokens of the prompt. */
export function estimatedTokens(request: ModelRequest): number {
  let bytes = 0;
  let tokens = 0;
  const look = (part: Part): void => {
    switch (part.type) {
      case "text":
      case "refusal":
      case "reasoning":
        bytes += textOctets(part);
        return;
      case "tool-call":
        bytes += part.name.length + argumentsOctets(part);
        return;
      case "tool-result":
        for (const inner of part.parts) look(inner);
        return;
      case "image":
        tokens += IMAGE;
        return;
      case "audio":
      case "file":
        // A document's bytes are more than its words, an audio's more than its tokens.
        if (part.source.kind === "base64") bytes += dataLength(part.source) / 4;
        return;
      case "native":
        bytes += JSON.stringify(part.value).length;
        return;
    }
  };
  for (const part of request.system) look(part);
  for (const { parts } of request.turns) {
    tokens += FRAME;
    for (const part of parts) look(part);
  }
  for (const { name, description, parameters } of request.tools) {
    tokens += FRAME;
    bytes += name.length + (description?.length ?? 0) + JSON.stringify(parameters).length;
  }
  return tokens + Math.ceil(bytes / BYTES);
}
