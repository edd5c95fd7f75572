/** Gemini's generateContent as providers speak it: Google AI, and Vertex AI (variant "vertex", with settings "project" and "location"). */
import type { ProviderDialect } from "../dialect.ts";
import { readError } from "./error.ts";
import { eventReader, readAnswer } from "./events.ts";
import { passAnswer, passRequest, passStream } from "./pass.ts";
import { writeRequest } from "./request-writer.ts";

export const geminiProvider: ProviderDialect = {
  name: "gemini",
  writeRequest,
  pass: { request: passRequest, answer: passAnswer, stream: passStream },
  // Every event tells of the thoughts so far, which come first.
  hidesThoughts: (_request, _target, told) => told === null,
  readAnswer,
  eventReader,
  readError,
};
