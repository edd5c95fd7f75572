/** OpenAI's Chat Completions, as clients speak it. */
import type { ClientDialect } from "../dialect.ts";
import { writeError } from "../openai-common/error.ts";
import { writeAnswer } from "./answer.ts";
import { ChatEventWriter } from "./event-writer.ts";
import { readRequest } from "./request.ts";

export const openaiChatClient: ClientDialect = {
  name: "openai-chat",
  readRequest,
  writeAnswer,
  eventWriter: (context) => new ChatEventWriter(context),
  writeError,
  streamMediaType: "text/event-stream; charset=utf-8",
};
