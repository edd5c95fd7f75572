/** Writes whole answers of generateContent, and the parts of which chunks are made too. Whole answers are read in `events.ts`, as one chunk. */

import type { ModelAnswer } from "../../canonical/answer.ts";
import type { AnswerPart } from "../../canonical/answer.ts";
import { argumentsObject } from "../call-arguments.ts";
import type { AnswerContext } from "../dialect.ts";
import { failedStop } from "../failures.ts";
import { listText, objectText, valueText } from "../json-text.ts";
import { errorBody } from "./error.ts";
import { writeStop } from "./stop.ts";
import { redactedForClient, signatureForClient } from "./thoughts.ts";
import { writeUsage } from "./usage.ts";

export function writeAnswer(answer: ModelAnswer, context: AnswerContext): string {
  const reason = writeStop(answer.stop);
  if (reason === null) return errorBody(failedStop(answer.stop));
  const parts = answer.parts.map(writePart).filter((part) => part !== "");
  return chunkText(parts, reason, answer.usage === null ? null : writeUsage(answer.usage), answer.id, context);
}

/** `{}` of a chunk or of a whole answer. */
export function chunkText(
  parts: readonly string[],
  finish: string | null,
  usage: string | null,
  id: string,
  context: AnswerContext,
): string {
  const candidate = objectText(
    ["content", `{"parts":${listText(parts.length === 0 ? ['{"text":""}'] : parts)},"role":"model"}`],
    ["finishReason", valueText(finish)],
    ["index", "0"],
  );
  return objectText(
    ["candidates", `[${candidate}]`],
    ["usageMetadata", usage],
    ["modelVersion", JSON.stringify(context.model)],
    ["responseId", JSON.stringify(id)],
  );
}

/** "" where there is nothing to say. */
export function writePart(part: AnswerPart): string {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text === "" ? "" : textPart(part.text);
    case "reasoning": {
      if (part.redacted !== null) return statePart(redactedForClient(part.redacted), false);
      if (part.text === "") return part.signature === null ? "" : statePart(signatureForClient(part.signature), false);
      const signature = part.signature === null ? null : JSON.stringify(signatureForClient(part.signature));
      return objectText(["text", JSON.stringify(part.text)], ["thought", "true"], ["thoughtSignature", signature]);
    }
    case "tool-call":
      return callPart(part.id, part.name, part.arguments, part.signature);
  }
}

export function textPart(text: string): string {
  return `{"text":${JSON.stringify(text)}}`;
}

/** Opaque state behind a text, or (`thought`) behind the text of a thought. */
export function statePart(signature: string, thought: boolean): string {
  return objectText(
    ["text", '""'],
    ["thought", thought ? "true" : null],
    ["thoughtSignature", JSON.stringify(signature)],
  );
}

export function callPart(id: string, name: string, args: string, signature: string | null): string {
  const call = objectText(["id", JSON.stringify(id)], ["name", JSON.stringify(name)], ["args", argumentsObject(args)]);
  return objectText(
    ["functionCall", call],
    ["thoughtSignature", signature === null ? null : JSON.stringify(signatureForClient(signature))],
  );
}
