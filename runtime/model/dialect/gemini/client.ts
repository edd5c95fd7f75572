/** Gemini's generateContent as clients speak it. Streams come in two forms, which the URL chooses (`path.ts`); each is a dialect of its own here. */
import type { ClientDialect } from "../dialect.ts";
import { writeAnswer } from "./answer.ts";
import { writeError } from "./error.ts";
import { eventWriter } from "./event-writer.ts";
import { readRequest } from "./request.ts";

/** With `alt=sse`, as all of Google's clients ask. */
export const geminiClient: ClientDialect = {
  name: "gemini",
  readRequest,
  writeAnswer,
  eventWriter: (context) => eventWriter(context, "sse"),
  writeError,
  streamMediaType: "text/event-stream",
};

/** Without: one JSON array. */
export const geminiArrayClient: ClientDialect = {
  ...geminiClient,
  eventWriter: (context) => eventWriter(context, "array"),
  streamMediaType: "application/json",
  rewrites: true,
};
