/** OpenAI's Responses, as providers speak it. */
import type { ProviderDialect } from "../dialect.ts";
import { readError } from "../openai-common/error.ts";
import { mayThink } from "../thinking.ts";
import { readAnswer } from "./answer.ts";
import { ResponsesEventReader } from "./event-reader.ts";
import { passAnswer, passRequest, passStream } from "./pass.ts";
import { writeRequest } from "./provider-request.ts";

export const openaiResponsesProvider: ProviderDialect = {
  name: "openai-responses",
  writeRequest,
  pass: { request: passRequest, answer: passAnswer, stream: passStream },
  hidesThoughts: (_request, { model }) => mayThink(model),
  readAnswer,
  eventReader: (request) => new ResponsesEventReader(request),
  readError,
};
