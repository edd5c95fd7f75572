/** Anthropic's Messages API as providers speak it: Anthropic itself, and Claude on Vertex AI (variant "vertex"). */
import type { ProviderDialect } from "../dialect.ts";
import { asksToThink } from "../thinking.ts";
import { readAnswer } from "./answer.ts";
import { takesPrefill } from "../claude.ts";
import { readError } from "./error.ts";
import { eventReader } from "./events.ts";
import { passAnswer, passRequest, passStream } from "./pass.ts";
import { writeRequest } from "./request-writer.ts";

export const anthropicProvider: ProviderDialect = {
  name: "anthropic",
  writeRequest,
  prefills: ({ model }) => takesPrefill(model),
  pass: { request: passRequest, answer: passAnswer, stream: passStream },
  // A thought opens a block, though what it holds may be a summary or nothing.
  hidesThoughts: (request, _target, _told, thought) => thought || asksToThink(request),
  readAnswer,
  eventReader,
  readError,
};
