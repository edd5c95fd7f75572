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
  readAnswer,
  eventReader,
  readError,
};
