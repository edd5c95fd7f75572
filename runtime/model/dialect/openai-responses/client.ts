/** OpenAI's Responses, as clients speak it. */
import type { ClientDialect } from "../dialect.ts";
import { writeError } from "../openai-common/error.ts";
import { writeAnswer } from "./answer.ts";
import { ResponsesEventWriter } from "./event-writer.ts";
import { readRequest } from "./request.ts";

export const openaiResponsesClient: ClientDialect = {
  name: "openai-responses",
  readRequest,
  writeAnswer,
  eventWriter: (context) => new ResponsesEventWriter(context),
  writeError,
  streamMediaType: "text/event-stream; charset=utf-8",
};
